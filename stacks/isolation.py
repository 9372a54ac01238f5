"""Quotas and limits from the configuration to a namespace's walls.

Owns the mapping. Does not own the namespaces: each layer makes its own, and asks here what was configured for it.
"""

from collections.abc import Iterator

from components.isolation.bounds import Bounds, Limits, Quota
from stacks.config import Configuration
from stacks.config.isolation import Namespace


def bounds(configuration: Configuration, namespace: str) -> Bounds:
    """What bounds a namespace: nothing, unless the configuration has it."""
    given = configuration.quotas.of(namespace)
    return Bounds(quotas=tuple(_quotas(given)), limits=_limits(given)) if given else Bounds()


def _quotas(given: Namespace) -> Iterator[Quota]:
    """One over everything, one for each group of priority classes."""
    if given.hard:
        yield Quota(name="all", hard=given.hard)
    for each in given.priorities:
        yield Quota(
            name=f"priority-{each.classes[0]}", hard=each.hard, priority_classes=each.classes
        )


def _limits(given: Namespace) -> Limits | None:
    if given.limits is None:
        return None
    return Limits(
        default=given.limits.default,
        default_request=given.limits.request,
        maximum=given.limits.max,
    )
