"""A resource as a line of the page that opens: its time and bar, what it waits for, and what waits for it.

Owns the HTML of a resource and of a bar. Does not own where it stands (section.py), nor what it says (picture.py).
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from html import escape
from typing import Final

from operate.event_log import Work
from operate.graph.colours import slug
from operate.graph.picture import Picture, Times, layer_of
from operate.graph.timeline import clock, took
from review.graph import Resource

PROVIDER: Final = "pulumi:providers:"


def row(picture: Picture, resource: Resource) -> str:
    """The whole line."""
    urn = resource.urn
    names = sorted(picture.names[each] for each in picture.waits.nearest[urn])
    critical = picture.times and any(map(picture.times.critical, picture.works(urn)))
    mark = '<span class="crit-mark">on the path</span>' if critical else ""
    return (
        f'<details class="resource" id="{picture.names[urn]}" data-urn="{escape(urn)}" data-waits="{" ".join(names)}"'
        f' style="--c:var(--{slug(layer_of(urn))})"><summary class="cells">'
        f'<span class="title"><b>{escape(resource.name)}</b>{_kind(resource)}{mark}</span>'
        f'<span class="time">{time(picture, urn)}</span>{track(picture.times, picture.works(urn))}</summary>'
        f'<div class="more">{_side(picture, "waits for", resource)}{_self(picture, resource)}'
        f"{_side(picture, 'waited for by', resource)}</div></details>"
    )


def time(picture: Picture, urn: str) -> str:
    """How long the last `up` worked on a resource, or an earlier one did."""
    if works := picture.works(urn):
        ends = [work.outcome for work in works if work.outcome != "done"]
        text = took(sum(work.seconds for work in works))
        return f"{ends[-1]}, {text}" if ends else text
    if older := picture.older(urn):
        return (
            f'<span class="older" title="{moment(older.began)}">{took(older.seconds)}, older</span>'
        )
    return ""


def track(times: Times | None, works: Collection[Work]) -> str:
    """The line of time with a bar for each work; a layer's name must stand beside it."""
    if times is None:
        return ""
    bars = "".join(bar(times, work) for work in works)
    return f'<span class="track">{bars}</span>'


def bar(times: Times, work: Work) -> str:
    """A bar; striped where its end was no good one, framed where the whole waited for it."""
    style = "bar crit" if times.critical(work) else "bar"
    if work.outcome != "done":
        style += " broken"
    colour = f"--c:var(--{slug(layer_of(work.urn))})"
    return f'<i class="{style}" style="{_place(times, work.began, work.ended)};{colour}"></i>'


def pause(times: Times, began: int, ended: int) -> str:
    """A thin line for a time in which nothing of a chain was worked on."""
    return f'<i class="pause" style="{_place(times, began, ended)}"></i>'


def link(picture: Picture, urn: str) -> str:
    """A resource by its name and kind, as a way to its line; only its name if the state no longer has it."""
    resource = picture.graph.resources.get(urn)
    if resource is None:
        return f"<b>{escape(urn.split('::', 3)[3])}</b> <small>gone</small>"
    name = picture.names[urn]
    return f'<a href="#{name}">{escape(resource.name)}</a>{_kind(resource)}'


def moment(seconds: int) -> str:
    """A second since the epoch as a person reads it."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _kind(resource: Resource) -> str:
    """What a resource is, unless its name says it: objects out of manifests are called NAME/KIND/NAMESPACE/NAME."""
    if f"/{resource.kind}/" in resource.name:
        return ""
    what = " provider" if resource.type.startswith(PROVIDER) else ""
    return f" <small>{escape(resource.kind)}{what}</small>"


def _place(times: Times, began: int, ended: int) -> str:
    left, width = times.line.span(began, ended)
    return f"left:{left}%;width:{width}%"


def _side(picture: Picture, words: str, resource: Resource) -> str:
    """One of the two lists beside a resource."""
    urn = resource.urn
    before = words == "waits for"
    found = picture.waits.nearest[urn] if before else picture.waits.followers[urn]
    order = list(picture.graph.resources)
    items = "".join(f"<li>{link(picture, each)}</li>" for each in sorted(found, key=order.index))
    more = len(picture.waits.every[urn]) - len(found) if before else 0
    through = f"<p>and {more} that follow from these</p>" if more else ""
    body = f"<ul>{items}</ul>{through}" if found else "<p>nothing</p>"
    return f'<div class="{"before" if before else "after"}"><h4>{words}</h4>{body}</div>'


def _self(picture: Picture, resource: Resource) -> str:
    """What there is to say of a resource itself."""
    rows = "".join(f"<dt>{word}</dt><dd>{text}</dd>" for word, text in _facts(picture, resource))
    return f'<div class="self"><h4>{escape(resource.name)}</h4><dl>{rows}</dl></div>'


def _facts(picture: Picture, resource: Resource) -> Iterator[tuple[str, str]]:
    yield "type", escape(resource.type)
    if parent := picture.graph.resources.get(resource.parent):
        yield "part of", f"{escape(parent.name)} <small>{escape(parent.kind)}</small>"
    for work in picture.works(resource.urn):
        since = work.began - picture.times.up.began if picture.times else 0
        end = f"{clock(since)} to {clock(since + work.seconds)}"
        outcome = "" if work.outcome == "done" else f", {work.outcome}"
        yield work.operation, f"{took(work.seconds)}, from {end}{outcome}"
    if picture.times and (awaited := picture.times.course.awaited(resource.urn)):
        yield "began when", f"{link(picture, awaited.urn)} had ended"
    if older := picture.older(resource.urn):
        yield older.operation, f"{took(older.seconds)}, {moment(older.began)}: not by the last up"
