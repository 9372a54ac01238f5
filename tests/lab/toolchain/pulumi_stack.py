"""A Pulumi stack of one remote command under the real engine, with project, state and home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROGRAM = """
import json
import pathlib

import pulumi
from pulumi_command import remote

settings = json.loads(pathlib.Path("settings.json").read_text())
if "stdin" in settings["inputs"]:
    settings["inputs"]["stdin"] = pulumi.Output.secret(settings["inputs"]["stdin"])
command = remote.Command(
    "probe", connection=remote.ConnectionArgs(**settings["connection"]), **settings["inputs"]
)
pulumi.export("stdout", command.stdout)
"""
SECONDS = 60  # of one command of the engine


class PulumiError(Exception):
    """What the engine printed when it failed."""


class PulumiStack:
    """One stack. `search` is the PATH where the engine is; `up` takes the inputs of the command, named as in Python."""

    def __init__(
        self, directory: Path, plugin: Path, search: str, connection: Mapping[str, Any]
    ) -> None:
        self._directory = directory
        self._connection = dict(connection)
        (directory / "state").mkdir()
        (directory / "Pulumi.yaml").write_text("name: contract\nruntime: python\n")
        (directory / "__main__.py").write_text(PROGRAM)
        # The interpreter of these tests, which has the SDK, and this plugin come before all others.
        path = [str(Path(sys.executable).parent), str(plugin.parent), search]
        self._environment = {
            **os.environ,
            "PATH": os.pathsep.join(path),
            "PULUMI_BACKEND_URL": f"file://{directory}/state",
            "PULUMI_CONFIG_PASSPHRASE": "contract",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        self._pulumi("stack", "init", "test")

    def up(self, inputs: Mapping[str, Any], *, expect_no_changes: bool = False) -> str:
        """Bring the stack up and return what the engine printed."""
        settings = {"connection": self._connection, "inputs": dict(inputs)}
        (self._directory / "settings.json").write_text(json.dumps(settings))
        only = ["--expect-no-changes"] if expect_no_changes else []
        return self._pulumi("up", "--yes", "--skip-preview", *only)

    def destroy(self) -> None:
        self._pulumi("destroy", "--yes", "--skip-preview")

    def export(self) -> str:
        """The state as text, secrets encrypted."""
        return self._pulumi("stack", "export")

    @property
    def outputs(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self._pulumi("stack", "output", "--json"))
        return loaded

    def _pulumi(self, *arguments: str) -> str:
        command = ["pulumi", "--non-interactive", "--color=never", *arguments]
        done = subprocess.run(
            command,
            cwd=self._directory,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise PulumiError(done.stdout)
        return done.stdout
