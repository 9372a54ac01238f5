"""Running pulumi."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from operate import processes
from operate.engine import KEPT_LOGS, Engine
from operate.failure import OperateError
from operate.stack import Stack
from tests.operate.conftest import FakePulumi

OWNER = """
import json, sys
from pathlib import Path
from operate.engine import Engine
environment, checkout, logs = json.loads(sys.argv[1])
Engine(environment=environment, checkout=Path(checkout), logs=Path(logs)).operate("up")
"""
PATIENT = 'echo $$ > "$OUT/pid"; trap \'echo int >> "$OUT/signals"; exit 3\' INT\n'
PATIENT += "echo started; while :; do sleep 0.05; done"


def wait_for(file: Path) -> str:
    """The text of a file that is about to be written."""
    deadline = time.monotonic() + 10
    while not (file.exists() and file.read_text().endswith("\n")):
        assert time.monotonic() < deadline, f"{file} was not written"
        time.sleep(0.02)
    return file.read_text().strip()


def test_the_output_is_on_the_terminal_and_in_a_file(
    engine: Engine, pulumi: FakePulumi, stack: Stack, capfd: pytest.CaptureFixture[str]
) -> None:
    pulumi.says("echo creating; echo warned >&2")
    engine.operate("up", "--yes")
    assert capfd.readouterr().out == "creating\nwarned\n"
    (log,) = stack.logs.iterdir()
    assert log.read_text() == "creating\nwarned\n"


def test_pulumis_exit_code_is_handed_on_with_the_path_of_the_log(
    engine: Engine, pulumi: FakePulumi, stack: Stack
) -> None:
    pulumi.says("exit 255")
    with pytest.raises(OperateError, match=str(stack.logs)) as fault:
        engine.operate("up")
    assert fault.value.code == 255


def test_the_session_is_told_before_the_engine_has_done_anything_to_end(
    engine: Engine, pulumi: FakePulumi
) -> None:
    told: list[int] = []
    pulumi.says("echo $$")
    replace(engine, started=told.append).operate("up")
    assert len(told) == 1


def test_a_question_that_fails_shows_pulumis_last_words_and_no_input(
    engine: Engine, pulumi: FakePulumi
) -> None:
    pulumi.says("echo error: no such stack >&2; exit 2")
    with pytest.raises(OperateError, match="`pulumi config set` failed: error: no such") as fault:
        engine.ask("config", "set", "key", stdin="very secret")
    assert "very secret" not in str(fault.value)


@pytest.mark.usefixtures("pulumi")
def test_only_the_newest_logs_are_kept(engine: Engine, stack: Stack) -> None:
    stack.logs.mkdir()
    for number in range(KEPT_LOGS + 5):
        (stack.logs / f"2020{number:04}-up.log").touch()
    engine.operate("up")
    names = sorted(file.name for file in stack.logs.iterdir())
    assert len(names) == KEPT_LOGS
    assert not names[-1].startswith("2020")


@pytest.fixture
def owner(
    environment: Mapping[str, str], pulumi: FakePulumi, stack: Stack, tmp_path: Path
) -> subprocess.Popen[bytes]:
    """A command of ours that runs an engine which notes every interrupt."""
    pulumi.says(PATIENT)
    variables = {**environment, "OUT": str(tmp_path)}
    given = json.dumps([variables, str(stack.checkout), str(stack.logs)])
    return subprocess.Popen(
        [sys.executable, "-c", OWNER, given],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def test_an_interrupt_reaches_the_engine_once(
    owner: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    wait_for(tmp_path / "pid")
    # As a terminal does it: to the whole group in front.
    os.killpg(owner.pid, signal.SIGINT)
    owner.wait(10)
    assert wait_for(tmp_path / "signals") == "int"


def test_the_engine_is_interrupted_when_its_owner_is_killed(
    owner: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    engine = int(wait_for(tmp_path / "pid"))
    os.killpg(owner.pid, signal.SIGKILL)
    owner.wait(10)
    assert wait_for(tmp_path / "signals") == "int"
    deadline = time.monotonic() + 5
    while processes.alive(engine):
        assert time.monotonic() < deadline
        time.sleep(0.02)
