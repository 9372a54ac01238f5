"""`.ci/prove`, and the workflows that call it and `.ci/run`."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

WORKFLOWS = Path(".github/workflows")
PYTHON = """case "$*" in
    "-m lab.toolchain") echo /chain ;;
    "-m lab.toolchain --table") echo "command plugin         1.2.1     $ORIGIN" ;;
    *) echo "python $* with $APPLIANCE_TEST_VM $APPLIANCE_DOWNLOAD $APPLIANCE_COMMAND_PLUGIN" ;;
esac"""


def program(file: Path, script: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def prove(
    directory: Path, *steps: str, origin: str = "official"
) -> subprocess.CompletedProcess[str]:
    """Runs it in a checkout whose programs only say that they were called."""
    (directory / ".ci").mkdir()
    shutil.copy2(".ci/prove", directory / ".ci/prove")
    program(directory / "operate/packages", 'echo "packages $*"')
    program(directory / "operate/bootstrap", f"echo {directory}/venv")
    program(directory / "venv/bin/python", PYTHON)
    program(directory / "bin/make", 'echo "make $* with $APPLIANCE_DOWNLOAD"')
    environment = {
        "PATH": f"{directory}/bin:{os.environ['PATH']}",
        "APPLIANCE_CACHE": str(directory / "cache"),
        "ORIGIN": origin,
    }
    return subprocess.run(
        [directory / ".ci/prove", *steps],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_steps_are_run_where_none_is_named(tmp_path: Path) -> None:
    done = prove(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "tests/lab/toolchain with 1 1 /chain/home/plugins/" in done.stdout
    assert "tests/e2e/test_6_machines_with_kernels.py with 1 1 \n" in done.stdout
    assert "make test-full with 1\n" in done.stdout


def test_the_contract_of_the_official_plugin_is_not_proven_on_the_stand_in(tmp_path: Path) -> None:
    done = prove(tmp_path, "plugin", origin="built here: a stand-in for the official plugin")
    assert done.returncode == 1
    assert "the command plugin is not the official one" in done.stderr
    assert "pytest" not in done.stdout


def test_an_unknown_step_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    done = prove(tmp_path, "plugin", "kvm")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "step 'kvm' is unknown; allowed are plugin, machines and all" in done.stderr


def steps(file: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(file.read_text())["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.yml")), ids=lambda file: file.name)
def test_a_workflow_calls_programs_that_exist(file: Path) -> None:
    commands = "\n".join(step.get("run", "") for step in steps(file))
    called = re.findall(r"\.ci/[a-z-]+", commands)
    targets = re.findall(r"^make ([a-z-]+)", commands, re.MULTILINE)
    assert called or targets
    assert [name for name in called if not os.access(name, os.X_OK)] == []
    makefile = Path("Makefile").read_text()
    assert [name for name in targets if f"\n{name}:" not in makefile] == []


def test_the_workflow_proves_every_step_there_is() -> None:
    (job,) = yaml.safe_load((WORKFLOWS / "proof.yml").read_text())["jobs"].values()
    every = re.search(r"set -- (.*)", Path(".ci/prove").read_text())
    assert every
    assert job["strategy"]["matrix"]["step"] == every[1].split()
