"""Official binaries of exactly the right version that are already on this machine.

Owns where to look and how a binary proves its version: by being run. Does not own fetching one: that is `download.py`.
"""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from bundle.cache import cache_dir
from lab.toolchain import plugin

PATIENCE: Final = 30
"""Seconds that a program may take to say its version."""


def pulumi(version: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """A pulumi program of this version with the Python language host of its release beside it."""
    for program in programs("pulumi", environment):
        host = program.with_name("pulumi-language-python")
        if host.exists() and says(program, "version") == f"v{version}":
            return program
    return None


def kubectl(version: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """A kubectl of this version."""
    for program in programs("kubectl", environment):
        printed = says(program, "version", "--client", "--output=json")
        if re.search(rf'"gitVersion":\s*"v{re.escape(version)}"', printed):
            return program
    return None


def provider(name: str, version: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """A provider plugin of this version, on PATH or among the user's installed plugins."""
    file = f"pulumi-resource-{name}"
    installed = home(environment) / "plugins" / f"resource-{name}-v{version}"
    for program in programs(file, environment, also=installed):
        if plugin.version(program) == version:
            return program
    return None


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's own PULUMI_HOME."""
    return Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")


def programs(name: str, environment: Mapping[str, str], also: Path | None = None) -> Iterable[Path]:
    """Programs of this name on PATH, in the user's PULUMI_HOME and in `also`, but for those that were built here."""
    directories = [Path(entry) for entry in environment.get("PATH", "").split(":") if entry]
    built_here = cache_dir().resolve()
    for directory in (*directories, home(environment) / "bin", *([also] if also else [])):
        program = directory / name
        # Inside `make shell` the tool chain itself is first on PATH: finding it would call it official.
        if os.access(program, os.X_OK) and not program.resolve().is_relative_to(built_here):
            yield program.resolve()


def says(program: Path, *arguments: str) -> str:
    """What a program prints, stripped; empty if it fails, hangs or cannot run."""
    try:
        done = subprocess.run(
            [program, *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
