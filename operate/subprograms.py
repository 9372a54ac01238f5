"""The project's other command lines, run as a person would run them: tool chain, bundle and lab hosts.

Owns calling them and handing on what they print. Does not own what they do; production stacks call only the bundle's.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bundle.cache import cache_dir
from operate import disk
from operate.failure import OperateError

INTERRUPTED_WITH_US: Final = ("setpriv", "--pdeathsig", "INT", "--")
"""Before a command: the kernel interrupts it when this process dies, so that no build goes on for nobody."""


def tool_chain(*, table: bool = False) -> str:
    """The tool chain's directory, or a table of what is in it; it is built when it is not there."""
    packages("build")
    printed = call("lab.toolchain", *(["--table"] if table else []))
    compiled()
    return printed


def bundle(items: Sequence[str]) -> Path:
    """The directory of a bundle that holds these items; what is missing is built."""
    directory = Path(call("bundle", "build", "--items", "-", stdin=json.dumps(items)))
    compiled()
    return directory


def application_bundle(lock: Path) -> Path:
    """The directory of the application's bundle that a lock names; what is missing is built or pulled."""
    directory = Path(call("bundle", "application", "--lock", str(lock)))
    compiled()
    return directory


def lock_application(references: Mapping[str, str], lock: Path) -> Path:
    """The same for images (name in the daemon's registry → reference) that are locked first."""
    words = ("application", "--write", "--lock", str(lock))
    directory = Path(call("bundle", *words, stdin=json.dumps(references)))
    compiled()
    return directory


def manifests(names: Sequence[str], lock: Path, bundle: Path | None) -> None:
    """Put upstream manifests into the cache: out of a bundle's directory, else out of their Go modules."""
    words = ["--items", "-", "--lock", str(lock)]
    if bundle is None:
        packages("module")
    else:
        words += ["--bundle", str(bundle)]
    call("bundle", "manifests", *words, stdin=json.dumps(names))


def compiled() -> None:
    """Give the compiler's cache back where room is short."""
    disk.drop_compiler_cache(cache_dir())


def packages(*groups: str) -> None:
    """Install the Debian packages of these groups that the machine lacks."""
    done = subprocess.run(["operate/packages", *groups], check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise OperateError("packages are missing; the reason stands above", code=done.returncode)


def check_lab() -> None:
    """Refuse a machine that cannot run local hosts, with the sentence of the lab's own check."""
    call("lab.hosts", "check")


def call(module: str, *words: str, stdin: str = "") -> str:
    """What `python -m module` prints on standard output; its standard error goes to the terminal.

    Raises OperateError if it fails; it has then said why.
    """
    done = subprocess.run(
        [*INTERRUPTED_WITH_US, sys.executable, "-m", module, *words],
        check=False,
        input=stdin,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        if done.stdout.strip():
            print(done.stdout.strip(), file=sys.stderr)
        raise OperateError(f"python -m {module} failed; it says why above", code=done.returncode)
    return done.stdout.strip()
