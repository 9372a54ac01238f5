"""No privileged pod and nothing of a host in a pod, but for a written list.

Owns the rule and the list of the appliance's own pods that need it, each with its reason. Does not own Pod Security's
levels: those are the namespaces' (components/isolation).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from review.policies.finding import Case, Finding
from review.policies.pods import Pods, pods

_NAMESPACES: Final[Mapping[str, str]] = {
    "hostNetwork": "the host's network",
    "hostPID": "the host's processes",
    "hostIPC": "the host's memory segments",
}


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What the pods of one of the appliance's own resources may have of a host, and why."""

    what: frozenset[str]
    why: str


ALLOWED: Final[Mapping[str, Allowed]] = {
    "weave-daemon-set": Allowed(
        what=frozenset({"privileged", "hostNetwork", "hostPID", "hostPath"}),
        why="it is the host's network: bridges, routes, filters and the CNI's files",
    ),
    "flannel-daemon-set": Allowed(
        what=frozenset({"hostNetwork", "hostPath"}),
        why="it is the host's network: routes, and the CNI's files",
    ),
    "cloud-daemon-set": Allowed(
        what=frozenset({"hostNetwork"}),
        why="it works before there is a pod network, with credentials that only a host reaches",
    ),
    "ebs-controller": Allowed(
        what=frozenset({"hostNetwork"}),
        why="its credentials are those of the machine, which only a host reaches",
    ),
    "ebs-node": Allowed(
        what=frozenset({"privileged", "hostPath"}),
        why="it makes file systems on the host's devices and mounts them where kubelet sees them",
    ),
}
"""By the resource's name."""


def privileges(case: Case) -> Iterator[Finding]:
    """What a pod has of its host and is not on the list."""
    for each in pods(case.graph):
        listed = None if each.of_vendor else ALLOWED.get(each.resource.name)
        for what, words in sorted({*had(each)}):
            if listed is None or what not in listed.what:
                yield Finding(
                    urn=each.resource.urn,
                    what=f"has {words}",
                    cure="do without it, or waive the rule for this resource with a reason",
                )


def had(each: Pods) -> Iterator[tuple[str, str]]:
    """What pods have of their host, by key and in words."""
    for key, words in _NAMESPACES.items():
        if each.spec.get(key):
            yield key, words
    for volume in each.spec.get("volumes") or ():
        if isinstance(volume, dict) and volume.get("hostPath"):
            yield "hostPath", f"the host's {volume['hostPath'].get('path')}"
    for container in each.containers:
        yield from ((key, f"{words} in {container.get('name')}") for key, words in _held(container))


def _held(container: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if (container.get("securityContext") or {}).get("privileged"):
        yield "privileged", "every privilege of the host"
