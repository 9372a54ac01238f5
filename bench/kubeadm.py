"""A cluster of two hosts that have everything, made twice: by the appliance's scripts, and by kubeadm alone.

Owns both ways and clearing the hosts between them. Does not own the hosts: a replay made them and its cluster, so that
packages, programs and images lie on them.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from bench import steps
from bench.failure import BenchError
from bench.replay import NETWORK, Replay, parameters
from bench.span import Span
from bench.steps import Step
from components.cluster.kubeadm import CA_HASH, TOKEN
from components.machines.node_script import command_line
from components.machines.parameters import render

JOIN: Final = re.compile(r"--token (\S+) +--discovery-token-ca-cert-hash (\S+)")
BOTH: Final = ("haproxy", "kubelet")


@dataclass(frozen=True, kw_only=True)
class Hosts:
    """The replay's first control plane and its worker, by their documents for the membership commands."""

    replay: Replay
    control_plane: dict[str, Any]
    worker: dict[str, Any]

    def clear(self) -> None:
        """Both hosts leave the cluster; images and programs stay."""
        for each in (self.worker, self.control_plane):
            self.verb(each, "leave")

    def by_scripts(self) -> tuple[Span, ...]:
        """Membership and network by the appliance's own scripts."""
        all_steps = self.replay.steps()
        names = (
            *(name for name in all_steps if name.endswith(("-member", "-kubeconfig"))),
            NETWORK,
        )
        return steps.run({name: all_steps[name] for name in names})

    def by_kubeadm(self) -> tuple[Span, ...]:
        """Init, network, join and both nodes Ready, by kubeadm and kubectl alone."""
        for each in (self.control_plane, self.worker):
            self.on(each, f"systemctl enable -q {' '.join(BOTH)}; systemctl start haproxy")
        return steps.run(
            {
                "kubeadm init": Step(run=self.init),
                NETWORK: Step(run=self.replay.network, after=frozenset({"kubeadm init"})),
                "kubeadm join": Step(run=self.join, after=frozenset({NETWORK})),
                "nodes Ready": Step(run=self.ready, after=frozenset({"kubeadm join"})),
            }
        )

    def init(self) -> None:
        """The control plane, and its credentials."""
        init = self.control_plane["parameters"]["KUBEADM_INIT"]
        self.on(self.control_plane, kubeadm("init --skip-token-print"), init)
        address = self.control_plane["connection"]["address"]
        admin = self.on(self.control_plane, "cat /etc/kubernetes/admin.conf")
        self.replay.kubeconfig.write_text(
            re.sub(r"server: .*", f"server: https://{address}:6443", admin)
        )

    def join(self) -> None:
        """The worker, with a token made for it."""
        printed = self.on(self.control_plane, "kubeadm token create --print-join-command")
        self.on(self.worker, kubeadm("join"), joining(self.worker, printed))

    def ready(self) -> None:
        """Both nodes, as the appliance's scripts wait for them."""
        self.replay.kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=300s")

    def verb(self, host: dict[str, Any], verb: str) -> None:
        """A verb of the node script on one host."""
        own = {name: host["parameters"][name] for name in ("NODE_NAME", "NODE_ADDRESS")}
        self.on(host, command_line(host["script"], verb), render(own))

    def on(self, host: dict[str, Any], command: str, stdin: str = "") -> str:
        """Standard output of a command on one host."""
        return self.replay.ssh(host["connection"]["address"], command, stdin)


def hosts(replay: Replay) -> Hosts:
    """The two hosts of a replay that is done."""
    members = [each for each in replay.resources if each.name.endswith("-member")]
    documents = {json.loads(each.inputs["stdin"])["role"]: parameters(each) for each in members}
    return Hosts(
        replay=replay, control_plane=documents["control-plane"], worker=documents["worker"]
    )


def kubeadm(words: str) -> str:
    """A kubeadm command that reads its configuration from standard input."""
    file = "/run/bench-kubeadm.yaml"
    return f"cat >{file}; kubeadm {words} --config {file} >/dev/null"


def joining(worker: dict[str, Any], printed: str) -> str:
    """The worker's configuration with the token and hash of the join command that kubeadm printed."""
    found = JOIN.search(printed)
    if found is None:
        raise BenchError("kubeadm printed no join command")
    text: str = worker["parameters"]["KUBEADM_JOIN"]
    return text.replace(TOKEN, found[1]).replace(CA_HASH, found[2])
