"""Machines that exist, behind a bastion, reached as a user with sudo and with a key that only the user's agent holds.

The hosts are the lab's, made beforehand by hand; the appliance sees them as anybody's machines.
"""

import copy
import json
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.operator import CONFIGURATION, STACK, SUBNET, Operator
from tests.e2e.pods import eventually

pytestmark = pytest.mark.e2e

UNCHANGED = re.compile(r"Resources:\n\s+\d+ unchanged\n")
OPTIONS = (
    "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o BatchMode=yes"
)
# What an administrator does on a machine before it is handed over: a user of its own, who may sudo.
USER = """
id admin >/dev/null 2>&1 || useradd --create-home --shell /bin/bash admin
install -d -m 0700 -o admin -g admin /home/admin/.ssh
install -m 0600 -o admin -g admin /root/.ssh/authorized_keys /home/admin/.ssh/authorized_keys
"""
SUDO = """
dpkg -i /root/sudo.deb >/dev/null
echo 'admin ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/admin
echo 'AllowUsers admin@{bastion}' >/etc/ssh/sshd_config.d/behind.conf
systemctl reload ssh
"""
LEFT_BEHIND = r"""
systemctl is-active kubelet | grep -x active
sudo find /etc/kubernetes /etc/cni/net.d /var/lib/etcd /var/lib/weave -type f 2>/dev/null
ip -o link | grep -oE 'weave|vethwe[^:@]*|datapath'
true
"""


@pytest.fixture(scope="module")
def hosts(
    operator: Operator, key: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, dict[str, str]]]:
    """Two machines and a bastion; the machines admit nobody but `admin`, and only from the bastion."""
    packages = tmp_path_factory.mktemp("packages")
    subprocess.run(["apt-get", "download", "-q", "sudo"], cwd=packages, check=True)
    made = {
        name: json.loads(
            operator.hosts(
                *("create", "--lab", STACK, "--subnet", SUBNET, "--name", name),
                *("--authorized-key", key),
            )
        )
        for name in ("bastion", "n1", "n2")
    }
    package = next(Path(packages).glob("sudo_*.deb"))
    for name, host in made.items():
        script = USER
        if name != "bastion":
            target = f"root@{host['address']}:/root/sudo.deb"
            subprocess.run(["scp", *OPTIONS.split(), "-q", package, target], check=True)
            script += SUDO.format(bastion=made["bastion"]["address"])
        ssh = ["ssh", *OPTIONS.split(), f"root@{host['address']}", "bash -e"]
        subprocess.run(ssh, input=script, text=True, check=True)
    yield made
    operator.hosts("delete", "--lab", STACK, "--all")


def stack(hosts: dict[str, dict[str, str]]) -> dict[str, Any]:
    configuration = copy.deepcopy(CONFIGURATION)
    roles = {"n1": ["control-plane", "worker"], "n2": ["worker"]}
    way = {
        name: {"address": host["address"], "hostKey": host["hostKey"]}
        for name, host in hosts.items()
    }
    configuration["hosts"] = {
        "provider": "ssh",
        "kernel": "shared",
        "user": "admin",
        "bastion": {**way["bastion"], "user": "admin"},
        "nodes": [{"name": name, "roles": roles[name], **way[name]} for name in roles],
    }
    return configuration


def through_bastion(hosts: dict[str, dict[str, str]], node: str, command: str) -> str:
    jump = f"ssh {OPTIONS} -W %h:%p admin@{hosts['bastion']['address']}"
    words = [
        "ssh",
        *OPTIONS.split(),
        "-o",
        f"ProxyCommand={jump}",
        f"admin@{hosts[node]['address']}",
    ]
    return subprocess.run([*words, command], capture_output=True, text=True, check=True).stdout


def test_machines_behind_a_bastion_become_a_cluster(
    operator: Operator, hosts: dict[str, dict[str, str]]
) -> None:
    operator.begin_anew()
    operator.configure(stack(hosts))
    operator.run("init", "--ssh-agent")
    assert operator.run("check-hosts")
    operator.run("up")
    nodes = operator.kubectl("get nodes --no-headers").splitlines()
    assert [line.split()[:2] for line in nodes] == [["n1", "Ready"], ["n2", "Ready"]]
    assert UNCHANGED.search(operator.run("up"))
    eventually(lambda: operator.code("status") == 0, "status finds nothing wrong")


def test_no_way_leads_past_the_bastion(
    operator: Operator, hosts: dict[str, dict[str, str]]
) -> None:
    kubeconfig = operator.state / "stacks" / STACK / "kubeconfig"
    assert "proxy-url: socks5://127.0.0.1:" in kubeconfig.read_text()
    # Outside of the appliance's commands nobody holds the proxy open.
    kubectl = operator.shell("command -v kubectl").strip()
    done = subprocess.run(
        [kubectl, "--kubeconfig", kubeconfig, "get", "nodes", "--request-timeout=5s"],
        capture_output=True,
        text=True,
        check=False,
    )
    # The API server itself can be reached from here in the lab, so it is the proxy that nobody holds open.
    with socket.create_connection((hosts["n1"]["address"], 6443), timeout=5):
        pass
    assert done.returncode != 0
    assert "refused" in done.stderr, done.stderr
    direct = ["ssh", *OPTIONS.split(), f"admin@{hosts['n1']['address']}", "true"]
    assert subprocess.run(direct, capture_output=True, check=False).returncode == 255


def test_a_stack_whose_key_is_in_an_agent_has_no_key_anywhere(operator: Operator) -> None:
    settings = (operator.state / "stacks" / STACK / f"Pulumi.{STACK}.yaml").read_text()
    assert "appliance:caKey" in settings
    assert "sshPrivateKey" not in settings
    assert "PRIVATE KEY" not in operator.exported_state()


def test_machines_outlive_the_cluster_and_are_clean(
    operator: Operator, hosts: dict[str, dict[str, str]]
) -> None:
    operator.run("down")
    assert operator.names() == set()
    for node in ("n1", "n2"):
        assert through_bastion(hosts, node, LEFT_BEHIND) == ""
