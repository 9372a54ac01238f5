"""What counts as drift, from the ground up: each file a pure function from facts to rows."""

from collections.abc import Callable, Iterable
from typing import Final

from operate.drift.facts import Facts
from operate.drift.judgements import certificates, hosts, kubeadm, nodes, objects
from operate.drift.row import Row

JUDGEMENTS: Final[tuple[Callable[[Facts], Iterable[Row]], ...]] = (
    hosts.judge,
    kubeadm.judge,
    certificates.judge,
    nodes.judge,
    objects.judge,
)
