"""`make preview`: what `make up` would change."""

from collections.abc import Sequence
from contextlib import nullcontext

from operate.frozen import excluded, leave_application
from operate.phases import Phases
from operate.tunnel import reaching
from operate.workplace import fetch_manifests, open_workplace


def preview(name: str, extra: Sequence[str], phases: Phases) -> None:
    """Show what would change. Takes no lock and needs no bundle: nothing is changed."""
    place = open_workplace(name, phases)
    fetch_manifests(place.configuration, phases)
    # Only a cluster behind a bastion needs a key to be compared with what should be.
    way = reaching(place) if place.configuration.hosts.bastion else nullcontext(place)
    with way as ready, phases.phase("pulumi preview"):
        leaving = leave_application(ready)
        leaving.engine.operate("preview", *excluded(leaving), *extra)
