"""Two virtual machines, each with its own kernel, cgroup version 2 and init: what a server is and a lab host is not.

The tests are steps of one life, in the order of the file. Without KVM they need APPLIANCE_TEST_VM=1 and about
APPLIANCE_TEST_PATIENCE=10.
"""

import copy
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.operator import CONFIGURATION, PATIENCE, STACK, SUBNET, Operator
from tests.e2e.pods import Pods, eventually, push_toolbox_to
from tests.lab.machines.gate import needs_machines

pytestmark = [pytest.mark.e2e, needs_machines]

UNCHANGED = re.compile(r"Resources:\n\s+\d+ unchanged\n")
OPTIONS = (
    "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o BatchMode=yes"
)
# kubeadm wants two processors of a control plane, and Kubernetes' own programs most of two gigabytes.
SIZES = {"n1": ("--cpus", "2", "--memory", "3072"), "n2": ("--cpus", "1", "--memory", "2048")}
ROLES = {"n1": ["control-plane", "worker"], "n2": ["worker"]}
SWAP = """
dd if=/dev/zero of=/swapfile bs=1M count=64 status=none
chmod 0600 /swapfile
mkswap -q /swapfile
echo '/swapfile none swap sw 0 0' >>/etc/fstab
swapon -a
"""
# Prints a line for everything that a cluster may leave in a kernel or on a disk.
LEFT_BEHIND = r"""
systemctl is-active kubelet | grep -x active
ps -eo comm= | grep -E '^(containerd-shim|kube-proxy|weaver)'
find /etc/kubernetes /etc/cni/net.d /var/lib/etcd /var/lib/weave -type f 2>/dev/null
ip -o link | grep -oE 'weave|vethwe[^:@]*|datapath|kube-ipvs0'
iptables-save 2>/dev/null | grep -E 'KUBE-|WEAVE'
ipset list -n 2>/dev/null | grep -E 'weave|KUBE'
findmnt -rno TARGET | grep -E '^/var/lib/kubelet/pods'
ip xfrm state; ip xfrm policy
grep -E '^(TCP|UDP|SCTP)' /proc/net/ip_vs 2>/dev/null
nft list tables 2>/dev/null | grep kube-proxy
find /sys/fs/cgroup -maxdepth 1 -name 'kubepods*'
true
"""

Hosts = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def hosts(operator: Operator, key: str) -> Iterator[Hosts]:
    """The machines, one of them with swap; they are taken away at the end, whatever the tests did."""
    operator.hosts("delete", "--lab", STACK, "--all")
    made = {
        name: json.loads(
            operator.machines(
                *("create", "--lab", STACK, "--subnet", SUBNET, "--name", name, *size),
                *("--authorized-key", key),
            )
        )
        for name, size in SIZES.items()
    }
    run(made["n2"], SWAP)
    yield made
    operator.machines("delete", "--lab", STACK, "--all")


def run(host: dict[str, str], script: str) -> str:
    """Standard output of a script that root runs on a machine."""
    words = ["ssh", *OPTIONS.split(), f"{host['user']}@{host['address']}"]
    command = f"sudo -n bash -c {shlex.quote(script)}"
    done = subprocess.run(
        [*words, command], capture_output=True, text=True, timeout=120 * PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def pods(operator: Operator, hosts: Hosts) -> Pods:
    push_toolbox_to(operator, hosts["n1"])
    pods = Pods(operator=operator)
    pods.start()
    return pods


def stack(hosts: Hosts) -> dict[str, Any]:
    configuration = copy.deepcopy(CONFIGURATION)
    configuration["kubernetes"] |= {"proxyMode": "ipvs"}
    configuration["hosts"] = {
        "provider": "ssh",
        "kernel": "own",
        "user": hosts["n1"]["user"],
        "nodes": [
            {
                "name": name,
                "roles": ROLES[name],
                "address": host["address"],
                "hostKey": host["hostKey"],
            }
            for name, host in hosts.items()
        ],
    }
    return configuration


def test_machines_with_kernels_of_their_own_become_a_cluster(
    operator: Operator, hosts: Hosts
) -> None:
    assert run(hosts["n2"], "swapon --noheadings --show=NAME").strip() == "/swapfile"
    operator.begin_anew()
    operator.configure(stack(hosts))
    operator.run("init", "--ssh-agent")
    operator.run("check-hosts")
    operator.run("up", limit=1200)
    nodes = operator.kubectl("get nodes --no-headers").splitlines()
    assert [line.split()[:2] for line in nodes] == [["n1", "Ready"], ["n2", "Ready"]]
    assert UNCHANGED.search(operator.run("up"))


def test_the_kubelets_use_version_2_of_cgroups_through_systemd(
    operator: Operator, hosts: Hosts
) -> None:
    for name, host in hosts.items():
        settings = json.loads(operator.kubectl(f"get --raw /api/v1/nodes/{name}/proxy/configz"))
        assert settings["kubeletconfig"]["cgroupDriver"] == "systemd"
        assert run(host, "stat -f -c %T /sys/fs/cgroup").strip() == "cgroup2fs"
        assert run(host, "ls -d /sys/fs/cgroup/kubepods.slice/*.slice").split()


def test_swap_is_off_for_good(hosts: Hosts) -> None:
    assert run(hosts["n2"], "swapon --noheadings --show=NAME") == ""


def test_services_stand_in_the_tables_of_ipvs(hosts: Hosts) -> None:
    api = "TCP  0A600001:01BB"
    for host in hosts.values():
        assert api in run(host, "cat /proc/net/ip_vs")


def test_names_are_found_in_pods_although_hosts_resolve_at_a_local_stub(
    pods: Pods, hosts: Hosts
) -> None:
    assert "127.0.0.53" in run(hosts["n1"], "cat /etc/resolv.conf")
    for pod in pods.on_nodes().values():
        answer = pods.run(pod, "dig +short +time=3 kubernetes.default.svc.cluster.local")
        assert answer.strip() == "10.96.0.1", pod.node


def test_pods_reach_each_other_by_the_kernels_encrypted_datapath(pods: Pods) -> None:
    on = pods.on_nodes()
    assert pods.fetches(on["n1"], on["n2"])
    assert pods.fetches(on["n2"], on["n1"])
    status = pods.operator.kubectl(
        "-n kube-system exec ds/weave-net -c weave -- /home/weave/weave --local status connections"
    )
    assert re.search(r"established\s+encrypted\s+fastdp", status), status
    packets, clear = pods.captured_in_clear(on["n1"], on["n2"])
    assert packets > 5
    assert clear == 0


def test_a_machine_that_reboots_is_back_by_itself(
    operator: Operator, pods: Pods, hosts: Hosts
) -> None:
    boot = "cat /proc/sys/kernel/random/boot_id"
    before = run(hosts["n2"], boot)
    run(hosts["n2"], "systemctl --no-block reboot")
    eventually(lambda: rebooted(hosts["n2"], boot, before), "n2 is back", seconds=120)
    pods.wait()
    # Its pods have new addresses.
    eventually(lambda: reached(pods), "n1 → n2 and back", seconds=120)
    assert "Ready" in operator.kubectl("get node n2 --no-headers").split()
    assert run(hosts["n2"], "swapon --noheadings --show=NAME") == ""


def rebooted(host: dict[str, str], boot: str, before: str) -> bool:
    """Whether the machine answers and runs another boot than before."""
    words = ["ssh", *OPTIONS.split(), "-o", "ConnectTimeout=5", f"{host['user']}@{host['address']}"]
    done = subprocess.run([*words, boot], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout != before


def reached(pods: Pods) -> bool:
    """Whether the pods of both nodes, as they are now, get the payload from each other."""
    on = pods.on_nodes()
    return pods.fetches(on["n1"], on["n2"]) and pods.fetches(on["n2"], on["n1"])


def test_machines_outlive_the_cluster_and_are_clean(operator: Operator, hosts: Hosts) -> None:
    operator.run("down")
    assert operator.names() == set()
    for host in hosts.values():
        assert run(host, LEFT_BEHIND) == ""
