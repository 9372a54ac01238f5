"""Whether the disks have room for what a command is about to make.

Owns the estimates. Does not own giving space back: that is `clean.py`.
"""

import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bundle import gomodule
from operate.failure import OperateError

GB: Final = 10**9
TOOL_CHAIN: Final = 10 * GB
"""The Go modules, the compiler's cache and the programs themselves, on their first build."""

BUNDLE: Final = 8 * GB
"""What the bundle's builds add, on their first run."""

HOST: Final = 3 * GB
"""One local host with its images and packages."""

SPARE: Final = 1 * GB
"""What a running cluster writes meanwhile; asked for on every `up`."""

PLENTY: Final = 20 * GB
"""With less than this free, the compiler's cache is dropped after every step that compiled."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """Bytes that something will take below a directory."""

    directory: Path
    bytes: int
    what: str


def check(needs: Iterable[Need], free: Callable[[Path], int] | None = None) -> None:
    """Raises OperateError naming every file system that has too little room, how much is needed and for what."""
    look = free or free_bytes
    together: dict[int, list[Need]] = {}
    for need in needs:
        together.setdefault(existing(need.directory).stat().st_dev, []).append(need)
    faults = []
    for on_one_disk in together.values():
        directory = on_one_disk[0].directory
        needed = sum(need.bytes for need in on_one_disk)
        has = look(existing(directory))
        if has < needed:
            parts = ", ".join(f"{need.what} {gigabytes(need.bytes)}" for need in on_one_disk)
            faults.append(
                f"{directory} has {gigabytes(has)} free and {gigabytes(needed)} are needed ({parts})"
            )
    if faults:
        raise OperateError(
            f"{'; '.join(faults)}: make room, or set APPLIANCE_CACHE and APPLIANCE_STATE to a larger disk"
        )


def drop_compiler_cache(cache: Path, *, frugal: bool = False) -> None:
    """Give back what only makes the next compilation quicker, on a machine with little room or if `frugal`.

    Nothing is given back while something compiles: it would lose its files, and the end of that asks again.
    """
    if frugal or free_bytes(existing(cache)) < PLENTY:
        given_back = gomodule.prune()
        if given_back:
            print(f"dropped the compiler's cache: {gigabytes(given_back)}", file=sys.stderr)


def free_bytes(directory: Path) -> int:
    """What is free below a directory that exists."""
    return shutil.disk_usage(directory).free


def existing(directory: Path) -> Path:
    """The directory, or the nearest one above it that exists."""
    return next(path for path in (directory, *directory.parents) if path.exists())


def gigabytes(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / GB:.1f} GB"
