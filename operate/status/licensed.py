"""What the configuration says of the application: whose license it is, and which images it is to have.

Owns reading it for the screen. Does not own the license (stacks/license.py), nor the lock (bundle/lock.py).
"""

from datetime import date

from bundle import lock
from operate.status.facts import Licensed
from stacks import license as licenses
from stacks.config import Configuration


def licensed(configuration: Configuration) -> Licensed | None:
    """None without a license, and for one that does not hold: `make up` says what is wrong with it."""
    found = licenses.license_(configuration)
    if found is None:
        return None
    file = configuration.release.lock_path
    locked = lock.read(file) if configuration.bundled and file and file.is_file() else None
    return Licensed(
        assignee=found.assignee,
        expires=date.fromisoformat(found.expires) if found.expires else None,
        images=len(locked.items) if locked else 0,
        content=locked.content(locked.items) if locked else "",
    )
