"""Certificates that end soon: those on the hosts, and the operator's own. When is `make status`'s to say."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from operate.drift.facts import Facts
from operate.drift.row import Row, row
from operate.status.sections.certificates import SOON, ended

WANTED: Final = f"{SOON.days} days or more to go"
KUBELET_S: Final = "kubelet-client-current.pem"
AUTHORITIES: Final = ("ca.crt", "etcd/ca.crt", "front-proxy-ca.crt")
ASKS: Final = "on {where}: systemctl restart kubelet; it then asks for a new one"
FOR_LIFE: Final = (
    "an authority is for the cluster's life; see kubeadm's documents on renewing one by hand"
)
RENEW: Final = "on {where}: kubeadm certs renew all, then start the control plane's pods anew"
OPERATOR_S: Final = (
    "renew admin.conf on a control plane, then "
    "make up STACK={stack} ARGS='--replace **::control-plane-kubeconfig'"
)


def judge(facts: Facts) -> Iterator[Row]:
    """A row for each certificate that ends soon or has ended."""
    for node in facts.state.nodes:
        for name, until in sorted(facts.hosts[node.name].certificates.items()):
            if until - facts.now < SOON:
                yield _row(name, node.name, until, facts, _cure(name, node.name))
    if facts.kubeconfig and facts.kubeconfig - facts.now < SOON:
        cure = OPERATOR_S.format(stack=facts.stack)
        yield _row("the operator's", "kubeconfig", facts.kubeconfig, facts, cure)


def _row(name: str, where: str, until: datetime, facts: Facts, cure: str) -> Row:
    found = ended(until, facts.now)
    return row(what=f"certificate {name}", where=where, wanted=WANTED, found=found, cure=cure)


def _cure(name: str, where: str) -> str:
    if name.endswith(KUBELET_S):
        return ASKS.format(where=where)
    return FOR_LIFE if name.removeprefix("pki/") in AUTHORITIES else RENEW.format(where=where)
