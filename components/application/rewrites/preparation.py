"""What has to happen to a release's objects before they become resources, and everything that will be refused.

Owns the objects' versions, which are part of a resource's type, the claims that stand beside them, and who owns a
workload's replicas: all that takes more than one object to know. Does not own the other rewrites: `transformation.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from components.application.rewrites.api_versions.rule import api_versions
from components.application.rewrites.composition import RewriteSettings, compose, refused
from components.application.rewrites.finding import Finding
from components.application.rewrites.replicas import autoscaled
from components.application.rewrites.report import Line, Report, name_of
from components.manifest.objects import KubernetesObject
from components.manifest.place import Fault


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """The objects to make, the settings for `transformation`, what was converted, and the reasons not to go on."""

    objects: tuple[KubernetesObject, ...]
    settings: RewriteSettings
    report: Report
    faults: tuple[Fault, ...]


def prepare(objects: Sequence[KubernetesObject], settings: RewriteSettings) -> Preparation:
    """The objects of a release made ready. Pure, and never raises: what is wrong is in `faults`, all at once.

    `settings.autoscaled` is filled with what the autoscalers among the objects own, unless it is None.
    """
    report = Report()
    versions = [(one, api_versions(one.body)) for one in objects]
    converted = [replace(one, body=found.body) for one, found in versions]
    for one, found in versions:
        report.add(name_of(one.body), found.findings)
    if settings.autoscaled is not None:
        owned = autoscaled((one.body for one in converted), settings.namespace)
        settings = replace(settings, autoscaled=settings.autoscaled | frozenset(owned))
    known = {one.identity for one in converted}
    faults = [fault for one, found in versions for fault in _faults(one, found.findings)]
    rewrite = compose(settings)
    for one in tuple(converted):
        found = rewrite(one.body)
        faults += _faults(one, found.findings)
        for each in found.beside:
            beside = KubernetesObject(place=one.place, body=each.body)
            if beside.identity not in known:
                known.add(beside.identity)
                converted.append(beside)
                report.add(name_of(beside.body), [each.finding])
    return Preparation(
        objects=tuple(converted),
        settings=settings,
        report=report,
        faults=tuple(sorted(set(faults))),
    )


def foreseen(prepared: Preparation) -> tuple[Line, ...]:
    """What the whole report will be once `transformation` has seen the objects, without making any resource."""
    rewrite = compose(prepared.settings)
    found = [
        Line(object=name_of(one.body), finding=each)
        for one in prepared.objects
        for each in rewrite(one.body).findings
    ]
    return (*prepared.report.lines, *found)


def _faults(one: KubernetesObject, findings: tuple[Finding, ...]) -> Iterator[Fault]:
    for each in refused(findings):
        yield Fault(place=one.place, text=str(Line(object=name_of(one.body), finding=each)))
