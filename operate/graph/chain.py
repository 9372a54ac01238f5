"""Why an `up` took as long as it did: the chain of works of which each waited for the one before.

Owns the arithmetic. Does not own the times (operate/last_up.py), nor who waits for whom (waits.py).

The chain is found backwards: from the work that ended last, to the one of those that it waited for that ended last, and
so on. Nothing outside of the chain, made faster, would have made the whole faster; what stands in it might.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operate.event_log import Work
from operate.graph.waits import Urns
from operate.last_up import LastUp


@dataclass(frozen=True, kw_only=True)
class Link:
    """A work of the chain, and the seconds that passed between the end of the one before and its beginning."""

    work: Work
    idle: int


@dataclass(frozen=True, kw_only=True)
class Chain:
    """The links in the order of time, and the seconds after the last one until the operation ended.

    All works, all that is idle and the rest together are the time of the operation.
    """

    links: tuple[Link, ...]
    rest: int

    @property
    def worked(self) -> int:
        """The seconds in which something of the chain was worked on."""
        return sum(link.work.seconds for link in self.links)

    @property
    def idle(self) -> int:
        """The seconds in which nothing of it was: the program started, the engine was busy with others."""
        return sum(link.idle for link in self.links) + self.rest


@dataclass(frozen=True, kw_only=True)
class Course:
    """An operation's works by resource, and who waits for whom at once."""

    up: LastUp
    waits: Mapping[str, Urns]

    def chain(self) -> Chain:
        """The chain that ends with the last work."""
        links: list[Link] = []
        seen: set[int] = set()
        place = self._last(range(len(self.up.works)))
        while place is not None:
            seen.add(place)
            work = self.up.works[place]
            before = self._before(place, seen)
            since = self.up.began if before is None else self.up.works[before].ended
            links.insert(0, Link(work=work, idle=work.began - since))
            place = before
        return Chain(links=tuple(links), rest=self.up.ended - links[-1].work.ended if links else 0)

    def awaited(self, urn: str) -> Work | None:
        """What the first work on a resource waited for longest; None if for nothing that was worked on."""
        for place, work in enumerate(self.up.works):
            if work.urn == urn:
                before = self._before(place, {place})
                return None if before is None else self.up.works[before]
        return None

    def _before(self, place: int, seen: set[int]) -> int | None:
        """The place of the work that ended last of all that one waited for."""
        work = self.up.works[place]
        # The engine deletes when all else is done, and the state no longer says who waited for what is gone.
        waited = (
            None if work.operation.startswith("delete") else {work.urn, *self._worked(work.urn)}
        )
        return self._last(
            other
            for other, each in enumerate(self.up.works)
            if other not in seen
            and each.ended <= work.began
            and (waited is None or each.urn in waited)
        )

    def _last(self, places: Iterator[int] | range) -> int | None:
        return max(places, key=lambda each: (self.up.works[each].ended, each), default=None)

    def _worked(self, urn: str) -> Iterator[str]:
        """The nearest of what a resource waits for that was worked on: by way of others that were not."""
        changed = {work.urn for work in self.up.works}
        todo, seen = [urn], {urn}
        while todo:
            for before in self.waits.get(todo.pop(), ()):
                if before in changed:
                    yield before
                elif before not in seen:
                    seen.add(before)
                    todo.append(before)
