"""No image from outside the allowed registries.

Owns the rule for every container that the program names. Does not own what the lock holds: a stack with a bundle cannot
have an image that is not locked.
"""

from collections.abc import Iterator
from typing import Final

from components.manifest.image import ImageReferenceError, parse
from review.policies.finding import Case, Finding
from review.policies.pods import pods
from review.recording import LATER
from stacks.needs import upstreams
from stacks.replicated import registry

VENDORS: Final = ("docker.io", "ghcr.io", "public.ecr.aws", "quay.io", "registry.k8s.io")
"""Where the appliance's own images come from without a bundle."""


def allowed(case: Case) -> frozenset[str]:
    """The registries of the configuration; else those of the stack's own images and the one in the daemon's pod."""
    configuration = case.configuration
    if configuration.policies.registries:
        return frozenset(configuration.policies.registries)
    daemon = registry(configuration)
    own = upstreams(configuration) if configuration.bundled else VENDORS
    return frozenset((*own, *((str(daemon),) if daemon else ())))


def images(case: Case) -> Iterator[Finding]:
    """Every image that comes from elsewhere, once for each resource."""
    known = allowed(case)
    for each in pods(case.graph):
        for text in sorted({str(one.get("image")) for one in each.containers} - {LATER}):
            try:
                domain = parse(text).domain
            except ImageReferenceError as error:
                yield Finding(urn=each.resource.urn, what=str(error), cure="name an image")
                continue
            if domain not in known:
                yield Finding(
                    urn=each.resource.urn,
                    what=f"{text} is from {domain}, which is not allowed",
                    cure=f"take it from {', '.join(sorted(known))}, or allow the registry in policies.registries",
                )
