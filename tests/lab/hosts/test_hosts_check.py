from pathlib import Path

import pytest

from lab.hosts import check
from lab.hosts.check import Fact
from lab.hosts.failure import LabError
from tests.lab.hosts.test_hosts_cgroup import HYBRID, UNIFIED, mountinfo

FULL = "Name:\tx\nCapEff:\t000001fffeffffff\n"


def test_version_two_needs_systemd_as_the_first_process() -> None:
    assert check.cgroups(lambda: UNIFIED, lambda: True).ok
    refused = check.cgroups(lambda: UNIFIED, lambda: False)

    assert not refused.ok
    assert refused.seen == "version 2 without systemd as PID 1"
    assert "systemd as PID 1" in refused.cure


def test_version_one_needs_the_controllers_that_a_kubelet_uses() -> None:
    some = check.cgroups(lambda: HYBRID, lambda: False)
    names = ("cpu,cpuacct", "cpuset", "memory", "pids", "systemd")
    every = mountinfo(*((f"/sys/fs/cgroup/{name}", "cgroup") for name in names))

    assert some.seen == "version 1 without cpuset, memory, pids"
    assert not some.ok
    assert check.cgroups(lambda: every, lambda: False).ok


def test_no_cgroups_at_all_is_a_fact_and_not_a_failure() -> None:
    assert check.cgroups(lambda: mountinfo(("/", "ext4")), lambda: True).seen == "not mounted"


def test_a_root_without_a_capability_is_told_which() -> None:
    assert check.capabilities(lambda: FULL).ok  # all but CAP_SYS_RESOURCE: this machine's own
    bare = check.capabilities(lambda: "CapEff:\t00000000a80425fb\n")

    assert not bare.ok
    assert bare.seen == "without CAP_NET_ADMIN, CAP_SYS_ADMIN"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/data/x/lab", "xfs"), ("/data", "xfs"), ("/database", "ext4"), ("/run/lab", "overlay")],
)
def test_the_file_system_of_a_path_is_that_of_the_nearest_and_latest_mount(
    path: str, kind: str
) -> None:
    text = mountinfo(("/", "ext4"), ("/data", "xfs"), ("/run", "tmpfs"), ("/run", "overlay"))

    assert check.filesystem(Path(path), text) == kind


def test_a_disk_that_cannot_hold_overlays_is_refused_with_the_variable_to_set(
    tmp_path: Path,
) -> None:
    refused = check.disk(tmp_path / "not/made/yet", lambda: mountinfo(("/", "overlay")))

    assert not refused.ok
    assert "APPLIANCE_STATE" in refused.cure
    assert check.disk(tmp_path, lambda: mountinfo(("/", "ext4"))).ok


def test_too_little_room_names_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "ROOM", 0)
    assert check.room(tmp_path).ok
    monkeypatch.setattr(check, "ROOM", 1 << 60)

    assert not check.room(tmp_path).ok
    assert "1073741824 GiB" in check.room(tmp_path).cure


def test_a_missing_overlay_is_a_fact() -> None:
    assert check.overlay(lambda: "nodev\tproc\nnodev\toverlay\n").ok
    assert not check.overlay(lambda: "nodev\tproc\n\text4\n").ok


def test_the_first_thing_missing_is_the_error_of_create(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        Fact(name="user", seen="uid 0", ok=True),
        Fact(name="overlay", seen="missing", ok=False, cure="load it"),
    ]
    monkeypatch.setattr(check, "needs", lambda _: found)

    with pytest.raises(LabError, match="cannot run lab hosts: overlay is missing; load it"):
        check.require(tmp_path)


def test_packages_may_be_missing_only_where_they_can_be_installed() -> None:
    assert check.programs(list).ok
    lacking = check.programs(lambda: ["mmdebstrap"], lambda: True)
    assert lacking.ok
    assert lacking.seen == "mmdebstrap will be installed"
    assert not check.programs(lambda: ["mmdebstrap"], lambda: False).ok


def test_the_table_shows_a_cure_only_below_what_is_not_enough() -> None:
    shown = check.table(
        [
            Fact(name="user", seen="uid 0", ok=True, cure="become root"),
            Fact(name="disk", seen="tmpfs", ok=False, cure="another disk"),
        ]
    )

    assert "become root" not in shown
    assert [line.split()[0] for line in shown.splitlines()] == ["ok", "NO", "another"]
