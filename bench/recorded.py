"""Resources as the engine records them, in a stack's state or in a plan.

Owns reading them. Does not own what is done with them: a bare program (bare.py), or the same steps without an engine
(replay.py).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from graphlib import TopologicalSorter
from typing import Any, Final

COMMANDS: Final = frozenset(
    {"command:local:Command", "command:remote:Command", "command:remote:CopyToRemote"}
)
KUBERNETES: Final = "kubernetes:"
STACK: Final = "pulumi:pulumi:Stack"
DEFAULT_PROVIDER: Final = "default"
MARK: Final = "4dabf18193072939515e22adb298388d"
"""The key that marks a value of a special kind in Pulumi's state."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource: `parent`, `provider` and `dependencies` are URNs; a component has no inputs."""

    urn: str
    type: str
    custom: bool
    parent: str = ""
    provider: str = ""
    dependencies: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The resource's name."""
        return self.urn.rpartition("::")[2]

    @property
    def needs(self) -> frozenset[str]:
        """The URNs of what must be registered before."""
        return frozenset({self.parent, self.provider, *self.dependencies}) - {""}

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "name": self.name}


def of_state(exported: str) -> tuple[Resource, ...]:
    """The resources that a program registered, from `pulumi stack export --show-secrets`."""
    return registered(json.loads(exported)["deployment"].get("resources", []))


def of_plan(saved: str) -> tuple[Resource, ...]:
    """The resources that a program would register, from `pulumi preview --save-plan FILE --show-secrets`."""
    goals = {
        urn: {**plan["goal"], "urn": urn, "inputs": plan["goal"]["inputDiff"].get("adds")}
        for urn, plan in json.loads(saved)["resourcePlans"].items()
        if "goal" in plan
    }
    # A plan is sorted by name; a program registers what others need first.
    needed = {each.urn: each for each in registered(goals.values())}
    order = TopologicalSorter({urn: each.needs & needed.keys() for urn, each in needed.items()})
    return tuple(needed[urn] for urn in order.static_order())


def registered(documents: Iterable[Mapping[str, Any]]) -> tuple[Resource, ...]:
    """Without the stack itself and the providers that the engine adds."""
    return tuple(
        resource(document)
        for document in documents
        if document["type"] != STACK
        and not document["urn"].rpartition("::")[2].startswith(DEFAULT_PROVIDER)
    )


def resource(document: Mapping[str, Any]) -> Resource:
    """One resource of the state."""
    return Resource(
        urn=document["urn"],
        type=document["type"],
        custom=bool(document.get("custom")),
        parent=document.get("parent", ""),
        # A reference to a provider is its URN and its id.
        provider=document.get("provider", "").rpartition("::")[0],
        dependencies=tuple(document.get("dependencies") or ()),
        inputs=plain(document.get("inputs") or {}),
        outputs=plain(document.get("outputs") or {}),
    )


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """A value without its marks as a secret."""
    if isinstance(value, dict):
        if MARK in value and "plaintext" in value:
            return plain(json.loads(value["plaintext"]))
        # The provider's own notes, which no program gives.
        return {key: plain(each) for key, each in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def commands(resources: Sequence[Resource]) -> int:
    """How many of them run or copy something on a host or here."""
    return sum(each.type in COMMANDS for each in resources)
