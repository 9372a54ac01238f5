"""A preview as a page that a reviewer reads, in Markdown.

Owns the order and the words: what may lose data first, then what the rules say, then the rest by layer. Does not own
how the changes were found, and says so: `kind` tells the reader what the page can be trusted with.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from operate.layers import LAYERS
from review.change import OPERATIONS, Change
from review.difference import OTHER
from review.policies.judgement import Judged, unneeded
from stacks.config.policies import Waiver

Kind = Literal["offline", "live"]
KINDS: Final[Mapping[Kind, str]] = {
    "offline": "**Offline**: the graph that the program registers, against that of {base}. No cluster, account, plugin "
    "or secret was asked; what the cluster really holds is not known here, and which changes replace a resource comes "
    "from a table.",
    "live": "**Live**: the engine's own preview against {base}, with the state and the plugins.",
}
SHOWN: Final = 40
"""Changes of a layer that are told one by one."""
FIELDS: Final = 6
"""Properties of a change that are told one by one."""
ALIKE: Final = 5
"""Losses of one kind that are told one by one."""
LONGEST: Final = 60_000
"""Characters: GitHub takes comments of 65,536."""
WORDS: Final = {
    "create": "created",
    "update": "changed",
    "replace": "replaced",
    "delete": "deleted",
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """What stands on the page; `base` is what the stack was compared with, in words."""

    kind: Kind
    stack: str
    base: str
    changes: Sequence[Change]
    judged: Sequence[Judged]
    idle: Sequence[Waiver] = ()
    rewrites: Sequence[Mapping[str, str]] = ()


def markdown(report: Report) -> str:
    """The page. The first line is the mark by which a comment is found again."""
    parts = (
        f"<!-- appliance-preview {report.kind} {report.stack} -->",
        f"## Preview of the stack `{report.stack}`: {summary(report.changes)}",
        KINDS[report.kind].format(base=report.base),
        *_grave(report.changes),
        *_policies(report),
        *_layers(report.changes),
        *_images(report.changes),
        *_rewrites(report.rewrites),
        *_details(report.changes),
    )
    text = "\n\n".join(parts) + "\n"
    if len(text) <= LONGEST:
        return text
    return (
        f"{text[:LONGEST].rpartition(chr(10))[0]}\n\n…the rest is cut; it is in the whole report.\n"
    )


def summary(changes: Sequence[Change]) -> str:
    """How many of which, in a line."""
    counted = {each: sum(change.operation == each for change in changes) for each in OPERATIONS}
    told = ", ".join(f"{count} {WORDS[each]}" for each, count in counted.items() if count)
    return told or "nothing changes"


def _grave(changes: Sequence[Change]) -> Iterator[str]:
    grave = [each for each in changes if each.grave]
    if not grave:
        return
    yield "### Data may be lost"
    yield "\n".join(_lost(grave))


def _lost(grave: Sequence[Change]) -> Iterator[str]:
    """A line each; kinds that go in numbers, such as an operator's definitions, have one line for all."""
    kinds = dict.fromkeys((each.kind, each.operation) for each in grave)
    for kind, operation in kinds:
        alike = [each for each in grave if (each.kind, each.operation) == (kind, operation)]
        if len(alike) > ALIKE and not any(each.fields or each.protected for each in alike):
            yield f"- **{len(alike)} {kind}s are {WORDS[operation]}**."
            continue
        for each in alike:
            yield f"- **{kind} `{each.name}` is {WORDS[operation]}**{_because(each)}"


def _because(change: Change) -> str:
    """Which properties cannot change in place, and what the engine does about a protected one."""
    fields = "; ".join(_code(str(each)) for each in change.fields if each.replaces)
    guarded = " It is protected: the engine refuses." if change.protected else ""
    return f"{f': {fields}' if fields else ''}.{guarded}"


def _policies(report: Report) -> Iterator[str]:
    yield "### Policies"
    if not report.judged:
        yield "Nothing is objected to."
    else:
        yield "\n".join(f"- {_mark(each)} {_text(str(each))}" for each in report.judged)
    yield from map(unneeded, report.idle)


def _mark(judged: Judged) -> str:
    if judged.waiver is not None:
        return "waived:"
    return "**refused:**" if judged.refuses else "warning:"


def _layers(changes: Sequence[Change]) -> Iterator[str]:
    if not changes:
        return
    yield "### By layer"
    rows = [
        f"| {name} | " + " | ".join(str(_count(found, each) or "") for each in OPERATIONS) + " |"
        for name, found in by_layer(changes)
    ]
    head = "| layer | " + " | ".join(WORDS[each] for each in OPERATIONS) + " |"
    yield "\n".join((head, "|---|" + "---|" * len(OPERATIONS), *rows))


def by_layer(changes: Iterable[Change]) -> Iterator[tuple[str, list[Change]]]:
    """The layers with a change, in their order, and their changes."""
    listed = list(changes)
    for name in (*dict.fromkeys(LAYERS.values()), OTHER):
        if found := [each for each in listed if each.layer == name]:
            yield name, found


def _count(changes: Sequence[Change], operation: str) -> int:
    return sum(each.operation == operation for each in changes)


def _images(changes: Sequence[Change]) -> Iterator[str]:
    """Images and versions that are others; once, however many containers run them."""
    found = dict.fromkeys(
        (each.old, each.new)
        for change in changes
        for each in change.fields
        if each.path.endswith((".image", "ersion")) or "ersion: " in each.new
    )
    if found:
        yield "### Images and versions"
        yield "\n".join(f"- {_code(old)} → {_code(new)}" for old, new in found)


def _rewrites(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    if not rows:
        return
    counted: dict[str, int] = {}
    for row in rows:
        counted[row["rule"]] = counted.get(row["rule"], 0) + 1
    yield "### Rewrites of the application"
    yield "\n".join(f"- {rule}: {count}" for rule, count in sorted(counted.items()))


def _details(changes: Sequence[Change]) -> Iterator[str]:
    for name, found in by_layer(changes):
        lines = [line for each in found[:SHOWN] for line in _change(each)]
        if len(found) > SHOWN:
            lines.append(f"- and {len(found) - SHOWN} more")
        listed = "\n".join(lines)
        yield f"<details><summary>{name}: {summary(found)}</summary>\n\n{listed}\n\n</details>"


def _change(change: Change) -> Iterator[str]:
    yield f"- {WORDS[change.operation]}: {change.kind} `{change.name}`"
    yield from (f"  - {_code(str(each))}" for each in change.fields[:FIELDS])
    if len(change.fields) > FIELDS:
        yield f"  - and {len(change.fields) - FIELDS} more properties"


def _code(text: str) -> str:
    """A text as code; a quote mark in it must not end it."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _text(text: str) -> str:
    """A text that Markdown takes for nothing else."""
    return text.replace("<", "&lt;").replace("|", "\\|")
