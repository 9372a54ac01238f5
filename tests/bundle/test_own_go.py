"""The Go programs of our own: their own tests, and what vet finds."""

import subprocess

import pytest

from bundle import go_toolchain
from bundle.gomodule import compiling
from bundle.programs import MODULES


@pytest.mark.toolchain
@pytest.mark.parametrize("check", ["vet", "test"])
def test_the_stand_in_for_replicated_passes(check: str) -> None:
    settings = {"GOFLAGS": "-mod=readonly", "GOWORK": "off", "CGO_ENABLED": "0"}
    with compiling() as kept:
        done = subprocess.run(
            ["go", check, "./..."],
            cwd=MODULES / "replicated",
            env={**go_toolchain.environment(), **settings, "GOCACHE": str(kept)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
