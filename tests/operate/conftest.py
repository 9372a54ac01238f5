"""A checkout with one stack for the operator's commands, and a program that stands in for pulumi."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from operate.engine import Engine
from operate.stack import Stack

TRACKED = """\
# A person's comment.
config:
  appliance:hosts: {provider: local}
  appliance:kubernetes: {version: "1.35.4"}
"""


@dataclass
class FakePulumi:
    """Pulumi as a shell script: writes down how it was called, then does what `script` says."""

    directory: Path

    def says(self, script: str) -> None:
        program = self.directory / "pulumi"
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {self.directory}/calls\n{script}\n')
        program.chmod(0o755)

    @property
    def calls(self) -> Sequence[str]:
        file = self.directory / "calls"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def pulumi(tmp_path: Path) -> FakePulumi:
    directory = tmp_path / "bin"
    directory.mkdir()
    fake = FakePulumi(directory)
    fake.says("exit 0")
    return fake


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    checkout = tmp_path / "checkout"
    directory = tmp_path / "state" / "stacks" / "dev"
    checkout.mkdir()
    directory.mkdir(parents=True)
    (checkout / "Pulumi.yaml").write_text("name: appliance\nruntime: python\n")
    (checkout / "Pulumi.dev.yaml").write_text(TRACKED)
    return Stack(name="dev", checkout=checkout, directory=directory)


@pytest.fixture
def environment(pulumi: FakePulumi, tmp_path: Path) -> Mapping[str, str]:
    return {
        "PATH": f"{pulumi.directory}:{os.defpath}",
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/state/pulumi",
    }


@pytest.fixture
def engine(environment: Mapping[str, str], stack: Stack) -> Engine:
    return Engine(environment=environment, checkout=stack.checkout, logs=stack.logs)


def engine_lock(root: Path, *, pid: int, host: str, since: str) -> Path:
    """A lock as Pulumi's file backend writes it."""
    directory = root / ".pulumi" / "locks" / "organization" / "appliance" / "dev"
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / f"{pid}.json"
    content = {"pid": pid, "username": "root", "hostname": host, "timestamp": since}
    file.write_text(json.dumps(content))
    return file
