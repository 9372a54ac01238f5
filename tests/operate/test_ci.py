"""`.ci/run`: what it hands to `make test`, and what it hands back."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

RUN = Path(".ci/run")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose programs only say that they were called."""
    for name in (".ci", "operate", "bin"):
        (tmp_path / name).mkdir()
    shutil.copy2(RUN, tmp_path / ".ci" / "run")
    for name in ("operate/packages", "operate/bootstrap", "bin/make"):
        program(tmp_path / name, f'echo "{name} $* CI=$CI stdin=$(cat)"')
    return tmp_path


def program(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def run(checkout: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{checkout}/bin:{os.environ['PATH']}",
        "APPLIANCE_CACHE": str(checkout / "cache"),
        "HOME": str(checkout),
    }
    return subprocess.run(
        [checkout / ".ci" / "run"],
        env=environment,
        cwd="/",
        input="typed by nobody",
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_installs_what_is_missing_and_calls_make_test_without_a_keyboard(checkout: Path) -> None:
    done = run(checkout)
    assert done.returncode == 0
    assert "operate/packages program build lab test CI=true stdin=\n" in done.stdout
    assert "bin/make test CI=true stdin=\n" in done.stdout


def test_all_output_is_in_a_file_too(checkout: Path) -> None:
    done = run(checkout)
    (log,) = (checkout / "cache" / "logs").iterdir()
    assert "bin/make test" in log.read_text()
    assert str(log) in done.stdout


@pytest.mark.parametrize("name", ["operate/packages", "operate/bootstrap", "bin/make"])
def test_whatever_fails_makes_it_fail(checkout: Path, name: str) -> None:
    program(checkout / name, "exit 3")
    done = run(checkout)
    assert done.returncode == 3
    assert "the whole output is in" in done.stdout
