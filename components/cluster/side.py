"""One host of a membership transaction, as the other process sees it.

Owns reading a host's part of the document and calling verbs of the node script there. Does not own which verbs make a
transaction: that is admission.py and departure.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from components.machines.node_script import command_line
from components.machines.parameters import render
from components.machines.session import Endpoint, SessionError, UnreachedError, connect

PATIENT: Final = 12
"""Dials of ten seconds for a host that must answer: it may be booting."""

BRIEF: Final = 2
"""Dials for a host that may be dead, where another one or none will do."""

NOTHING: Final[Mapping[str, str]] = {}

Standing = Literal["serving", "holding", "joined", "apart", "silent"]
"""What a host says of itself (the node script's `standing`); silent: it does not answer."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """How to reach a host, where its script lies, and the script's parameters."""

    endpoint: Endpoint
    script: str
    parameters: Mapping[str, str]

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Side":
        """One side of the document on standard input."""
        return cls(
            endpoint=Endpoint.read(document["connection"]),
            script=str(document["script"]),
            parameters={str(key): str(value) for key, value in document["parameters"].items()},
        )

    @property
    def name(self) -> str:
        """The node's name."""
        return self.parameters["NODE_NAME"]

    @property
    def member(self) -> Mapping[str, str]:
        """What another host must be told to act on this one."""
        return {key: value for key, value in self.parameters.items() if key.startswith("MEMBER_")}

    def call(self, verb: str, more: Mapping[str, str] = NOTHING, *, attempts: int = PATIENT) -> str:
        """What one verb of the node script prints there, with `more` parameters. Raises SessionError."""
        with connect(self.endpoint, attempts) as session:
            parameters = render({**self.parameters, **more})
            return session.run(command_line(self.script, verb), stdin=parameters).strip()

    def standing(self) -> Standing:
        """What the host says of itself. Raises SessionError if it says something else."""
        try:
            said = self.call("standing", attempts=BRIEF)
        except UnreachedError:
            return "silent"
        match said:
            case "serving" | "holding" | "joined" | "apart":
                return said
        raise SessionError(f"{self.name} does not say what it is in the cluster")
