"""Five hosts at once, commands killed anywhere, and a delete that leaves nothing."""

import ipaddress
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab.hosts import template
from lab.hosts.process import Supervisor, until
from tests.lab.hosts.conftest import OpenLab
from tests.lab.hosts.real_lab import CHECKOUT, REAP, RealLab

pytestmark = pytest.mark.lab

FIVE = tuple(f"n{number}" for number in range(1, 6))


def kill_at(process: subprocess.Popen[str], line: str, seconds: float) -> None:
    """SIGKILL some time after the process has said a line; the process may have ended before."""
    assert process.stderr is not None
    for said in process.stderr:
        if line in said:
            break
    time.sleep(seconds)
    process.kill()
    process.communicate()


def test_five_hosts_are_made_at_once_and_deleting_them_leaves_nothing(open_lab: OpenLab) -> None:
    lab = open_lab("tfive")
    running = [lab.start_create(name) for name in FIVE]
    for process in running:
        output, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        lab.remember(output)

    given = sorted(each["address"] for each in lab.made.values())
    assert given == [str(ipaddress.ip_network(lab.subnet)[n]) for n in range(11, 16)]
    ids = {lab.ssh(name, "cat /etc/machine-id") for name in FIVE}
    assert len(ids) == len({each["hostKey"] for each in lab.made.values()}) == len(FIVE)
    lab.ssh(
        "n1",
        "truncate -s 1M /root/disk; losetup --find /root/disk; "
        "top=/sys/fs/cgroup; test ! -d $top/memory || top=$top/memory; mkdir -p $top/kubepods/pod1",
    )
    # Positive control: each search finds something while there is something.
    before = lab.traces(*FIVE)
    assert [kind for kind, found in before.items() if not found] == []

    lab.run("delete", "--name", "n1")
    assert until(lambda: lab.host("n1").token not in str(lab.traces(*FIVE)), REAP)
    assert lab.traces(*FIVE)["loop devices"] == []
    assert lab.ssh("n2", "hostname") == "n2\n"
    lab.run("delete", "--all")
    assert lab.gone(*FIVE) == {kind: [] for kind in before}
    lab.run("delete", "--all")
    lab.run("delete", "--name", "never-was")
    assert not (lab.state / "lab").exists()


@pytest.fixture(scope="module")
def killed(open_lab: OpenLab) -> RealLab:
    lab = open_lab("tkilled")
    lab.create("bystander")
    return lab


POINTS = [("copying", 0.0), ("copying", 0.2), ("booting", 0.0), ("booting", 0.1)]


@pytest.mark.parametrize(("line", "seconds"), POINTS)
def test_a_killed_create_is_finished_by_the_next_one(
    killed: RealLab, line: str, seconds: float
) -> None:
    kill_at(killed.start_create("n1"), line, seconds)
    assert killed.states()["n1"] in ("broken", "running")

    made = killed.create("n1")
    assert made["address"] == str(ipaddress.ip_network(killed.subnet)[12])
    assert killed.ssh("n1", "hostname; systemctl is-system-running --wait").split() == [
        "n1",
        "running",
    ]
    assert killed.states() == {"bystander": "running", "n1": "running"}
    supervisors = [
        line for line in killed.traces("n1")["processes"] if "systemd-nspawn --directory" in line
    ]
    assert len(supervisors) == 2
    killed.run("delete", "--name", "n1")


@pytest.mark.parametrize(("line", "seconds"), [("copying", 0.2), ("booting", 0.05)])
def test_a_killed_create_is_removed_by_delete(killed: RealLab, line: str, seconds: float) -> None:
    kill_at(killed.start_create("n1"), line, seconds)
    killed.run("delete", "--name", "n1")

    mark, place = killed.host("n1").token, str(killed.host("n1").directory)
    assert until(lambda: mark not in str(killed.traces("n1")), REAP)
    assert place not in str(killed.traces("n1"))
    assert killed.states() == {"bystander": "running"}


@pytest.mark.parametrize("seconds", [0.0, 0.15, 0.4])
def test_a_killed_delete_is_finished_by_the_next_delete_or_create(
    killed: RealLab, seconds: float
) -> None:
    before = killed.create("n1")
    process = subprocess.Popen(
        killed.arguments("delete", "--name", "n1"),
        cwd=CHECKOUT,
        env=killed.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    kill_at(process, "deleting", seconds)
    if seconds < 0.2:
        killed.run("delete", "--name", "n1")
        assert killed.states() == {"bystander": "running"}
        return
    after = killed.create("n1")
    # What was half deleted is not taken up again: it is a new host.
    assert after["hostKey"] != before["hostKey"]
    assert killed.ssh("n1", "hostname") == "n1\n"
    killed.run("delete", "--name", "n1")


def test_a_host_whose_record_is_lost_or_damaged_is_still_deleted_whole(killed: RealLab) -> None:
    killed.create("n1")
    record = killed.host("n1").directory / "host.json"
    record.write_text("{")
    assert killed.states()["n1"] == "broken"
    refused = killed.run("start", "--name", "n1", fails=True)
    assert "is damaged" in refused.stderr
    record.unlink()

    killed.run("delete", "--name", "n1")
    assert not [line for line in killed.traces("n1")["cgroups"] if killed.host("n1").token in line]
    assert killed.states() == {"bystander": "running"}


def test_a_switch_that_lost_a_part_is_made_whole_by_the_next_boot(killed: RealLab) -> None:
    uplink = killed.host("bystander").lab.uplink
    subprocess.run(["ip", "link", "delete", uplink], check=True)

    killed.create("n1")

    assert killed.ssh("n1", "hostname") == "n1\n"
    assert killed.ssh("bystander", "hostname") == "bystander\n"
    killed.run("delete", "--name", "n1")


def test_of_two_labs_that_want_one_subnet_at_the_same_moment_one_gets_it(open_lab: OpenLab) -> None:
    first = open_lab("tone")
    labs = [first, open_lab("ttwo", first.subnet)]
    running = [lab.start_create("n1") for lab in labs]
    said = [process.communicate(timeout=120)[1] for process in running]

    codes = [process.returncode for process in running]
    assert sorted(codes) == [0, 1]
    assert "overlaps" in said[codes.index(1)]


def test_a_killed_template_build_leaves_no_process_and_no_template(tmp_path: Path) -> None:
    environment = {**os.environ, "APPLIANCE_CACHE": str(tmp_path)}
    command = [sys.executable, "-m", "lab.hosts", "template"]
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment, stderr=subprocess.PIPE) as build:
        entries = tmp_path / template.KIND
        part = f".{template.RECIPE.key}."
        started = until(
            lambda: any((each / "var").exists() for each in entries.glob(f"{part}*")), 60
        )
        workers = [pid for pid in _mentioning(str(tmp_path)) if pid != build.pid]
        build.send_signal(signal.SIGKILL)

    assert started
    assert workers
    assert until(lambda: all(Supervisor.of(pid) is None for pid in workers), 10)
    assert not (entries / template.RECIPE.key).exists()
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()


def _mentioning(text: str) -> list[int]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if text in file.read_text():
                found.append(int(file.parent.name))
        except OSError:
            continue
    return found
