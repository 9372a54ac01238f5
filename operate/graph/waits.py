"""What each resource of a stack waits for.

Owns who counts as waited for: besides what a resource names itself, its provider, the resource that it is a part of,
and all that its components name. Does not own how long that takes (chain.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from review.graph import Graph, Resource

Urns = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Waits:
    """For each resource that is no component: what it waits for at once, all that follows from that, and the reverse.

    `nearest` leaves out whatever is waited for by way of another one that is in it, so that a reader sees few and none
    is lost: all of `every` is reached by going on from one to the next.
    """

    nearest: Mapping[str, Urns]
    every: Mapping[str, Urns]
    followers: Mapping[str, Urns]
    """Those that wait for a resource at once."""


def waits_of(graph: Graph) -> Waits:
    """The waits of a graph. Raises graphlib.CycleError for one that no engine could have made."""
    named = {each.urn: frozenset(_named(graph, each)) for each in graph if each.custom}
    every: dict[str, Urns] = {}
    for urn in TopologicalSorter(named).static_order():
        every[urn] = named[urn].union(*(every[before] for before in named[urn]))
    nearest = {
        urn: before.difference(*(every[each] for each in before)) for urn, before in named.items()
    }
    followers: dict[str, set[str]] = {urn: set() for urn in named}
    for urn, before in nearest.items():
        for each in before:
            followers[each].add(urn)
    return Waits(
        nearest=nearest,
        every=every,
        followers={urn: frozenset(after) for urn, after in followers.items()},
    )


def _named(graph: Graph, resource: Resource) -> Iterator[str]:
    """What a resource waits for by its own words and those of the components around it."""
    around = tuple(_around(graph, resource))
    inside = {resource.urn, *(each.urn for each in around)}
    for each in (resource, *around):
        if each.custom and each is not resource:
            # What that one waits for follows from waiting for it.
            yield each.urn
            return
        for urn in (*each.waits, each.provider):
            if urn not in inside:
                yield from (made for made in _made(graph, urn) if made != resource.urn)


def _around(graph: Graph, resource: Resource) -> Iterator[Resource]:
    """The resources that one is a part of, the nearest first."""
    own: Resource | None = resource
    while own is not None:
        own = graph.resources.get(own.parent)
        if own is not None:
            yield own


def _made(graph: Graph, urn: str) -> Iterator[str]:
    """The resource itself, or all that a component is made of; nothing for what the state does not have."""
    found = graph.resources.get(urn)
    if found is None:
        return
    if found.custom:
        yield urn
        return
    for child in graph.children(urn):
        yield from _made(graph, child.urn)
