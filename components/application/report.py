"""What a release comes to, for a person: its objects in the order in which they are made, and what to know about it.

Owns the words. Does not own the release. Late values stand as the names of what they are.
"""

from collections.abc import Iterator, Sequence

from components.application.order import steps
from components.application.release import Release
from components.application.rewrites.report import Line
from components.application.template.late import Late
from components.manifest.pods import images


def text(release: Release, rewrites: Sequence[Line], absent: Sequence[str]) -> str:
    """The whole report, one line for each thing. `absent` are the rewrites of which only a stack knows what they do."""
    lines = (*_lines(release), *_rewrites(release, rewrites, absent))
    return "".join(f"{line}\n" for line in lines)


def _lines(release: Release) -> Iterator[str]:
    description, facts = release.description, release.facts
    version = f" {description.version}" if description.version else ""
    yield f"{description.name}{version}, sequence {facts.sequence}, in the namespace {facts.namespace}"
    yield (
        f"license {facts.license.id} for {facts.license.assignee}, channel {facts.license.channel}, "
        f"valid {'to ' + facts.license.expires if facts.license.expires else 'without an end'}"
    )
    for key, value in release.properties.items():
        if value:
            yield f"{key}: {value.shown if isinstance(value, Late) else value}"
    yield f"{len(release.objects)} objects would be applied:"
    for name, objects in steps(release.objects):
        yield f"  {name}:"
        for one in objects:
            yield f"    {one.api_version} {one.kind} {one.name} ({one.place})"
    used = sorted({image for one in release.objects for image in images(one)})
    if used:
        yield "images:"
        yield from (f"  {release.stand_ins.named(image)}" for image in used)
    if release.notes:
        yield "notes:"
        yield from (f"  {note}" for note in release.notes)


def _rewrites(release: Release, rewrites: Sequence[Line], absent: Sequence[str]) -> Iterator[str]:
    if rewrites:
        yield "rewrites:"
        yield from (f"  {release.stand_ins.named(str(line))}" for line in rewrites)
    if absent:
        yield f"rewrites that depend on the stack, give STACK=NAME to see them: {', '.join(absent)}"
