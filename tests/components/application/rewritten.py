"""The small releases as a stack without internet applies them: read, rewritten, with a sample for each late value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.application.admission import Rules
from components.application.options import Given
from components.application.release import Objects, read
from components.application.rewrites.composition import RewriteSettings, compose
from components.application.rewrites.finding import Verdict
from components.application.rewrites.images import ImageSettings
from components.application.rewrites.preparation import Preparation, prepare
from components.application.rewrites.report import Line, name_of
from components.application.rewrites.shared_filesystem import SharedFilesystemSettings
from components.application.rewrites.storage_class import StorageClassSettings
from components.application.template.late import StandIns
from components.manifest.place import Fault
from tests.components.application.made import NAMESPACE, RELEASES, facts

REGISTRY = "10.100.100.101:9874"
SETTINGS = RewriteSettings(
    images=ImageSettings(registry=REGISTRY, closed=True),
    storage_class=StorageClassSettings(name="default", namespace=NAMESPACE),
    shared_filesystem=SharedFilesystemSettings(
        storage_class="shared", image="docker.io/library/busybox:1.35.0"
    ),
    autoscaled=frozenset(),
    namespace=NAMESPACE,
)
GIVEN: Mapping[str, Mapping[str, str]] = {"options": {"host": "db"}}
"""The answers that a release asks for."""
CLUSTER_WIDE = ("CustomResourceDefinition", "ValidatingWebhookConfiguration")


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """The objects by `Kind name`, and the lines of the report."""

    bodies: Mapping[str, dict[str, Any]]
    lines: tuple[Line, ...]

    def why(self, name: str, verdict: Verdict) -> dict[str, str]:
        """Path → reason of what was found in an object, with a verdict."""
        return {
            line.finding.where: line.finding.why
            for line in self.lines
            if line.object.endswith(f"/{name}") and line.finding.verdict is verdict
        }


def rewritten(name: str) -> Rewritten:
    """A release of the directory, which must be without fault."""
    made: list[Preparation] = []

    def prepared(objects: Objects) -> tuple[Objects, tuple[Fault, ...]]:
        made.append(prepare(objects, SETTINGS))
        return made[-1].objects, made[-1].faults

    found = read(
        (RELEASES / f"{name}.yaml").read_text(),
        f"{name}.yaml",
        facts(),
        given=Given(values=GIVEN.get(name, {})),
        rules=Rules(cluster_wide=CLUSTER_WIDE),
        prepare=prepared,
    )
    assert found.faults == ()
    assert found.release is not None
    rewrite = compose(made[-1].settings)
    lines = list(made[-1].report.lines)
    bodies = {}
    for one in found.release.objects:
        result = rewrite(one.body)
        lines += [Line(object=name_of(one.body), finding=each) for each in result.findings]
        bodies[f"{one.kind} {one.name}"] = _filled(result.body, found.release.stand_ins)
    return Rewritten(bodies=bodies, lines=tuple(lines))


def _filled(value: Any, stand_ins: StandIns) -> Any:
    """A value with a sample wherever one is known later."""
    if isinstance(value, dict):
        return {key: _filled(inner, stand_ins) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, stand_ins) for inner in value]
    if not isinstance(value, str):
        return value
    known = {source: "sample" for late in stand_ins.found(value) for source in late.sources}
    return stand_ins.filled(value, known)
