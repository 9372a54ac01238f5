"""What a Go program says of itself: its package, the compiler, and every module that was linked into it.

Owns asking `go version -m` and reading its answer. Does not own where programs lie in a bundle (inventory.py).
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bundle import go_toolchain
from bundle.cache import scratch

ELF: Final = b"\x7fELF"
NOT_GO: Final = "not a Go executable"
"""How `go version` ends its sentence on a program that the Go compiler did not make."""


class UnreadableProgramError(Exception):
    """The go command could not read a program; the message has its words."""


@dataclass(frozen=True, kw_only=True)
class Module:
    """A Go module at one version. `sum` is go.sum's digest of it, empty for a patched copy of ours."""

    path: str
    version: str
    sum: str = ""
    patched: bool = False

    @property
    def key(self) -> str:
        """Its name in the table of licences."""
        return f"{self.path}@{self.version}"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program: its package's path, the module that this is in, and the modules that it was linked with."""

    package: str
    go: str
    main: Module
    modules: tuple[Module, ...]


def read(data: bytes) -> Program | None:
    """What a file says of itself; None if the Go compiler did not make it. Raises NoGoError, UnreadableProgramError."""
    if not data.startswith(ELF):
        return None
    with scratch() as work:
        file = work / "program"
        file.write_bytes(data)
        # Without the mode of a program, the go command takes it for none.
        file.chmod(0o755)
        done = subprocess.run(
            ["go", "version", "-m", "-json", str(file)],
            env=go_toolchain.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    if NOT_GO in done.stderr:
        return None
    if done.returncode != 0:
        raise UnreadableProgramError(f"go version could not read a program: {done.stderr.strip()}")
    return parse(json.loads(done.stdout))


def parse(answer: Mapping[str, Any]) -> Program:
    """The program of one answer of `go version -m -json`."""
    return Program(
        package=answer["Path"],
        go=answer["GoVersion"],
        main=_module(answer["Main"]),
        modules=tuple(_module(entry) for entry in answer.get("Deps", ())),
    )


def _module(entry: Mapping[str, Any]) -> Module:
    """A replacement counts as what it is; one by a directory is a copy that the build patched."""
    replacement = entry.get("Replace")
    if replacement is None:
        return Module(path=entry["Path"], version=entry["Version"], sum=entry.get("Sum", ""))
    if replacement["Path"].startswith("."):
        return Module(path=entry["Path"], version=entry["Version"], patched=True)
    return _module(replacement)
