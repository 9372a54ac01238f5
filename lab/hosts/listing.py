"""The hosts that there are, and how each is.

Owns looking at them without changing anything. Does not own changing them: host.py.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.hosts import rootfs, state
from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab, home


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A host as `list` shows it. `state`: running, stopped, broken (run create or delete again) or changing."""

    host: HostId
    state: str
    address: str | None
    pid: int | None
    disk: int

    def document(self) -> dict[str, Any]:
        """As JSON; `namespace` and `link` are for looking at the host's network from outside."""
        return {
            "lab": self.host.lab.name,
            "name": self.host.name,
            "address": self.address,
            "state": self.state,
            "pid": self.pid,
            "diskBytes": self.disk,
            "directory": str(self.host.directory),
            "namespace": self.host.namespace,
            "switchNamespace": self.host.lab.namespace,
            "link": self.host.port,
        }


def listed(lab: str | None = None, labs: Path | None = None) -> list[Listed]:
    """Every host, or one lab's."""
    place = labs or home()
    chosen = [Lab(home=place, name=lab)] if lab else state.labs(place)
    return [_look(host) for each in chosen for host in state.hosts(each)]


def _look(host: HostId) -> Listed:
    record = None
    with suppress(LabError):
        record = state.load(host)
    running = record is not None and record.running()
    if state.busy(host.lock):
        condition = "changing"
    elif record is None or record.phase is not state.Phase.READY:
        condition = "broken"
    else:
        condition = "running" if running else "stopped"
    return Listed(
        host=host,
        state=condition,
        address=str(record.address) if record else None,
        pid=record.supervisor.pid if record and record.supervisor and running else None,
        disk=rootfs.size(host.directory),
    )


def text(found: Sequence[Listed], *, as_json: bool) -> str:
    """The hosts as a table for people, or as JSON."""
    if as_json:
        return json.dumps([each.document() for each in found], indent=2)
    if not found:
        return "no hosts"
    rows = [("LAB", "NAME", "ADDRESS", "STATE", "PID", "DISK")]
    rows += [
        (
            each.host.lab.name,
            each.host.name,
            each.address or "-",
            each.state,
            str(each.pid or "-"),
            f"{each.disk / 2**20:.0f} MiB",
        )
        for each in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
