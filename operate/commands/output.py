"""`make output`: what the stack exports."""

from collections.abc import Sequence

from operate.phases import Phases
from operate.workplace import open_workplace


def output(name: str, extra: Sequence[str]) -> None:
    """Print the outputs and nothing else; secret ones stay hidden unless `extra` says otherwise."""
    place = open_workplace(name, Phases(quiet=True))
    print(place.engine.ask("stack", "output", *extra), end="")
