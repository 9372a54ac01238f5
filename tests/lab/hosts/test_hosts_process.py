import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lab.hosts import process
from lab.hosts.failure import LabError
from lab.hosts.process import Supervisor


def written(directory: Path, pid: int, name: str, started: int, condition: str = "S") -> None:
    (directory / str(pid)).mkdir(parents=True, exist_ok=True)
    fields = [condition, *map(str, range(18)), str(started), "0"]
    (directory / str(pid) / "stat").write_text(f"{pid} ({name}) {' '.join(fields)}\n")
    (directory / "sys/kernel/random").mkdir(parents=True, exist_ok=True)
    (directory / "sys/kernel/random/boot_id").write_text("one\n")


def test_a_process_is_known_by_number_start_and_boot(tmp_path: Path) -> None:
    written(tmp_path, 7, "nspawn) (odd", 4711)
    found = Supervisor.of(7, tmp_path)

    assert found == Supervisor(pid=7, started=4711, boot="one")
    assert found.alive(tmp_path)
    assert not replace(found, boot="another").alive(tmp_path)


def test_a_later_process_of_the_same_number_is_another_one(tmp_path: Path) -> None:
    written(tmp_path, 7, "nspawn", 4711)
    found = Supervisor.of(7, tmp_path)
    written(tmp_path, 7, "nspawn", 4712)

    assert found is not None
    assert not found.alive(tmp_path)


def test_a_zombie_is_no_process(tmp_path: Path) -> None:
    written(tmp_path, 7, "nspawn", 4711, condition="Z")

    assert Supervisor.of(7, tmp_path) is None
    assert Supervisor.of(8, tmp_path) is None


def test_a_signal_never_goes_to_a_process_that_only_has_the_number() -> None:
    with subprocess.Popen(["sleep", "30"]) as other:
        found = Supervisor.of(other.pid)
        assert found is not None
        replace(found, started=found.started - 1).send(signal.SIGKILL)
        assert other.poll() is None
        found.send(signal.SIGKILL)
        assert other.wait(5) == -signal.SIGKILL


def test_a_failed_program_is_an_error_with_its_last_words() -> None:
    with pytest.raises(LabError, match="failed with exit code 3: no such thing"):
        process.run("sh", "-c", "echo first >&2; echo no such thing >&2; exit 3")


def test_a_program_gets_text_and_its_output_comes_back() -> None:
    assert process.run("tr", "a-z", "A-Z", stdin="text") == "TEXT"


def test_a_program_ends_when_the_caller_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    code = f"from lab.hosts.process import run; run('sh', '-c', 'echo $$ >{file}; exec sleep 60')"
    with subprocess.Popen([sys.executable, "-c", code]) as caller:
        assert process.until(lambda: file.exists() and file.read_text().strip() != "", 10)
        caller.kill()
    worker = int(file.read_text())

    assert process.until(lambda: Supervisor.of(worker) is None, 5)


LAUNCH = """
import sys, time
from pathlib import Path
from lab.hosts.process import launch
record = Path(sys.argv[1])
def write(supervisor):
    record.write_text(str(supervisor.pid))
    if sys.argv[2] == "die": time.sleep(60)
launch(["sleep", "60"], enter=[Path(sys.argv[1] + ".procs")], log=Path(sys.argv[1] + ".log"),
       environment={"ONE": "1"}, record=write)
"""


def test_a_supervisor_outlives_the_caller_and_holds_none_of_its_pipes(tmp_path: Path) -> None:
    record = tmp_path / "record"
    arguments = [sys.executable, "-c", LAUNCH, str(record), "live"]
    # Returns only when nobody holds the write ends of both pipes any more.
    subprocess.run(arguments, capture_output=True, check=True, timeout=20)
    pid = int(record.read_text())
    try:
        assert process.until(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n", 5)
        assert os.getsid(pid) == pid
        assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")
        assert (tmp_path / "record.procs").read_text() == f"{pid}\n"
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        assert {entry.partition(b"=")[0] for entry in environment if entry} <= {
            b"PATH",
            b"ONE",
            b"PWD",
        }
    finally:
        os.kill(pid, signal.SIGKILL)


def test_a_supervisor_that_could_not_be_written_down_never_starts(tmp_path: Path) -> None:
    record = tmp_path / "record"
    with subprocess.Popen([sys.executable, "-c", LAUNCH, str(record), "die"]) as caller:
        assert process.until(lambda: record.exists() and record.read_text() != "", 10)
        caller.kill()
    pid = int(record.read_text())

    assert process.until(lambda: Supervisor.of(pid) is None, 5)
    assert not (tmp_path / "record.procs").exists()


def test_waiting_ends_at_once_when_it_is_so_and_in_time_when_it_is_not() -> None:
    start = time.monotonic()
    assert process.until(lambda: True, 60)
    assert not process.until(lambda: False, 0.1)
    assert time.monotonic() - start < 5
