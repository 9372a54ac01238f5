import os
import subprocess
from pathlib import Path

import pytest

from bundle.storage import OWN


@pytest.fixture
def node(tmp_path: Path) -> dict[str, str]:
    """A node with a dmsetup that fails over the driver's version, as the real one does without the device mapper."""
    real = tmp_path / "dmsetup"
    real.write_text('#!/bin/sh\necho "Library version: 1.02"; echo "called with $*"; exit 1\n')
    real.chmod(0o755)
    (tmp_path / "misc").write_text("229 fuse\n")
    return {
        "PATH": os.defpath,
        "DMSETUP_REAL": str(real),
        "DMSETUP_DEVICES": str(tmp_path / "misc"),
    }


def dmsetup(node: dict[str, str], *words: str) -> tuple[int, str]:
    done = subprocess.run(
        ["sh", OWN / "dmsetup", *words], env=node, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_without_the_device_mapper_the_library_s_version_is_enough(node: dict[str, str]) -> None:
    assert dmsetup(node, "version") == (0, "Library version: 1.02\ncalled with version\n")


def test_with_the_device_mapper_the_real_one_is_believed(node: dict[str, str]) -> None:
    Path(node["DMSETUP_DEVICES"]).write_text("229 fuse\n236 device-mapper\n")
    assert dmsetup(node, "version")[0] == 1


def test_everything_else_is_asked_of_the_real_one(node: dict[str, str]) -> None:
    code, said = dmsetup(node, "info", "-c", "/dev/dm-0")
    assert (code, said.splitlines()[1]) == (1, "called with info -c /dev/dm-0")
