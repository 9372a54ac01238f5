"""A stack's graph by this checkout and by another revision, without a cluster, account, plugin, bundle or secret.

Owns the dummies that stand for the stack's secrets, the other revision's checkout for as long as it is needed, and the
bare environment in which both programs run. Does not own what a program does (program.py).
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from operate.secrets import NAMES, make
from review.graph import Graph, GraphError, read

KEPT: Final = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "APPLIANCE_CACHE", "PYTHONDONTWRITEBYTECODE")
"""Variables that a program gets: the code of a pull request is given no credential that stands in another one."""
REQUIREMENTS: Final = "requirements*.txt"


def dummies() -> Mapping[str, str]:
    """Secrets of the right form for a stack that is never made; both programs must get the same."""
    return make(NAMES, "preview")


def graph_of(
    checkout: Path,
    stack: str,
    secrets: Mapping[str, str],
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Graph:
    """The graph that the program in a checkout registers. Raises GraphError with what the program says.

    `variables` are those that the program is told more by, such as that the license has ended.
    """
    done = subprocess.run(
        [str(_python(checkout)), "-m", "review.program", stack],
        check=False,
        cwd=checkout,
        env={name: os.environ[name] for name in KEPT if name in os.environ} | dict(variables),
        input=json.dumps(dict(secrets)),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise GraphError(done.stderr.strip().rpartition("Traceback")[2].strip())
    return read(done.stdout)


@contextmanager
def revision(name: str, repository: Path) -> Iterator[Path]:
    """A checkout of a revision of the repository, for the life of the block. Raises GraphError if there is none."""
    with tempfile.TemporaryDirectory(prefix="appliance-preview-") as directory:
        checkout = Path(directory) / "base"
        _git(repository, "worktree", "add", "--detach", "--quiet", str(checkout), name)
        try:
            yield checkout
        finally:
            _git(repository, "worktree", "remove", "--force", str(checkout))


def reads_graphs(checkout: Path, stack: str) -> bool:
    """Whether a checkout has the stack, and a program that can be asked for its graph."""
    return all(
        (checkout / each).is_file() for each in ("review/program.py", f"Pulumi.{stack}.yaml")
    )


def _python(checkout: Path) -> Path:
    """The Python that has what the checkout requires: this one, unless its requirements are others."""
    here = Path(__file__).parents[1]
    if _requirements(checkout) == _requirements(here):
        return Path(sys.executable)
    done = subprocess.run(
        ["./operate/bootstrap"], check=False, cwd=checkout, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise GraphError(f"no Python environment for {checkout}: {done.stderr.strip()}")
    return Path(done.stdout.strip()) / "bin" / "python"


def _requirements(checkout: Path) -> Mapping[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(checkout.glob(REQUIREMENTS))}


def _git(repository: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(repository), *words], check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise GraphError(f"git {words[0]}: {done.stderr.strip()}")
    return done.stdout
