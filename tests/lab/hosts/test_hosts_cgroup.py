import subprocess
from pathlib import Path

import pytest

from lab.hosts import cgroup
from lab.hosts.cgroup import Hierarchies
from lab.hosts.failure import LabError

LINE = "27 20 0:23 / {point} rw,relatime shared:9 - {kind} {kind} rw"


def mountinfo(*mounts: tuple[str, str]) -> str:
    return "\n".join(LINE.format(point=point, kind=kind) for point, kind in mounts)


HYBRID = mountinfo(
    ("/", "ext4"),
    ("/sys/fs/cgroup", "tmpfs"),
    ("/sys/fs/cgroup/cpu,cpuacct", "cgroup"),
    ("/sys/fs/cgroup/systemd", "cgroup"),
    ("/sys/fs/cgroup/unified", "cgroup2"),
    ("/mnt/elsewhere", "cgroup"),
)
UNIFIED = mountinfo(("/", "ext4"), ("/sys/fs/cgroup", "cgroup2"))


def test_every_hierarchy_of_version_one_and_the_hybrid_second_are_found() -> None:
    found = Hierarchies.of(HYBRID)

    assert not found.unified
    assert [mount.name for mount in found.mounts] == ["cpu,cpuacct", "systemd", "unified"]


def test_version_two_alone_is_driven_through_systemd_with_a_delegated_scope() -> None:
    found = Hierarchies.of(UNIFIED)
    prefix = found.prefix("lab-dev-n1-0123")

    assert found.unified
    assert prefix[:2] == ("systemd-run", "--scope")
    assert "--unit=lab-dev-n1-0123.scope" in prefix
    assert "--property=Delegate=yes" in prefix
    assert prefix[-1] == "--"
    assert found.prepare("lab-dev-n1-0123") == ()
    assert [str(path) for path in found.directories("x")] == ["/sys/fs/cgroup/system.slice/x.scope"]


def test_without_any_cgroups_the_refusal_says_what_is_needed() -> None:
    with pytest.raises(LabError, match="version 2 with systemd as PID 1, or version 1"):
        Hierarchies.of(mountinfo(("/", "ext4"), ("/sys/fs/cgroup", "tmpfs")))


@pytest.fixture
def machine(tmp_path: Path) -> Hierarchies:
    """Two hierarchies of version 1 as plain directories."""
    for name in ("cpuset", "memory"):
        (tmp_path / name).mkdir()
    (tmp_path / "cpuset/cpuset.cpus").write_text("0-1\n")
    (tmp_path / "cpuset/cpuset.mems").write_text("0\n")
    return Hierarchies(mounts=(tmp_path / "cpuset", tmp_path / "memory"), unified=False)


def test_a_host_gets_a_directory_in_each_hierarchy_and_a_filled_cpuset(
    machine: Hierarchies,
) -> None:
    enter = machine.prepare("lab-x")

    assert enter == tuple(mount / "lab-x" / "cgroup.procs" for mount in machine.mounts)
    assert (machine.mounts[0] / "lab-x/cpuset.cpus").read_text() == "0-1\n"
    assert (machine.mounts[0] / "lab-x/cpuset.mems").read_text() == "0\n"
    assert machine.prepare("lab-x") == enter


def test_removing_takes_the_children_first_and_is_content_with_nothing(tmp_path: Path) -> None:
    machine = Hierarchies(mounts=(tmp_path,), unified=False)
    (tmp_path / "lab-x/kubepods/burstable/pod1").mkdir(parents=True)
    (tmp_path / "lab-y").mkdir()

    machine.remove("lab-x", "dev/x")
    machine.remove("lab-x", "dev/x")

    assert [path.name for path in tmp_path.iterdir()] == ["lab-y"]


def test_a_cgroup_that_cannot_be_removed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cgroup, "PATIENCE", 0.1)
    (tmp_path / "lab-x/busy").mkdir(parents=True)
    (tmp_path / "lab-x/busy/file").write_text("")

    with pytest.raises(LabError, match=r"lab-x/busy of host dev/x cannot be removed"):
        Hierarchies(mounts=(tmp_path,), unified=False).remove("lab-x", "dev/x")


def test_killing_reaches_processes_in_every_cgroup_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = tmp_path / "lab-x/payload/system.slice"
    below.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"]) as one, subprocess.Popen(["sleep", "60"]) as other:
        (below / "cgroup.procs").write_text(f"{one.pid}\n")
        (tmp_path / "lab-x/cgroup.procs").write_text(f"{other.pid}\n")
        machine = Hierarchies(mounts=(tmp_path,), unified=False)
        assert machine.processes("lab-x") == {one.pid, other.pid}

        monkeypatch.setattr(cgroup, "PATIENCE", 0.1)  # plain files never become empty
        with pytest.raises(LabError, match="did not end within"):
            machine.kill("lab-x", "dev/x")

        assert one.wait(5) == other.wait(5) == -9
