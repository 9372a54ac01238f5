"""What the page tells of a stack, before it is written down as HTML.

Owns putting together the resources, who waits for whom, and the times of the last `up`. Does not own any of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from operate import layers
from operate.event_log import Work
from operate.graph.chain import Chain, Course
from operate.graph.groups import Group, groups
from operate.graph.timeline import Timeline
from operate.graph.waits import Waits, waits_of
from operate.last_up import LastUp
from review.difference import OTHER
from review.graph import Graph


@dataclass(frozen=True, kw_only=True)
class Times:
    """The last `up`, and what follows from it."""

    up: LastUp
    line: Timeline
    chain: Chain
    course: Course

    def critical(self, work: Work) -> bool:
        """Whether a work is in the chain that the whole waited for."""
        return any(link.work == work for link in self.chain.links)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A stack's resources by layer; `names` are what they are called in the page's own links."""

    graph: Graph
    waits: Waits
    layers: Mapping[str, tuple[Group, ...]]
    names: Mapping[str, str]
    times: Times | None
    """None where no `up` left any."""

    def works(self, urn: str) -> tuple[Work, ...]:
        """What the last `up` did to a resource."""
        return self.times.up.of(urn) if self.times else ()

    def older(self, urn: str) -> Work | None:
        """What an earlier one did to a resource that the last one left alone."""
        return self.times.up.older.get(urn) if self.times else None


def picture_of(graph: Graph, up: LastUp | None) -> Picture:
    """The picture of a graph, with the times of the last `up` if there are any."""
    waits = waits_of(graph)
    return Picture(
        graph=graph,
        waits=waits,
        layers=groups(graph),
        names={urn: f"r{number}" for number, urn in enumerate(graph.resources, start=1)},
        times=None if up is None else _times(up, waits),
    )


def _times(up: LastUp, waits: Waits) -> Times:
    course = Course(up=up, waits=waits.nearest)
    return Times(
        up=up,
        line=Timeline(began=up.began, ended=up.ended),
        chain=course.chain(),
        course=course,
    )


def layer_of(urn: str) -> str:
    """The layer that a resource stands in."""
    return layers.home(urn) or OTHER
