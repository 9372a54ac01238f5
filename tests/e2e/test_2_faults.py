"""A bring-up that is disturbed at every step, and ends as if nothing had been.

The tests are steps of one life, in the order of the file.
"""

import copy
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.operator import CONFIGURATION, STACK, Operator
from tests.e2e.pods import eventually

pytestmark = pytest.mark.e2e

# This life has other settings than the first, so that both are seen for real.
TWO_NODES: dict[str, Any] = copy.deepcopy(CONFIGURATION)
TWO_NODES["kubernetes"] |= {"proxyMode": "nftables", "extraSans": ["kube.example.test"]}
TWO_NODES["hosts"]["nodes"][0]["labels"] = {"example.com/rack": "r1"}
TWO_NODES["hosts"]["nodes"][1]["taints"] = ["example.com/use=build:NoSchedule"]
ONE_NODE: dict[str, Any] = copy.deepcopy(TWO_NODES)
del ONE_NODE["hosts"]["nodes"][1]
UNCHANGED = re.compile(r"Resources:\n\s+\d+ unchanged\n")


def left_over(operator: Operator) -> list[str]:
    """Command lines of processes that a command of this operator started and that still run; hosts do not count."""
    mark = f"APPLIANCE_STATE={operator.state}\0".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if mark in environment and "nspawn" not in line and int(process.name) != os.getpid():
            found.append(line)
    return found


def test_a_killed_push_and_a_taken_port_are_survived(operator: Operator) -> None:
    operator.configure(ONE_NODE)
    operator.killed_when(r"n1-bundle.*blobs moved", "up")
    operator.ssh(
        "n1",
        "systemd-run --unit squatter systemd-socket-activate --accept --inetd -l 6443 /bin/cat",
    )
    printed = operator.fails("up")
    assert re.search(r"n1: error: port 6443 is taken by .*systemd-socket", printed), printed[-2000:]
    operator.ssh("n1", "systemctl stop squatter")


def test_an_up_that_is_killed_during_kubeadm_init_is_finished_by_the_next(
    operator: Operator,
) -> None:
    operator.killed_when(r"n1-member .*kubeadm init", "up")
    operator.killed_when(r"weave-daemon-set creating .*Available", "up")


def test_an_up_that_is_killed_while_the_network_starts_is_finished_by_the_next(
    operator: Operator,
) -> None:
    operator.run("up")
    nodes = operator.kubectl("get nodes --no-headers").splitlines()
    assert [line.split()[:2] for line in nodes] == [["n1", "Ready"]]
    assert operator.kubectl("-n kube-system get ds -o name").split() == [
        "daemonset.apps/kube-proxy",
        "daemonset.apps/weave-net",
    ]
    assert UNCHANGED.search(operator.run("up"))
    # An SSH agent looks every ten seconds whether the command that it was started for still runs.
    eventually(lambda: left_over(operator) == [], "no process is left", seconds=20)


def test_a_host_that_loses_power_while_it_joins_joins_with_the_next_up(operator: Operator) -> None:
    operator.configure(TWO_NODES)
    process = operator.start("up")
    assert process.stdout is not None
    for line in process.stdout:
        if "n2-member creating" in line:
            break
    operator.hosts("power-off", "--lab", STACK, "--name", "n2")
    rest, _ = process.communicate(timeout=600)
    assert process.returncode != 0, rest[-2000:]
    operator.hosts("start", "--lab", STACK, "--name", "n2")
    operator.run("up")
    nodes = operator.kubectl("get nodes --no-headers").splitlines()
    assert [line.split()[:2] for line in nodes] == [["n1", "Ready"], ["n2", "Ready"]]


def test_nodes_are_what_the_configuration_says(operator: Operator) -> None:
    labels = operator.kubectl_json("get node n1")["metadata"]["labels"]
    assert labels["example.com/rack"] == "r1"
    taint = {"key": "example.com/use", "value": "build", "effect": "NoSchedule"}
    # Kubernetes takes its own taint, not-ready, off a moment after the node says that it is.
    eventually(
        lambda: operator.kubectl_json("get node n2")["spec"]["taints"] == [taint],
        f"n2 has the taint {taint} and no other",
    )
    assert "kube-proxy" in operator.ssh("n2", "nft list tables ip")
    certificate = operator.shell(
        "openssl s_client -connect $(pulumi stack output endpoint) </dev/null 2>/dev/null"
        " | openssl x509 -noout -ext subjectAltName"
    )
    assert "DNS:kube.example.test" in certificate


def test_a_stack_that_was_disturbed_so_often_is_destroyed_like_any_other(
    operator: Operator,
) -> None:
    operator.run("down")
    assert operator.names() == set()
    # An SSH agent looks every ten seconds whether the command that it was started for still runs.
    eventually(lambda: left_over(operator) == [], "no process is left", seconds=20)
