"""Quotas and limits of the namespaces that the appliance manages.

Owns the group `quotas`, and which namespace comes with which group. Does not own a namespace's security level and its
NetworkPolicies: the layer that makes it sets those.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from stacks.config.names import Name
from stacks.config.report import Fault, one_of
from stacks.config.schema import Path, Settings, quote

OF_REPLICATED: Final = ("default",)
OF_INGRESS: Final[Mapping[str, tuple[str, ...]]] = {
    "contour": ("heptio-contour",),
    "nginx": ("ingress-nginx",),
}
OF_HOST_PATH: Final = ("local-path-storage",)
OF_ROOK: Final = ("rook-ceph-system", "rook-ceph")
OF_EBS: Final = ("aws-ebs-csi-driver",)
"""The namespaces that come with each layer, by the names that their components give them."""

OF_APPLICATION: Final = "replicated-"
"""What the name of the application's namespace begins with."""

_QUANTITY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?", re.ASCII)
_FACTORS: Final[Mapping[str, Decimal]] = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    "k": Decimal(10**3),
    **{unit: Decimal(1000) ** power for power, unit in enumerate("MGTP", 2)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTP", 1)},
}
_COMPUTE: Final = ("cpu", "memory", "ephemeral-storage")
_OF_PODS: Final = (
    "pods",
    *_COMPUTE,
    *(f"{prefix}.{resource}" for prefix in ("requests", "limits") for resource in _COMPUTE),
)
_OBJECTS: Final = (
    *("configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas"),
    *("secrets", "services", "services.loadbalancers", "services.nodeports", "requests.storage"),
)
_OPEN: Final = re.compile(
    r"count/[a-z0-9]+(\.[a-z0-9-]+)*"
    r"|[a-z0-9][a-z0-9.-]*\.storageclass\.storage\.k8s\.io/(requests\.storage|persistentvolumeclaims)"
    r"|requests\.[a-z0-9][a-z0-9.-]*/[A-Za-z0-9._-]+"
    r"|hugepages-[0-9]+[KMG]i|(requests|limits)\.hugepages-[0-9]+[KMG]i",
    re.ASCII,
)
_CLASS = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)


def amount(text: str) -> Decimal:
    """What a quantity of Kubernetes is as a number; ValueError with a sentence otherwise."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise ValueError(f"{quote(text)} is no quantity such as 2, 500m or 4Gi")
    return Decimal(found[1]) * _FACTORS[found[2] or ""]


def _quantity(value: object) -> object:
    # A bare number is what one writes for a number of pods.
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str):
        amount(text)
    return text


def resource(text: str) -> str:
    """What a ResourceQuota can count; ValueError with the common ones otherwise."""
    if text not in (*_OF_PODS, *_OBJECTS) and not _OPEN.fullmatch(text):
        raise ValueError(one_of(text, (*_OF_PODS, *_OBJECTS, "count/<resource>.<group>")))
    return text


def of_pods(text: str) -> str:
    """What a quota over pods of some priority classes can count; ValueError with the choice otherwise."""
    if text not in _OF_PODS:
        raise ValueError(one_of(text, _OF_PODS))
    return text


def compute(text: str) -> str:
    """What a container can be limited in; ValueError with the choice otherwise."""
    if text not in _COMPUTE:
        raise ValueError(one_of(text, _COMPUTE))
    return text


def priority_class(text: str) -> str:
    """A priority class's name; ValueError with a sentence otherwise."""
    if not _CLASS.fullmatch(text):
        raise ValueError(f"{quote(text)} is no name of a priority class")
    return text


def some(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The names; ValueError without one, since such a quota would count every pod."""
    if not classes:
        raise ValueError("is empty; name a priority class, or count all pods with hard")
    return classes


Quantity = Annotated[str, BeforeValidator(_quantity)]
Hard = dict[Annotated[str, AfterValidator(resource)], Quantity]
HardOfPods = dict[Annotated[str, AfterValidator(of_pods)], Quantity]
Amounts = dict[Annotated[str, AfterValidator(compute)], Quantity]
_HARD = "a group of resources with quantities"


class Limits(Settings):
    """`quotas.namespaces[].limits`: for each container; a LimitRange."""

    default: Amounts = Field(
        default_factory=dict,
        title=_HARD,
        description="The limit of a container that has none.",
        examples=[{"memory": "512Mi"}],
    )
    request: Amounts = Field(
        default_factory=dict,
        title=_HARD,
        description="The request of a container that has none.",
        json_schema_extra={"without": "the limit of `default`"},
        examples=[{"cpu": "10m", "memory": "64Mi"}],
    )
    max: Amounts = Field(
        default_factory=dict,
        title=_HARD,
        description="The highest limit that a container may have.",
        examples=[{"memory": "4Gi"}],
    )


class Priority(Settings):
    """`quotas.namespaces[].priorities[]`: a ResourceQuota over the pods of some priority classes."""

    classes: Annotated[
        tuple[Annotated[str, AfterValidator(priority_class)], ...], AfterValidator(some)
    ] = Field(
        title="a list of priority classes",
        description="The priority classes whose pods count.",
        examples=[["system-cluster-critical"]],
    )
    hard: HardOfPods = Field(
        title=_HARD,
        description="What these pods may use together.",
        examples=[{"pods": "4"}],
    )


class Namespace(Settings):
    """`quotas.namespaces[]`: one namespace."""

    name: Name = Field(
        title="a namespace that the stack manages",
        description="The namespace.",
        examples=["default"],
    )
    hard: Hard = Field(
        default_factory=dict,
        title=_HARD,
        description="What everything in the namespace may use together.",
        examples=[{"pods": "30", "requests.memory": "8Gi"}],
    )
    priorities: tuple[Priority, ...] = Field(
        default=(),
        title="a list of groups",
        description="What pods of some priority classes may use together.",
    )
    limits: Limits | None = Field(
        default=None,
        title="a group of keys",
        description="What holds for each container.",
    )


class Quotas(Settings):
    """`quotas`: by namespace."""

    namespaces: tuple[Namespace, ...] = Field(
        default=(),
        title="a list of groups",
        description="The namespaces that have quotas or limits.",
    )

    def of(self, namespace: str) -> Namespace | None:
        """What is said about a namespace."""
        return next((each for each in self.namespaces if each.name == namespace), None)


def faults(quotas: Quotas, managed: tuple[str, ...], *, application: bool) -> Iterator[Fault]:
    """What is wrong with the group as a whole; `managed` are the namespaces that this stack manages.

    With an application one more is managed, of which only its license has the whole name.
    """
    names = [each.name for each in quotas.namespaces]
    for index, each in enumerate(quotas.namespaces):
        path: Path = ("quotas", "namespaces", index)
        if each.name not in managed and not (application and each.name.startswith(OF_APPLICATION)):
            listed = (*managed, *((f"{OF_APPLICATION}<app id>",) if application else ()))
            known = f"those here are {', '.join(listed)}" if listed else "there is none here"
            text = f"{each.name} is no namespace that this stack manages; {known}"
            yield Fault(path=(*path, "name"), text=text)
        if each.name in names[:index]:
            yield Fault(path=(*path, "name"), text=f"{each.name} stands there twice; give one")
        yield from _priorities(path, each)
        yield from _order(path, each.limits)
        yield from _unstated(path, each)


def _priorities(path: Path, namespace: Namespace) -> Iterator[Fault]:
    """Priority classes that two quotas count: Kubernetes would hold pods against both."""
    seen: set[str] = set()
    for index, each in enumerate(namespace.priorities):
        for name in each.classes:
            if name in seen:
                place = (*path, "priorities", index, "classes")
                yield Fault(path=place, text=f"{name} stands there twice; count it once")
            seen.add(name)


def _order(path: Path, limits: Limits | None) -> Iterator[Fault]:
    """Requests above limits, limits above the highest: the API server would refuse the LimitRange."""
    if limits is None:
        return
    for low, high in (("request", "default"), ("request", "max"), ("default", "max")):
        below, above = getattr(limits, low), getattr(limits, high)
        for name in sorted(below.keys() & above.keys()):
            if amount(below[name]) > amount(above[name]):
                place = (*path, "limits", low, name)
                text = f"{below[name]} is above {high}, {above[name]}; give a smaller one"
                yield Fault(path=place, text=text, reads=((*path, "limits", high),))


def _unstated(path: Path, namespace: Namespace) -> Iterator[Fault]:
    """What is counted and may be left unsaid: Kubernetes refuses such pods, and some are the appliance's own."""
    limits = namespace.limits or Limits()
    default = {**limits.max, **limits.default}
    stated = {"requests": {**default, **limits.request}, "limits": default}
    counted = [((*path, "hard"), namespace.hard)]
    counted += [
        ((*path, "priorities", index, "hard"), each.hard)
        for index, each in enumerate(namespace.priorities)
    ]
    for place, hard in counted:
        for key in hard:
            kind, _, name = key.rpartition(".")
            if name in _COMPUTE and name not in stated[kind or "requests"]:
                wanted = "default" if kind == "limits" else "request"
                yield Fault(
                    path=(*place, key),
                    text=f"counts what a pod may leave unsaid, and Kubernetes refuses such a pod; give "
                    f"limits.{wanted}.{name} for those",
                    reads=((*path, "limits"),),
                )
