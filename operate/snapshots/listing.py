"""Snapshots as the operator sees them: what restic says, as a table.

Owns reading it, finding one by its id, and the table. Does not own asking (`task.py`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from operate.failure import OperateError

SHORT: Final = 8
"""Characters of an id that are shown; fewer will do as long as only one begins with them."""
_UNITS: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_STEP: Final = 1024
_SMALL: Final = 10


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One snapshot of a claim; `path` is where the claim was mounted, `size` in bytes and `files` are what it holds."""

    id: str
    time: datetime
    claim: str
    namespace: str
    pod: str
    path: str
    size: int
    files: int

    @property
    def short(self) -> str:
        """The id as people write it."""
        return self.id[:SHORT]


def read(printed: str) -> tuple[Snapshot, ...]:
    """The snapshots of claims, oldest first, in what the program printed. Raises OperateError for anything else."""
    line = next((each for each in printed.splitlines() if each.startswith("[")), None)
    try:
        found = json.loads(line or "")
    except ValueError:
        raise OperateError(
            "the repository's list cannot be read; make snapshots asks again"
        ) from None
    tagged = ((one, _tags(one)) for one in found)
    return tuple(
        sorted(
            (_snapshot(one, tags) for one, tags in tagged if "claim" in tags),
            key=lambda each: each.time,
        )
    )


def _tags(one: Mapping[str, Any]) -> dict[str, str]:
    return dict(each.partition("=")[::2] for each in one.get("tags") or () if "=" in each)


def _snapshot(one: Mapping[str, Any], tags: Mapping[str, str]) -> Snapshot:
    summary = one.get("summary") or {}
    return Snapshot(
        id=one["id"],
        time=datetime.fromisoformat(one["time"]),
        claim=tags["claim"],
        namespace=tags.get("namespace", ""),
        pod=tags.get("pod", ""),
        path=one["paths"][0],
        size=summary.get("total_bytes_processed", 0),
        files=summary.get("total_files_processed", 0),
    )


def chosen(snapshots: Sequence[Snapshot], wanted: str) -> Snapshot:
    """The snapshot whose id begins so. Raises OperateError if there is none, or more than one."""
    found = [each for each in snapshots if wanted and each.id.startswith(wanted.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        raise OperateError(
            f"{len(found)} snapshots begin with {wanted}: {', '.join(each.short for each in found)}; give more of "
            "the id"
        )
    newest = ", ".join(each.short for each in snapshots[-3:][::-1])
    there = f"the newest are {newest}" if newest else "there are none at all"
    raise OperateError(
        f"there is no snapshot {wanted or '(no id given)'} in this appliance's repository; {there}; make snapshots "
        "lists them, and ID=… names one"
    )


def table(snapshots: Sequence[Snapshot]) -> str:
    """A line for each snapshot, the newest last."""
    rows = [("ID", "TIME (UTC)", "CLAIM", "SIZE", "FILES")]
    rows += [
        (each.short, f"{each.time:%Y-%m-%d %H:%M:%S}", each.claim, size(each.size), str(each.files))
        for each in snapshots
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines) + "\n"


def size(count: int) -> str:
    """A number of bytes for people."""
    amount, unit = float(count), 0
    while amount >= _STEP and unit < len(_UNITS) - 1:
        amount, unit = amount / _STEP, unit + 1
    places = 1 if unit and amount < _SMALL else 0
    return f"{amount:.{places}f} {_UNITS[unit]}"
