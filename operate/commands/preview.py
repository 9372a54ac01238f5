"""`make preview`: what `make up` would change."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from operate import event_log, policies
from operate.commands.preview_offline import hand_over
from operate.frozen import excluded, leave_application
from operate.phases import Phases
from operate.policies import Look
from operate.tunnel import reaching
from operate.workplace import Workplace, fetch_manifests, open_workplace
from review.report import Report
from review.steps import changes


def preview(name: str, extra: Sequence[str], phases: Phases, *, report: Path | None = None) -> None:
    """Show what would change, and write a reviewer's report if a file is named. Takes no lock and needs no bundle."""
    place = open_workplace(name, phases)
    fetch_manifests(place.configuration, phases)
    found = policies.look(place.stack.checkout, place.configuration, phases)
    policies.tell(found)
    # Only a cluster behind a bastion needs a key to be compared with what should be.
    way = reaching(place) if place.configuration.hosts.bastion else nullcontext(place)
    with way as ready:
        leaving = leave_application(ready)
        if report is None:
            with phases.phase("pulumi preview"):
                leaving.engine.operate("preview", *excluded(leaving), *extra)
        else:
            write(leaving, extra, found, report)


def write(place: Workplace, extra: Sequence[str], found: Look, report: Path) -> None:
    """Run the preview with the engine's event log, and make the report of it."""
    log = place.stack.directory / "preview.log"
    log.unlink(missing_ok=True)
    ready = place.using(**event_log.ALLOWED)
    try:
        with ready.phases.phase("pulumi preview"):
            ready.engine.operate("preview", *excluded(ready), event_log.OPTION, str(log), *extra)
        with log.open(encoding="utf-8") as lines:
            page = Report(
                kind="live",
                stack=place.stack.name,
                base="the stack's state",
                changes=changes(lines),
                judged=found.judged,
                idle=found.idle,
                rewrites=found.rewrites,
            )
    finally:
        log.unlink(missing_ok=True)
    hand_over(page, report)
