"""The rules in their order, as one function from an object to what is applied.

Owns the order, and the reason for each place in it. Does not own any rule.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from components.application.rewrites.api_versions import rule as versions
from components.application.rewrites.finding import Beside, Finding, Rewritten, Verdict
from components.application.rewrites.images import RULE as IMAGES
from components.application.rewrites.images import ImageSettings, images
from components.application.rewrites.leftovers import RULE as LEFTOVERS
from components.application.rewrites.leftovers import leftovers
from components.application.rewrites.replicas import RULE as REPLICAS
from components.application.rewrites.replicas import Workload, replicas
from components.application.rewrites.shared_filesystem import RULE as SHARED
from components.application.rewrites.shared_filesystem import (
    SharedFilesystemSettings,
    shared_filesystem,
)
from components.application.rewrites.snapshots import RULE as SNAPSHOTS
from components.application.rewrites.snapshots import SnapshotSettings, snapshots
from components.application.rewrites.storage_class import RULE as STORAGE_CLASS
from components.application.rewrites.storage_class import StorageClassSettings, storage_class
from components.manifest.body import Body

Rule = Callable[[Body], Rewritten]

ORDER: Final = (
    # First, since all others know only the versions of today.
    versions.RULE,
    # Before what looks at claims and init containers: it makes some.
    SHARED,
    STORAGE_CLASS,
    REPLICAS,
    SNAPSHOTS,
    # After what adds containers: theirs come from the registry too.
    IMAGES,
    # Last: it looks at what is left.
    LEFTOVERS,
)


@dataclass(frozen=True, kw_only=True)
class RewriteSettings:
    """What each rule needs to know; a rule without settings does nothing. Versions are always looked at.

    `autoscaled` are the workloads that autoscalers own (`replicas.autoscaled`); None leaves replicas alone.
    `namespace` is that of objects which name none.
    """

    images: ImageSettings | None = None
    storage_class: StorageClassSettings | None = None
    shared_filesystem: SharedFilesystemSettings | None = None
    snapshots: SnapshotSettings | None = None
    autoscaled: frozenset[Workload] | None = None
    namespace: str = "default"


def rules(settings: RewriteSettings) -> tuple[Rule, ...]:
    """The rules that the settings switch on, in order."""
    found = dict(_rules(settings))
    return tuple(found[name] for name in ORDER if name in found)


def absent(settings: RewriteSettings) -> tuple[str, ...]:
    """The names of the rules that the settings leave out, in order."""
    found = dict(_rules(settings))
    return tuple(name for name in ORDER if name not in found)


def compose(settings: RewriteSettings) -> Rule:
    """All rules as one. After a refusal the later ones still run, so that a report names everything at once."""
    chosen = rules(settings)
    return lambda body: _apply(body, chosen)


def refused(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that say why an object cannot be applied."""
    return tuple(each for each in findings if each.verdict is Verdict.REFUSED)


def _rules(settings: RewriteSettings) -> Iterator[tuple[str, Rule]]:
    """Each rule by its name, with its settings."""
    yield versions.RULE, versions.api_versions
    if (shared := settings.shared_filesystem) is not None:
        yield SHARED, lambda body: shared_filesystem(body, shared)
    if (classes := settings.storage_class) is not None:
        yield STORAGE_CLASS, lambda body: storage_class(body, classes)
    if (owned := settings.autoscaled) is not None:
        yield REPLICAS, lambda body: replicas(body, owned, settings.namespace)
    if (sidecar := settings.snapshots) is not None:
        yield SNAPSHOTS, lambda body: snapshots(body, sidecar)
    if (sources := settings.images) is not None:
        yield IMAGES, lambda body: images(body, sources)
        yield LEFTOVERS, lambda body: leftovers(body, sources)


def _apply(body: Body, chosen: tuple[Rule, ...]) -> Rewritten:
    findings: list[Finding] = []
    beside: list[Beside] = []
    for rule in chosen:
        found = rule(body)
        body = found.body
        findings += found.findings
        beside += found.beside
    return Rewritten(body=body, findings=tuple(findings), beside=tuple(beside))
