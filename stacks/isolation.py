"""Quotas and limits from the configuration to a namespace's walls.

Owns the mapping. Does not own the namespaces: each layer makes its own, and asks here what was configured for it.
"""

from components.isolation.namespace import Limits, Quota
from stacks.config import Configuration
from stacks.config.isolation import Namespace


def quotas(configuration: Configuration, namespace: str) -> tuple[Quota, ...]:
    """The ResourceQuotas of a namespace: one over everything, one for each group of priority classes."""
    given = configuration.quotas.of(namespace)
    if given is None:
        return ()
    everything = (Quota(name="all", hard=given.hard),) if given.hard else ()
    return (
        *everything,
        *(
            Quota(
                name=f"priority-{each.classes[0]}",
                hard=each.hard,
                priority_classes=each.classes,
            )
            for each in given.priorities
        ),
    )


def limits(configuration: Configuration, namespace: str) -> Limits | None:
    """The LimitRange of a namespace, if there is to be one."""
    given = configuration.quotas.of(namespace)
    return _limits(given) if given else None


def _limits(given: Namespace) -> Limits | None:
    if given.limits is None:
        return None
    return Limits(
        default=given.limits.default,
        default_request=given.limits.request,
        maximum=given.limits.max,
    )
