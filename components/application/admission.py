"""What a release's objects must be to be applied: in their namespace, served, allowed, and each once.

Owns these rules, which need no cluster. Does not own what an object must hold (components/manifest).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from components.application.template.late import StandIns
from components.manifest import kinds
from components.manifest.body import groups_at, text_at, value_at
from components.manifest.objects import KubernetesObject
from components.manifest.place import Fault

CLAIM: Final = ("", "PersistentVolumeClaim")
STATEFUL_SET: Final = ("apps", "StatefulSet")

Kind = tuple[str, str]
"""Group and kind."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a stack allows: kinds outside of namespaces, and groups that something else of the stack serves."""

    cluster_wide: Collection[str] = ("CustomResourceDefinition",)
    served_groups: Collection[str] = ()


def faults(
    objects: Sequence[KubernetesObject], namespace: str, rules: Rules, stand_ins: StandIns
) -> Iterator[Fault]:
    """Everything that keeps objects from being applied."""
    groups = set(defined(objects))
    for one in objects:
        yield from _late_names(one, stand_ins)
        yield from _place(one, namespace, rules)
        yield from _served(one, groups, rules)
    yield from _claims(objects)


def defined(objects: Iterable[KubernetesObject]) -> Iterator[str]:
    """The groups of the custom resources that are defined among the objects."""
    for one in objects:
        if one.kind == "CustomResourceDefinition":
            yield text_at(one.body, "spec", "group")


def _place(one: KubernetesObject, namespace: str, rules: Rules) -> Iterator[Fault]:
    if one.kind == "Namespace" and one.group == "":
        sentence = f"{one} cannot be made: an application has the namespace {namespace}, which is there; take it out"
        yield Fault(place=one.place, text=sentence)
    elif kinds.is_cluster_wide(one.group, one.kind):
        if one.kind not in rules.cluster_wide:
            sentence = (
                f"{one} stands outside of namespaces, and this stack lets a release make there only "
                f"{', '.join(sorted(rules.cluster_wide)) or 'nothing'}; release.clusterWide allows a kind"
            )
            yield Fault(place=one.place, text=sentence)
    elif one.namespace not in ("", namespace):
        sentence = (
            f"{one} stands in the namespace {one.namespace}, and an application has only {namespace}; leave out "
            "metadata.namespace, or write {{repl Namespace}}"
        )
        yield Fault(place=one.place, text=sentence)


def _served(one: KubernetesObject, groups: Collection[str], rules: Rules) -> Iterator[Fault]:
    version = one.api_version.rpartition("/")[2]
    if kinds.is_built_in(one.group):
        # Since 1.24 no API server serves versions that are not stable unless it is told to.
        if "alpha" in version or "beta" in version:
            sentence = f"no API server serves {one.kind} of {one.api_version} any more; write the stable version"
            yield Fault(place=one.place, text=sentence)
    elif one.group not in groups and one.group not in rules.served_groups:
        sentence = (
            f"nothing serves {one.kind} of {one.api_version}: the release has no CustomResourceDefinition for "
            f"{one.group}, and the appliance has none"
        )
        yield Fault(place=one.place, text=sentence)


def _claims(objects: Iterable[KubernetesObject]) -> Iterator[Fault]:
    """Claims that two objects would make under one name."""
    claims = {one.name: one for one in objects if one.identity[:2] == CLAIM}
    templates: dict[str, KubernetesObject] = {}
    for one in objects:
        for template in claim_templates(one):
            prefix = f"{template}-{one.name}"
            other = templates.setdefault(prefix, one)
            if other is not one:
                sentence = (
                    f"{one} and {other} ({other.place}) both make claims {prefix}-0 and so on"
                )
                yield Fault(place=one.place, text=sentence)
            for name, claim in claims.items():
                number = name.removeprefix(f"{prefix}-")
                if number != name and number.isdigit():
                    sentence = f"{claim} is a claim that {one} ({one.place}) makes too; give one of them another name"
                    yield Fault(place=claim.place, text=sentence)


def claim_templates(one: KubernetesObject) -> tuple[str, ...]:
    """The names of a StatefulSet's claim templates."""
    if one.identity[:2] != STATEFUL_SET:
        return ()
    templates = groups_at(one.body, "spec", "volumeClaimTemplates")
    return tuple(text_at(template, "metadata", "name") for template in templates)


def _late_names(one: KubernetesObject, stand_ins: StandIns) -> Iterator[Fault]:
    """Late values where they would decide what there is."""
    fixed = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))
    for path in fixed:
        for late in stand_ins.found(text_at(one.body, *path)):
            yield _refused(one, ".".join(path), str(late))
    for key in _keys(one.body):
        for late in stand_ins.found(key):
            yield _refused(one, "a key", str(late))


def _refused(one: KubernetesObject, where: str, late: str) -> Fault:
    sentence = f"{where} is made of {late}, which is a secret or only known after deployment; only a value can be"
    return Fault(place=one.place, text=sentence)


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def ports(one: KubernetesObject) -> tuple[int, ...]:
    """The ports of a Service."""
    listed = (value_at(port, "port") for port in groups_at(one.body, "spec", "ports"))
    return tuple(port for port in listed if isinstance(port, int))
