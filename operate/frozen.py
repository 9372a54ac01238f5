"""The application of a license that has ended: left as it is, while everything else is changed.

Owns telling the engine and the program so, both or neither. The engine passes over the application's resources: it
makes, changes and deletes none of them, in a preview as in an update. Does not own what a license is.
"""

import sys
from datetime import UTC, datetime

from operate.workplace import Workplace
from stacks import license as licenses


def leave_application(place: Workplace) -> Workplace:
    """The same place; with a license that has ended, one in which the program makes no application."""
    today = datetime.now(UTC).date()
    if not licenses.expired(place.configuration, today):
        return place
    for line in licenses.warnings(place.configuration, today):
        print(line, file=sys.stderr, flush=True)
    return place.using(**{licenses.FROZEN: "1"})


def excluded(place: Workplace) -> tuple[str, ...]:
    """The options that keep the engine away from the application, if that is to stay as it is."""
    return ("--exclude", licenses.RESOURCES) if licenses.frozen(place.engine.environment) else ()
