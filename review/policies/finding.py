"""What a rule says of a stack.

Owns the types that all rules share. Does not own any rule.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from review.graph import Graph
from stacks.config import Configuration


@dataclass(frozen=True, kw_only=True)
class Case:
    """What rules look at: the graph, the configuration that it was made for, and the dummies among its inputs."""

    graph: Graph
    configuration: Configuration
    secrets: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that a rule objects to: where (a resource's URN, "" for the stack), what, and what to do about it."""

    urn: str
    what: str
    cure: str

    @property
    def name(self) -> str:
        """The resource's name; "the stack" for what is about all of it."""
        return self.urn.split("::", 3)[3] if self.urn else "the stack"


Rule = Callable[[Case], Iterator[Finding]]
