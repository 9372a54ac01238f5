"""`make refresh`: what really is there, read into Pulumi's state."""

from collections.abc import Sequence

from operate.phases import Phases
from operate.workplace import alone, open_workplace


def refresh(name: str, extra: Sequence[str], phases: Phases, *, wait: bool) -> None:
    """Read the real state. Commands on hosts cannot be read again: they are not looked at."""
    opened = open_workplace(name, phases)
    with alone(opened, "refresh", wait=wait) as place, phases.phase("pulumi refresh"):
        place.engine.operate("refresh", "--yes", "--skip-preview", *extra)
