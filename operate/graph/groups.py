"""A stack's resources in the order of the page: by layer, and in a layer by the component that they are a part of.

Owns where each resource stands; it stands there once. Does not own how it is drawn (row.py).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operate.graph.colours import NAMES
from operate.layers import home
from review.difference import OTHER
from review.graph import STACK, Graph, Resource


@dataclass(frozen=True, kw_only=True)
class Group:
    """A component with the resources right in it; `depth` is how many components are around it.

    What is in no component is in the stack itself; a state may lack that, then there is none.
    """

    component: Resource | None
    depth: int
    resources: tuple[Resource, ...]


def groups(graph: Graph) -> Mapping[str, tuple[Group, ...]]:
    """The groups of each layer that the stack has, in the order of the layers."""
    children: dict[str, list[Resource]] = {}
    for each in graph:
        parent = each.parent if each.parent in graph.resources else ""
        if each.type != STACK:
            children.setdefault(parent, []).append(each)
    stack = next(graph.of(STACK), None)
    found: dict[str, list[Group]] = {name: [] for name in NAMES}
    for group in _walk(stack, "", children, 0):
        component = group.component
        name = OTHER if component is None else home(component.urn) or OTHER
        if component is not None or group.resources:
            found[name].append(group)
    return {name: tuple(each) for name, each in found.items() if each}


def _walk(
    component: Resource | None, urn: str, children: Mapping[str, list[Resource]], depth: int
) -> Iterator[Group]:
    """A component's group, then those of the components in it."""
    resources: list[Resource] = []
    inner: list[Resource] = []
    todo = [urn]
    while todo:
        for child in children.get(todo.pop(), ()):
            if child.custom:
                # A resource may be a part of another one: they stand beside each other.
                resources.append(child)
                todo.append(child.urn)
            else:
                inner.append(child)
    yield Group(component=component, depth=depth, resources=tuple(resources))
    for each in inner:
        # The stack is around all, which needs no saying.
        yield from _walk(each, each.urn, children, depth + 1 if urn else 0)
