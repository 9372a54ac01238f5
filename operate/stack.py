"""One stack as the operator's commands see it: its files in the checkout and its private directory.

Owns where they are, and that Pulumi's state knows the stack. Does not own what is in the settings: that is
`settings.py`.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bundle.cache import state_dir
from operate import settings
from operate.engine import Engine
from operate.failure import OperateError

PROJECT: Final = "appliance"


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack by name; `checkout` holds `Pulumi.<name>.yaml`, `directory` everything that is made on this machine."""

    name: str
    checkout: Path
    directory: Path

    @property
    def tracked(self) -> Path:
        """The file that people write and git keeps; commands never change it, unless it is `own`."""
        return self.checkout / f"Pulumi.{self.name}.yaml"

    @property
    def own(self) -> bool:
        """Whether the tracked file holds its encryption settings itself, as a user's own stack does."""
        return settings.has_encryption(self.tracked.read_text())

    @property
    def project(self) -> Path:
        """Where commands run that write settings by themselves (`pulumi stack init`)."""
        return self.checkout if self.own else self.directory

    @property
    def settings(self) -> Path:
        """The file that the engine reads the configuration from."""
        return self.project / self.tracked.name

    @property
    def passphrase(self) -> Path:
        """The passphrase made for this stack."""
        return self.directory / "passphrase"

    @property
    def kubeconfig(self) -> Path:
        """The operator's kubeconfig, written by `up`."""
        return self.directory / "kubeconfig"

    @property
    def logs(self) -> Path:
        """One file for every run of the engine."""
        return self.directory / "log"


def find(name: str, checkout: Path) -> Stack:
    """The stack of this name with its private directory; raises OperateError if it has no file."""
    if not (checkout / f"Pulumi.{name}.yaml").is_file():
        known = ", ".join(sorted(file.name[7:-5] for file in checkout.glob("Pulumi.*.yaml")))
        raise OperateError(
            f"Pulumi.{name}.yaml: there is no such file in {checkout}; write one, or choose STACK={known}"
        )
    stack = Stack(name=name, checkout=checkout, directory=state_dir() / "stacks" / name)
    stack.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return stack


def ensure(stack: Stack, engine: Engine) -> None:
    """Make the stack in Pulumi's state if it is not there."""
    if not stack.own:
        # `pulumi stack init` has no option for the settings file: it writes beside the Pulumi.yaml it finds.
        shutil.copyfile(stack.checkout / "Pulumi.yaml", stack.directory / "Pulumi.yaml")
    listed = json.loads(engine.ask("stack", "ls", "--json", cwd=stack.project))
    if any(entry["name"].split("/")[-1] == stack.name for entry in listed):
        return
    provider = settings.secrets_provider(stack.settings.read_text())
    options = ["--secrets-provider", provider] if provider else []
    engine.ask("stack", "init", stack.name, *options, cwd=stack.project)
