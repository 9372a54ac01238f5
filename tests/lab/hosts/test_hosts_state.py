import json
import os
import threading
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.hosts import state
from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab
from lab.hosts.process import Supervisor
from lab.hosts.state import Phase, Record

RECORD = Record(phase=Phase.CREATING, address=IPv4Address("10.79.0.11"), subnet="10.79.0.0/24")


@pytest.fixture
def host(tmp_path: Path) -> HostId:
    return HostId(lab=Lab(home=tmp_path / "lab", name="dev"), name="n1")


def test_a_record_is_read_as_it_was_written(host: HostId) -> None:
    supervisor = Supervisor(pid=7, started=9, boot="b")
    record = replace(RECORD, phase=Phase.READY, host_key="ssh-ed25519 AAAA", supervisor=supervisor)
    state.save(host, record)

    assert state.load(host) == record


def test_a_host_without_a_record_has_none_and_a_damaged_one_says_what_to_do(host: HostId) -> None:
    assert state.load(host) is None
    host.directory.mkdir(parents=True)
    state.file(host).write_text('{"phase": "ready"')

    with pytest.raises(LabError, match=r"is damaged .* delete the host and create it again"):
        state.load(host)


def test_a_write_that_died_leaves_the_old_file_and_does_not_stop_the_next(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    state.write(file, "old")
    (tmp_path / ".a.json.part").write_text("half of the n")
    assert file.read_text() == "old"

    state.write(file, "new", 0o600)

    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_host_runs_only_while_its_own_supervisor_does() -> None:
    ours = Supervisor.of(os.getpid())
    assert ours is not None

    assert replace(RECORD, supervisor=ours).running()
    assert not RECORD.running()
    assert not replace(RECORD, supervisor=replace(ours, started=ours.started + 1)).running()


def test_directories_that_cannot_be_hosts_are_not_listed(host: HostId) -> None:
    state.save(host, RECORD)
    for name in ("lost+found", ".hidden", "UPPER"):
        (host.lab.directory / name).mkdir()
    (host.lab.directory / "file").write_text("")

    assert state.hosts(host.lab) == [host]
    assert state.labs(host.lab.home) == [host.lab]
    assert state.hosts(Lab(home=host.lab.home, name="none")) == []


def test_a_lock_is_seen_while_held_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / ".locks" / "a.lock"
    assert not state.busy(path)
    with state.locked(path, "a"):
        assert state.busy(path)

    assert list(tmp_path.iterdir()) == []


def test_many_at_once_hold_a_lock_one_after_the_other_although_its_file_comes_and_goes(
    tmp_path: Path,
) -> None:
    path, file = tmp_path / "locks" / "a.lock", tmp_path / "count"
    file.write_text("0")

    def count() -> None:
        for _ in range(25):
            with state.locked(path, "a"):
                before = int(file.read_text())
                file.write_text("")
                file.write_text(str(before + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert file.read_text() == "100"


def test_a_lock_held_too_long_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "PATIENCE", 0.1)
    path = tmp_path / "a.lock"
    with (
        state.locked(path, "a"),
        pytest.raises(LabError, match=r"changing host dev/n1 .*fuser .*a\.lock"),
        state.locked(path, "host dev/n1"),
    ):
        pass
    assert not path.exists()


def test_the_record_is_plain_json_with_the_supervisor_as_number_start_and_boot(
    host: HostId,
) -> None:
    state.save(host, replace(RECORD, supervisor=Supervisor(pid=1, started=2, boot="x")))

    written = json.loads(state.file(host).read_text())
    assert written["supervisor"] == {"pid": 1, "started": 2, "boot": "x"}
    assert written["phase"] == "creating"
