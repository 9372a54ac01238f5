"""A stack of the appliance that only a benchmark uses: a copy of the program with a stack file of its own.

Owns the copy, its state directory and the way into its environment. Does not own what is measured in it.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.command import Place
from bundle.cache import state_dir
from operate.agent import logged_in
from operate.checkout import copy
from operate.phases import Phases
from operate.workplace import initialise, open_workplace


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """The program's copy in `directory` and the name of its one stack."""

    directory: Path
    stack: str

    def configure(self, configuration: Mapping[str, Any]) -> None:
        """Write the stack's tracked file."""
        document = {"config": {f"appliance:{key}": value for key, value in configuration.items()}}
        file = self.directory / f"Pulumi.{self.stack}.yaml"
        file.write_text(yaml.safe_dump(document, sort_keys=False))

    @contextmanager
    def opened(self, **variables: str) -> Iterator[Place]:
        """The environment in which `make` runs pulumi on this stack, with secrets, SSH agent and these variables."""
        with chdir(self.directory):
            place = open_workplace(self.stack, Phases(quiet=True))
            initialise(place)
        with logged_in(place) as ready:
            yield Place(
                directory=self.directory, environment={**ready.engine.environment, **variables}
            )


def make(stack: str, configuration: Mapping[str, Any]) -> Checkout:
    """A fresh copy with one stack; what an earlier run left of it is gone."""
    directory = state_dir() / "checkouts" / stack
    # The stack's own directory, its state and the copy; hosts are the cluster's business.
    for left in (directory, state_dir() / "stacks" / stack, state_dir() / "pulumi"):
        shutil.rmtree(left, ignore_errors=True)
    directory.mkdir(parents=True)
    copy(directory)
    checkout = Checkout(directory=directory, stack=stack)
    checkout.configure(configuration)
    return checkout
