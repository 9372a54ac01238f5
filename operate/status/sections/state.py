"""What Pulumi's state says of the stack, and whether somebody is changing it."""

from collections.abc import Iterator
from typing import Final

from operate.status.facts import Facts
from operate.status.section import Line, Section, note, ok


def judge(facts: Facts) -> Iterator[Line]:
    """One line, and one for each thing under way."""
    state = facts.state
    if facts.command:
        yield note("command", facts.command)
    elif state.interrupted:
        yield note(
            "command",
            f"{state.interrupted} operations were interrupted; make up repeats them",
        )
    yield ok("state", f"{state.resources} resources, {len(state.nodes)} nodes")


SECTION: Final = Section(title="stack", judge=judge)
