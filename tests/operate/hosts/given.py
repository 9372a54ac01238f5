"""A host that is fine, as the probe tells of it, and what is demanded of it; tests change one thing."""

from dataclasses import replace
from typing import Any

from operate.hosts.facts import Cluster, Facts, parse
from operate.hosts.look import Seen, Skew
from operate.hosts.requirements import (
    BUNDLED_SYSTEMS,
    CONTROL_PLANE_PORTS,
    NETWORK_PORTS,
    NODE_PARTS,
    NODE_PORTS,
    REGISTRY_PORTS,
    Limits,
    Requirements,
)

OURS = Cluster(name="appliance-site", fingerprint="ab" * 32)
OTHERS = Cluster(name="appliance-site", fingerprint="cd" * 32)

ANSWER = """\
begin
privilege=sudo
user=admin
system=debian 12
system_name=Debian GNU/Linux 12 (bookworm)
hostname=n1
machine_id=0123456789abcdef0123456789abcdef
product_uuid=01234567-89ab-cdef-0123-456789abcdef
systemd=yes
cgroup=2
cgroup_controllers=cpuset cpu io memory hugetlb pids rdma misc
architecture=x86_64
kernel=6.1.0-40-amd64
cpus=4
memory_kib=8388608
free_kib=10485760 /
free_kib=52428800 /var/lib
address=127.0.0.1
address=192.0.2.11
ports=readable
port=tcp 22 sshd ssh.service
port=udp 68 - -
kernel_part=overlay yes
kernel_part=br_netfilter yes
kernel_part=openvswitch no
program=bash
program=curl
program=ip
program=ss
sftp=yes
synchronised=yes
clock=1795266939.586986524
end
"""


def fine(**changes: Any) -> Facts:
    """The facts of a host that is fine, but for the changes."""
    return replace(parse(ANSWER), **changes)


def wanted(**changes: Any) -> Requirements:
    """What is demanded of a control plane, but for the changes."""
    usual = Requirements(
        name="n1",
        address="192.0.2.11",
        control_plane=True,
        leaving=False,
        shares_a_kernel=False,
        kubernetes=(1, 35),
        source="bundle",
        systems=BUNDLED_SYSTEMS,
        ports=(*CONTROL_PLANE_PORTS, *REGISTRY_PORTS, *NODE_PORTS, *NETWORK_PORTS["weave"]),
        kernel_parts=NODE_PARTS,
        disk=Limits(warn=20480, fail=8192),
        memory=Limits(warn=1900, fail=1700),
        cpus=Limits(warn=2, fail=2),
        clock_skew=Limits(warn=2, fail=60),
    )
    return replace(usual, **changes)


def seen(name: str, skew: float = 0.0, *, shares_a_kernel: bool = False, **facts: Any) -> Seen:
    """A host of that name with identities of its own; its clock was read within a tenth of a second."""
    own = {"hostname": name, "machine_id": f"id of {name}", "product_uuid": f"uuid of {name}"}
    return Seen(
        wanted=wanted(name=name, shares_a_kernel=shares_a_kernel),
        facts=fine(**(own | facts)),
        skew=Skew(low=skew - 0.05, high=skew + 0.05),
    )
