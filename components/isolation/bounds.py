"""How much the pods of a namespace may use: quotas over all of them, limits of each container.

Owns these types and how the API server takes them. Does not own the objects (`namespace.py`), nor how much is enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What all pods of the namespace may use together, `hard` as Kubernetes writes it ("requests.cpu": "2").

    With `priority_classes` only pods of these classes count.
    """

    name: str
    hard: Mapping[str, str]
    priority_classes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a container gets that asks for nothing, and the most that it may have; resource → quantity."""

    default: Mapping[str, str] = field(default_factory=dict)
    default_request: Mapping[str, str] = field(default_factory=dict)
    maximum: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """All that bounds one namespace; without any, nothing does."""

    quotas: tuple[Quota, ...] = ()
    limits: Limits | None = None


def quota_spec(quota: Quota) -> dict[str, Any]:
    """A quota over all pods, or over those of some priority classes."""
    spec: dict[str, Any] = {"hard": dict(quota.hard)}
    if quota.priority_classes:
        spec["scope_selector"] = {
            "match_expressions": [
                {
                    "scope_name": "PriorityClass",
                    "operator": "In",
                    "values": list(quota.priority_classes),
                }
            ]
        }
    return spec


def limit_item(limits: Limits) -> dict[str, Any]:
    """What holds for each container; what is not given is left out."""
    item: dict[str, Any] = {"type": "Container"}
    if limits.default:
        item["default"] = dict(limits.default)
    if limits.default_request:
        item["default_request"] = dict(limits.default_request)
    if limits.maximum:
        item["max"] = dict(limits.maximum)
    return item
