"""A real machine: made by one command, itself and no other, off and on again, and gone without a trace."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.hosts.names import HostId, Lab
from tests.lab.hosts.conftest import free_subnet
from tests.lab.machines.gate import needs_machines

pytestmark = [pytest.mark.lab, needs_machines]

CHECKOUT = Path(__file__).parents[3]
LAB = "tmachine"


class Site:
    """A state directory with one lab of machines."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.machine = HostId(lab=Lab(home=state / "machines", name=LAB), name="n1")
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", state / "key"], check=True
        )

    def run(self, verb: str, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "lab.machines", verb, "--lab", LAB, *words],
            cwd=CHECKOUT,
            env={**os.environ, "APPLIANCE_STATE": str(self.state)},
            capture_output=True,
            text=True,
            timeout=2400,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ssh(self, made: dict[str, Any], script: str) -> str:
        """Output of a script, from a machine that must have the host key that its making printed."""
        known = self.state / "known_hosts"
        known.write_text(f"{made['address']} {made['hostKey']}\n")
        options = f"-o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile={known}"
        words = ["ssh", "-F", "none", "-i", str(self.state / "key"), *options.split()]
        done = subprocess.run(
            [*words, f"{made['user']}@{made['address']}", "sh -eu"],
            input=script,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("machines"))
    yield site
    site.run("delete", "--all")


@pytest.fixture(scope="module")
def made(site: Site) -> dict[str, Any]:
    key = (site.state / "key.pub").read_text().strip()
    printed = site.run("create", "--name", "n1", "--subnet", free_subnet(), "--authorized-key", key)
    found: dict[str, Any] = json.loads(printed)
    return found


def test_it_has_a_kernel_modules_and_cgroups_of_its_own(site: Site, made: dict[str, Any]) -> None:
    printed = site.ssh(
        made,
        "uname -r; stat -f -c %T /sys/fs/cgroup; id -un; sudo -n id -un; hostname\n"
        "sudo modprobe openvswitch; sudo modprobe ip_vs; grep -c -E '^(openvswitch|ip_vs) ' /proc/modules\n"
        "sudo cat /sys/class/dmi/id/product_uuid; systemctl is-system-running --wait\n",
    ).split()
    assert printed[0] != os.uname().release
    assert printed[1:6] == ["cgroup2fs", "admin", "root", "n1", "2"]
    assert len(printed[6]) == 36
    assert printed[7] == "running"


def test_what_was_written_outlives_a_loss_of_power(site: Site, made: dict[str, Any]) -> None:
    site.ssh(made, "echo kept >kept; sync; cat /proc/sys/kernel/random/boot_id >boot; sync")
    site.run("power-off", "--name", "n1")
    assert [found["state"] for found in json.loads(site.run("list", "--json"))] == ["stopped"]
    assert json.loads(site.run("start", "--name", "n1")) == made
    printed = site.ssh(
        made, "cat kept; cmp boot /proc/sys/kernel/random/boot_id || echo another boot"
    )
    assert "kept\n" in printed
    assert "another boot" in printed


def test_a_delete_leaves_nothing(site: Site, made: dict[str, Any]) -> None:
    assert made
    site.run("delete", "--name", "n1")
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    assert site.machine.lab.uplink not in links
    assert not Path("/run/netns", site.machine.lab.namespace).exists()
    assert not (site.state / "machines").exists()
    running = [p for p in Path("/proc").glob("[0-9]*/cmdline") if str(site.state) in text(p)]
    assert running == []


def text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
