"""What of a preview over a kept state is a fault of the program, and what to do about it.

Owns the sentences. Does not own the preview, nor reading it (review/steps.py): updates and new resources are what a new
version is for; what is replaced or deleted runs on somebody's machines.
"""

from collections.abc import Iterable, Iterator, Sequence

from review.change import Change
from review.immutable import replaces

PROVIDER = "pulumi:providers:"
DEFAULT = "default"


def faults(changes: Iterable[Change]) -> tuple[str, ...]:
    """One sentence for each resource that would be lost or made anew."""
    told = tuple(changes)
    return tuple(_faults(told))


def _faults(changes: Sequence[Change]) -> Iterator[str]:
    new = [change for change in changes if change.operation == "create"]
    for change in changes:
        if change.operation == "replace":
            yield f"{_place(change)} would be replaced{_because(change)}; leave that as it was, or change it in place"
        elif change.operation == "delete" and not _of_a_plugin(change):
            yield f"{_place(change)} would be deleted{_twin(change, new)}"
        elif change.operation == "update" and (fields := tuple(_refused(change))):
            yield (
                f"{_place(change)} would be refused by the API server, which does not change {', '.join(fields)}; "
                "leave that as it was"
            )


def _place(change: Change) -> str:
    return f"{change.name} ({change.urn.split('::')[2]})"


def _because(change: Change) -> str:
    """The properties that the plugin names, if it names any."""
    named = [str(field) for field in change.fields if field.replaces]
    return f" because of {'; '.join(named)}" if named else ""


def _twin(gone: Change, new: Sequence[Change]) -> str:
    """What it probably became, and what tells Pulumi so."""
    for change in new:
        if change.name == gone.name:
            return (
                f" and made anew as {change.urn.split('::')[2]}: add an alias with the type or the parent that it had, "
                "pulumi.Alias(type_=…) or pulumi.Alias(parent=…), to the resource whose type changed"
            )
    alike = sorted(change.name for change in new if _types(change) == _types(gone))
    if alike:
        return (
            f" while {', '.join(alike)} of the same type would be made: if it was renamed, the new one needs an "
            f'alias, pulumi.ResourceOptions(aliases=[pulumi.Alias(name="{gone.name}")])'
        )
    return ": keep it, or let the one before this version take it away first"


def _types(change: Change) -> str:
    return change.urn.split("::")[2]


def _refused(change: Change) -> Iterator[str]:
    """Properties that the plugin would update, and that Kubernetes' API never changes."""
    if change.type.startswith("kubernetes:"):
        yield from (field.path for field in change.fields if replaces(change.type, field.path))


def _of_a_plugin(change: Change) -> bool:
    """Whether it is the engine's own note of a plugin's version, which goes with that."""
    return change.type.startswith(PROVIDER) and change.name.startswith(DEFAULT)
