"""The Go compiler, of exactly one version.

Owns finding it: the machine's own if it is that version, else the toolchain module, which any `go` from Debian can
fetch. Does not own what is compiled.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bundle.cache import entry, scratch

VERSION = "go1.26.8"
MODULE = f"golang.org/toolchain@v0.0.1-{VERSION}.linux-amd64"


class NoGoError(Exception):
    """No way to the Go compiler; the message says what to install."""


def environment() -> dict[str, str]:
    """The process environment in which `go` is the pinned compiler and never becomes another one. Raises NoGoError."""
    go = shutil.which("go")
    if go is None:
        raise NoGoError(
            "there is no go command; apt-get install golang-go gives one that can fetch the pinned version"
        )
    if version(go) == VERSION:
        return {**os.environ, "GOTOOLCHAIN": "local"}
    root = entry("go", VERSION, lambda directory: fetch(go, directory)) / "go"
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "GOROOT": str(root), "GOTOOLCHAIN": "local"}


def root() -> str:
    """The directory that the pinned compiler and its standard library lie in. Raises NoGoError."""
    printed = subprocess.run(
        ["go", "env", "GOROOT"], env=environment(), capture_output=True, text=True, check=True
    )
    return printed.stdout.strip()


def version(go: str) -> str:
    """The version of a go command itself, such as "go1.26.8", not of one that it would call instead."""
    alone = {**os.environ, "GOTOOLCHAIN": "local"}
    with tempfile.TemporaryDirectory() as outside:
        # Outside of any module, so that no go.mod makes it answer for another version.
        printed = subprocess.run(
            [go, "env", "GOVERSION"],
            cwd=outside,
            env=alone,
            capture_output=True,
            text=True,
            check=True,
        )
    return printed.stdout.strip()


def fetch(go: str, directory: Path) -> None:
    """Lays the pinned toolchain out below `directory/go`, by way of the module proxy and its checksum database."""
    with scratch() as work:
        modules = {**os.environ, "GOMODCACHE": f"{work}/modules", "GOFLAGS": "-modcacherw"}
        # An older go does not know that it may not switch; a newer one must not.
        modules |= {"GOTOOLCHAIN": "local", "GO111MODULE": "on"}
        done = subprocess.run(
            [go, "mod", "download", MODULE],
            cwd=work,
            env=modules,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise NoGoError(f"{MODULE} could not be fetched by {go}: {done.stderr.strip()[-500:]}")
        shutil.copytree(f"{work}/modules/{MODULE}", directory / "go")
    for tool in ("bin/*", "pkg/tool/*/*"):
        for file in (directory / "go").glob(tool):
            file.chmod(0o755)
    # A module cannot hold another module's go.mod, so the standard library's own travels under another name.
    for hidden in (directory / "go").rglob("_go.mod"):
        hidden.rename(hidden.with_name("go.mod"))
