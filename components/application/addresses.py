"""Addresses of a release's own Services and Ingresses among its values: who asks, who answers, what waits.

Owns these. Does not own where an address comes from (`sources.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from components.application import admission
from components.application.functions import INGRESS_ADDRESS, SERVICE_ADDRESS
from components.application.order import CircleError, Needs, waiting
from components.application.sections import Section
from components.application.template.late import Late, Source, StandIns
from components.manifest.objects import Identity, KubernetesObject
from components.manifest.place import Fault, Place


def unanswered(
    objects: Sequence[KubernetesObject], wanted: Iterable[tuple[Place, Source]]
) -> Iterator[Fault]:
    """Addresses that are asked for and cannot be."""
    named = {(one.kind, one.name): one for one in objects}
    for place, source in wanted:
        if source.kind not in (SERVICE_ADDRESS, INGRESS_ADDRESS):
            continue
        name, port = source.arguments
        kind = source.kind.removesuffix("Address")
        one = named.get((kind, name))
        if one is None:
            yield Fault(place=place, text=f"{source}: the release has no {kind} {name}")
        elif kind == "Service" and int(port) not in admission.ports(one):
            listed = ", ".join(map(str, admission.ports(one)))
            yield Fault(place=place, text=f"{source}: {one} has the ports {listed}")


def asked(
    found: Sequence[Section], stand_ins: StandIns, properties: Mapping[str, Late], at: Place
) -> Iterator[tuple[Place, Source]]:
    """Every late value with the place that asks for it."""
    for late, line in zip(stand_ins.values, stand_ins.lines, strict=True):
        section = [each for each in found if each.place.line <= line][-1]
        for source in late.sources:
            yield replace(section.place, line=line), source
    for late in properties.values():
        for source in late.sources:
            yield at, source


def service_needs(stand_ins: StandIns) -> Needs:
    """For an object the Services whose addresses are among its values."""

    def needs(one: KubernetesObject) -> Iterator[Identity]:
        for late in stand_ins.found("\n".join(_texts(one.body))):
            for source in late.sources:
                if source.kind == SERVICE_ADDRESS:
                    yield "", "Service", one.namespace, source.arguments[0]

    return needs


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def circles(objects: Sequence[KubernetesObject], stand_ins: StandIns) -> Iterator[Fault]:
    """Objects that wait for each other, since their values are each other's addresses."""
    try:
        waiting(objects, service_needs(stand_ins))
    except CircleError as error:
        yield Fault(place=objects[0].place, text=str(error))
