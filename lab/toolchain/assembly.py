"""Putting the tools together into the directory that commands use.

Owns the directory's layout (`bin/` for PATH, `home/` for PULUMI_HOME), its key, and progress while tools are built.
Does not own the tools.
"""

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bundle.cache import digest, entry
from lab.toolchain.tool import Tool

TABLE: Final = "tools.json"
LAYOUT: Final = "1"
"""Part of the key: raised when the directory's layout changes."""

EVERY: Final = 30
"""Seconds between two signs of life while a tool is built."""


def assemble(tools: Sequence[Tool]) -> Path:
    """The tool chain's directory with all tools in it, made if it is not there."""
    key = digest(LAYOUT, *(f"{tool.name} {tool.version} {tool.identity}" for tool in tools))
    return entry("toolchain", key, lambda directory: fill(directory, tools))


def fill(directory: Path, tools: Sequence[Tool]) -> None:
    """Build or find every tool and lay its files out in an empty directory."""
    for number, tool in enumerate(tools, start=1):
        with progress(f"[{number}/{len(tools)}] {tool.name} {tool.version} ({tool.origin})"):
            files = tool.files()
        for path, file in files.items():
            place(file, directory / path)
    rows = [
        {"name": tool.name, "version": tool.version, "origin": str(tool.origin)} for tool in tools
    ]
    (directory / TABLE).write_text(json.dumps(rows, indent=1))


def place(file: Path, target: Path) -> None:
    """Make an executable appear at another path, without a second copy of its bytes where possible."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.access(file, os.X_OK):
        try:
            target.hardlink_to(file)
        except OSError:
            shutil.copyfile(file, target)
        else:
            return
    else:
        shutil.copyfile(file, target)
    target.chmod(0o755)


def table(directory: Path) -> str:
    """For each tool of a tool chain its version and where it comes from, as aligned text."""
    rows = json.loads((directory / TABLE).read_text())
    return "\n".join(f"{row['name']:<22} {row['version']:<9} {row['origin']}" for row in rows)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Say on standard error what is being done, that it still is, and how long it took."""
    started = time.monotonic()
    ended = threading.Event()

    def tick() -> None:
        while not ended.wait(EVERY):
            say(f"{what} … {time.monotonic() - started:.0f} s")

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        ended.set()
        ticker.join()
    say(f"{what} done in {time.monotonic() - started:.0f} s")


def say(line: str) -> None:
    """One line on standard error: standard output is for the directory alone."""
    print(line, file=sys.stderr, flush=True)
