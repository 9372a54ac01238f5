"""A checkout of this program for one stack, with settings and Pulumi's state of its own.

Owns the directory and the environment in which the real engine and the real plugins work on it: the operator's own.
Does not own the stack's files, nor what is done there.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from bundle.lock import load as load_lock
from bundle.manifests import missing as missing_manifests
from lab.toolchain import versions
from lab.toolchain.assembly import assemble
from lab.toolchain.selection import tools
from operate import stack, subprograms
from operate.checkout import REPOSITORY, link
from operate.engine import Engine
from operate.environment import ToolChain, environment
from operate.event_log import ALLOWED
from operate.stack import Stack

PASSPHRASE: Final = "of stacks that never were"  # noqa: S105 - what it opens are dummies
PLUGINS: Final = "home/plugins/resource-*/pulumi-resource-*"


@dataclass(frozen=True)
class Site:
    """A stack by its name, below a directory that nobody else uses."""

    name: str
    directory: Path

    @property
    def checkout(self) -> Path:
        return self.directory / "checkout"

    @property
    def stack(self) -> Stack:
        private = self.directory / "state" / "stacks" / self.name
        return Stack(name=self.name, checkout=self.checkout, directory=private)

    @cached_property
    def tool_chain(self) -> Path:
        """The lab's tool chain, which is built if it is not there."""
        return assemble(tools(versions.load()))

    @property
    def plugins(self) -> dict[str, Path]:
        """The tool chain's plugins by their names."""
        return {
            file.name.rpartition("-")[2]: file for file in sorted(self.tool_chain.glob(PLUGINS))
        }

    def lay_out(self, files: Mapping[str, bytes], main: str | None = None) -> None:
        """The program as it is here, beside these files; `main` comes before it and runs `program.py` itself."""
        self.stack.directory.mkdir(parents=True)
        (self.directory / "state" / "pulumi").mkdir()
        self.checkout.mkdir()
        link(self.checkout, without=["__main__.py"])
        own = "__main__.py" if main is None else "program.py"
        (self.checkout / own).symlink_to(REPOSITORY / "__main__.py")
        if main is not None:
            (self.checkout / "__main__.py").write_text(main)
        for name, content in files.items():
            file = self.checkout / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def engine(self, **variables: str) -> Engine:
        """The engine in the environment that `make` gives it, with the tool chain's plugins; in no user's."""
        state = self.directory / "state"
        outside = {name: value for name, value in os.environ.items() if "PULUMI" not in name}
        made = environment(
            {**outside, "APPLIANCE_STATE": str(state), "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE},
            stack=self.stack,
            state=state,
            tool_chain=ToolChain(directory=self.tool_chain),
            programs=Path(sys.executable).parent,
        )
        told = {**made, **ALLOWED, **variables}
        return Engine(environment=told, checkout=self.checkout, logs=self.stack.logs)

    def ensure(self) -> None:
        """The stack is known to Pulumi's state."""
        stack.ensure(self.stack, self.engine())


def fetch_manifests(names: tuple[str, ...]) -> None:
    """Puts the upstream manifests where the program reads them, if they are not there yet."""
    lock = load_lock(None)
    if absent := missing_manifests(lock, names):
        subprograms.manifests(absent, lock.path, None)
