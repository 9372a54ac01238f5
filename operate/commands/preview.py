"""`make preview`: what `make up` would change."""

from collections.abc import Sequence

from operate.phases import Phases
from operate.workplace import open_workplace


def preview(name: str, extra: Sequence[str], phases: Phases) -> None:
    """Show what would change. Takes no lock and needs no bundle: nothing is changed."""
    place = open_workplace(name, phases)
    with phases.phase("pulumi preview"):
        place.engine.operate("preview", *extra)
