"""A layer as a box of the page that opens: its resources by component.

Owns the HTML of a layer, and when it stands open by itself. Does not own that of a resource (row.py).
"""

from collections.abc import Sequence
from html import escape
from typing import Final

from operate.event_log import Work
from operate.graph.colours import slug
from operate.graph.groups import Group
from operate.graph.picture import Picture
from operate.graph.row import row, track
from operate.graph.timeline import clock, took
from review.graph import Resource

MANY: Final = 60
"""Resources of a stack from which on the layers are closed at first: the whole is seen before its parts."""

LATE: Final = 92
"""Percent of the line of time from which on a mark's word does not fit on its right side."""


def sections(picture: Picture) -> str:
    """All layers under one line of time."""
    opened = len(picture.graph.resources) < MANY
    return "".join(
        section(picture, name, found, opened=opened) for name, found in picture.layers.items()
    )


def section(picture: Picture, name: str, found: Sequence[Group], *, opened: bool) -> str:
    """A layer with its groups."""
    inner = "".join(_group(picture, group) for group in found)
    head = (
        f'<span class="title"><b>{name.capitalize()}</b> <small>{count(found)}</small></span>'
        f'<span class="time">{layer_time(picture, found)}</span>'
        f"{track(picture.times, works(picture, found))}"
    )
    return (
        f'<section class="layer" id="layer-{slug(name)}" style="--c:var(--{slug(name)})">'
        f'<details{" open" if opened else ""}><summary class="cells">{head}</summary>{inner}</details></section>'
    )


def works(picture: Picture, found: Sequence[Group]) -> list[Work]:
    """What the last `up` did in a layer."""
    return [work for each in _resources(found) for work in picture.works(each.urn)]


def layer_time(picture: Picture, found: Sequence[Group]) -> str:
    """From the first beginning to the last end in a layer, as `make up` told it."""
    done = works(picture, found)
    if not done:
        return "left alone" if picture.times else ""
    return took(max(each.ended for each in done) - min(each.began for each in done))


def count(found: Sequence[Group]) -> str:
    """How many resources a layer has, components not counted."""
    number = len(_resources(found))
    return f"{number} resource{'' if number == 1 else 's'}"


def axis(picture: Picture) -> str:
    """The marks of the line of time; nothing where no times are known."""
    if picture.times is None:
        return ""
    line = picture.times.line
    marks = "".join(_mark(line.at(line.began + each), clock(each)) for each in line.marks)
    return f'<div class="cells axis"><span></span><span></span><span class="track">{marks}</span></div>'


def _mark(place: float, word: str) -> str:
    """A mark with its word; at the end of the line there is room for that on the left side alone."""
    side = ' class="end"' if place > LATE else ""
    return f'<span{side} style="left:{place}%">{word}</span>'


def _resources(found: Sequence[Group]) -> list[Resource]:
    return [each for group in found for each in group.resources]


def _group(picture: Picture, group: Group) -> str:
    """A component's heading, and its resources in the order of their beginnings."""

    def began(resource: Resource) -> int:
        done = picture.works(resource.urn)
        # What was left alone stands below.
        return min((work.began for work in done), default=1 << 62)

    rows = "".join(row(picture, each) for each in sorted(group.resources, key=began))
    if (own := group.component) is None:
        return rows
    return (
        f'<h3 class="component" data-urn="{escape(own.urn)}" style="--depth:{group.depth}">{escape(own.name)}'
        f" <small>{escape(own.kind)}</small></h3>{rows}"
    )
