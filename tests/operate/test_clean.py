"""Giving the disk back."""

import fcntl
import json
from pathlib import Path

import pytest

from operate.commands import clean as command
from operate.failure import OperateError


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("APPLIANCE_STATE", str(tmp_path / "state"))
    (tmp_path / "cache" / "toolchain").mkdir(parents=True)
    (tmp_path / "state" / "stacks" / "dev").mkdir(parents=True)
    return tmp_path / "state"


def recorded(state: Path, resources: int) -> None:
    """Pulumi's record of stack dev with so many resources."""
    directory = state / "pulumi" / ".pulumi" / "stacks" / "appliance"
    directory.mkdir(parents=True)
    latest: dict[str, object] | None = {"resources": [{}] * resources} if resources else None
    (directory / "dev.json").write_text(json.dumps({"checkpoint": {"latest": latest}}))


def test_the_cache_goes_and_the_state_stays(state: Path) -> None:
    recorded(state, 0)
    (state / "stacks" / "dev" / "passphrase").write_text("p")
    command.clean()
    assert list((state.parent / "cache").iterdir()) == []
    assert (state / "stacks" / "dev" / "passphrase").read_text() == "p"


def test_a_stack_that_is_still_up_is_not_cut_off_from_its_files(state: Path) -> None:
    recorded(state, 3)
    with pytest.raises(OperateError, match=r"dev \(3 resources\).* `make down STACK=dev`"):
        command.clean()
    assert (state.parent / "cache").exists()


def test_a_command_at_work_is_not_disturbed(state: Path) -> None:
    with (state / "stacks" / "dev" / "operate.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        with pytest.raises(OperateError, match="wait for it"):
            command.clean()


@pytest.mark.parametrize(
    "line",
    [
        "36 35 98:0 / /c/cache/roots/x/proc rw - proc proc rw",
        "36 35 0:50 / /run/host rw - overlay overlay rw,lowerdir=/c/cache/template/t,upperdir=/u",
        "36 35 0:50 /c/cache/roots /run/host rw - ext4 /dev/vda rw",
    ],
)
def test_nothing_is_deleted_from_under_a_mount(line: str) -> None:
    with pytest.raises(OperateError, match="is mounted on the cache"):
        command.refuse_mounts(Path("/c/cache"), f"1 0 98:0 / / rw - ext4 /dev/vda rw\n{line}\n")


def test_mounts_elsewhere_do_not_matter() -> None:
    command.refuse_mounts(Path("/c/cache"), "36 35 98:0 / /c/cache-of-others rw - proc proc rw\n")


def test_a_cache_that_holds_more_than_a_cache_is_refused(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(state.parent))
    with pytest.raises(OperateError, match="set it to a directory of its own"):
        command.clean()
    assert state.exists()
