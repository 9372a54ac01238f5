"""Nodes as the cluster has them: there, of the stack's version, with the labels and taints of the configuration.

A cordon, and labels and taints of others, are no drift.
"""

from collections.abc import Iterator
from typing import Any, Final

from operate.drift.facts import Facts, Told
from operate.drift.row import ABSENT, Row, row
from operate.status.facts import Object

REJOIN: Final = "see docs/user/troubleshooting.md; make status tells how its host is"
KUBELET: Final = "on {name}: systemctl restart kubelet"
LABEL: Final = "make shell STACK={stack}, then kubectl label --overwrite node {name} {item}"
TAINT: Final = "make shell STACK={stack}, then kubectl taint --overwrite node {name} {item}"


def judge(facts: Facts) -> Iterator[Row]:
    """Rows for each node."""
    if facts.mute:
        return
    for name, told in facts.prescribed.hosts.items():
        found = facts.nodes.get(name)
        if found is None:
            yield row(what="node", where=name, wanted="there", found=ABSENT, cure=REJOIN)
            continue
        yield from _version(name, told, found)
        yield from _marks(facts.stack, name, told, found)


def _version(name: str, told: Told, found: Object) -> Iterator[Row]:
    """What runs, which may be older than what lies on the disk."""
    runs = str(found.get("status", {}).get("nodeInfo", {}).get("kubeletVersion", ABSENT))
    if runs != f"v{told.version}":
        cure = KUBELET.format(name=name)
        what = "version of the kubelet that runs"
        yield row(what=what, where=name, wanted=f"v{told.version}", found=runs, cure=cure)


def _marks(stack: str, name: str, told: Told, found: Object) -> Iterator[Row]:
    labels = found["metadata"].get("labels") or {}
    for item in told.labels:
        key, _, wanted = item.partition("=")
        if (has := labels.get(key)) != wanted:
            cure = LABEL.format(stack=stack, name=name, item=item)
            shown = ABSENT if has is None else f"{key}={has}"
            yield row(what=f"label {key}", where=name, wanted=item, found=shown, cure=cure)
    taints = [_taint(one) for one in found["spec"].get("taints") or ()]
    for item in told.taints:
        if _normal(item) not in taints:
            cure = TAINT.format(stack=stack, name=name, item=item)
            yield row(what="taint", where=name, wanted=item, found=ABSENT, cure=cure)


def _taint(taint: dict[str, Any]) -> str:
    return f"{taint['key']}={taint.get('value') or ''}:{taint['effect']}"


def _normal(item: str) -> str:
    """KEY=VALUE:EFFECT of a taint that may have no value."""
    key, _, effect = item.rpartition(":")
    return f"{key if '=' in key else key + '='}:{effect}"
