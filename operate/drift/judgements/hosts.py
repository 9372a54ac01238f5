"""What hosts say themselves that is not as the node script made it, and what puts it right.

Owns the cures. What they say is the node script's `drift`; what only who knows the cluster can judge is in kubeadm.py.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from operate.drift.facts import Facts, Found
from operate.drift.row import Row, row

BY_HAND: Final[Mapping[str, str]] = {
    "unit": "on {host}: systemctl enable --now {name}",
    "sysctl": "on {host}: sysctl --load /etc/sysctl.d/90-appliance.conf",
    "swap": "on {host}: swapoff --all, and take it out of /etc/fstab",
    "flag": "on {host}: put it right in {file}, then systemctl restart kubelet",
    "runtime": "on {host}: systemctl restart containerd",
}
"""Cures that are a command on the host."""

FLAGS: Final[Mapping[str, str]] = {
    "--node-ip": "/var/lib/kubelet/kubeadm-flags.env",
    "KUBELET_EXTRA_ARGS": "/etc/default/kubelet",
}
"""The files of kubelet's flags."""

AGAIN: Final = "make up STACK={stack} ARGS='--replace **::{host}-{step}'"
"""Runs the step on the host once more; it changes what differs and nothing else."""

OF_OSD: Final = (
    "on {host}: put it back as it was; replacing {host}-osd would destroy the OSD's data"
)
UNJUDGED: Final = ("kubelet", "image")
"""Kinds of lines that only show what is there."""


def judge(facts: Facts) -> Iterator[Row]:
    """A row for each line whose two halves differ."""
    for node in facts.state.nodes:
        for one in facts.hosts[node.name].found:
            if one.kind not in UNJUDGED and one.wanted != one.found:
                yield row(
                    what=one.kind if one.name == one.kind else f"{one.kind} {one.name}",
                    where=node.name,
                    wanted=one.wanted,
                    found=one.found,
                    cure=cure(facts.stack, node.name, one),
                )


def cure(stack: str, host: str, found: Found) -> str:
    """What puts it right."""
    if found.kind in BY_HAND:
        file = FLAGS.get(found.name, "")
        return BY_HAND[found.kind].format(host=host, name=found.name, file=file)
    if found.kind == "script":
        return AGAIN.format(stack=stack, host=host, step="script")
    name = PurePosixPath(found.name).name
    if name.startswith("appliance-osd"):
        return OF_OSD.format(host=host)
    of_registry = name.startswith(("registry.", "appliance-registry"))
    return AGAIN.format(stack=stack, host=host, step="registry" if of_registry else "prepare")
