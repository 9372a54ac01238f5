"""A lab's switch and the cables of its hosts.

Owns namespaces, links and addresses. The bridge is in a namespace of its own, where nothing is forwarded: hosts reach
each other and this machine, and nothing else. Does not own which address a host has.
"""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from lab.hosts import state
from lab.hosts.addresses import Subnet
from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab
from lab.hosts.process import run

NAMESPACES = Path("/run/netns")
MACHINE_LOCK = Path("/run/lock/appliance-lab/networks.lock")
BRIDGE = "switch"
NIC = "eth0"


def ensure_switch(lab: Lab, subnet: Subnet) -> None:
    """Make the lab's bridge and the cable to it, or what is missing of them."""
    inside = lab.namespace
    _ensure_namespace(inside)
    links = _links(inside)
    if BRIDGE not in links:
        _ip(inside, "link", "add", BRIDGE, "type", "bridge")
    if lab.uplink not in _links() or "uplink" not in links:
        remove_link(None, lab.uplink)
        remove_link(inside, "uplink")
        _ip(None, "link", "add", lab.uplink, "type", "veth", "peer", "uplink", "netns", inside)
    _ip(inside, "link", "set", "uplink", "master", BRIDGE, "up")
    _ip(inside, "addr", "replace", f"{subnet.gateway}/{subnet.length}", "dev", BRIDGE)
    _ip(inside, "link", "set", BRIDGE, "up")
    closed = "echo 0 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv6/conf/all/forwarding"
    run("ip", "netns", "exec", inside, "sh", "-ceu", closed)
    # This machine may be a router for others; it is none for the lab.
    Path(f"/proc/sys/net/ipv4/conf/{lab.uplink}/forwarding").write_text("0")
    with suppress(FileNotFoundError):
        Path(f"/proc/sys/net/ipv6/conf/{lab.uplink}/disable_ipv6").write_text("1")
    # Looked at again, with the whole machine locked: two labs of two state directories know nothing of each other.
    with state.locked(MACHINE_LOCK, "this machine's lab networks"):
        refuse_overlap(lab, subnet)
        _ip(None, "addr", "replace", f"{subnet.machine}/{subnet.length}", "dev", lab.uplink)
        _ip(None, "link", "set", lab.uplink, "up")


def remove_switch(lab: Lab) -> None:
    """Remove the bridge, the cable and the namespace, as far as they are there."""
    remove_link(None, lab.uplink)
    _remove_namespace(lab.namespace)


def attach(host: HostId, address: IPv4Address, subnet: Subnet) -> None:
    """A fresh namespace with one interface, on the lab's bridge; an old one goes with all that was set up in it."""
    detach(host)
    _ensure_namespace(host.namespace)
    peer = ("peer", NIC, "address", host.mac, "netns", host.namespace)
    _ip(host.lab.namespace, "link", "add", host.port, "type", "veth", *peer)
    _ip(host.lab.namespace, "link", "set", host.port, "master", BRIDGE, "up")
    _ip(host.namespace, "link", "set", "lo", "up")
    _ip(host.namespace, "addr", "add", f"{address}/{subnet.length}", "dev", NIC)
    _ip(host.namespace, "link", "set", NIC, "up")
    _ip(host.namespace, "route", "add", "default", "via", str(subnet.gateway))


def attach_tap(host: HostId) -> None:
    """The bridge's end of a cable whose other end is a program: a virtual machine, which has its own side of it."""
    namespace = host.lab.namespace
    remove_link(namespace, host.port)
    _ip(namespace, "tuntap", "add", host.port, "mode", "tap")
    _ip(namespace, "link", "set", host.port, "master", BRIDGE, "up")


def detach(host: HostId) -> None:
    """Remove the host's namespace and cable, as far as they are there."""
    # The kernel takes a namespace apart in its own time; the link must be gone when we return.
    if (NAMESPACES / host.lab.namespace).exists():
        remove_link(host.lab.namespace, host.port)
    _remove_namespace(host.namespace)


def refuse_overlap(lab: Lab, subnet: Subnet) -> None:
    """LabError if this machine already reaches an overlapping network by another link than the lab's."""
    routes = json.loads(run("ip", "-json", "-4", "route", "show", "table", "main"))
    for route in routes:
        if route["dst"] == "default" or route.get("dev") == lab.uplink:
            continue
        network = IPv4Network(route["dst"], strict=False)
        if network.overlaps(subnet.network):
            raise LabError(
                f"{subnet.network} overlaps {network}, which this machine reaches by {route.get('dev')}; give the lab "
                "another subnet"
            )


def remove_link(namespace: str | None, link: str) -> None:
    """Remove a link if it is there."""
    if link in _links(namespace):
        _ip(namespace, "link", "delete", link)


def _links(namespace: str | None = None) -> set[str]:
    try:
        return {
            link["ifname"] for link in json.loads(_ip(namespace, "-json", "link", "show") or "[]")
        }
    except LabError:
        if namespace is None:
            raise
        return set()  # half made or half removed: a file without a namespace


def _ensure_namespace(name: str) -> None:
    file = NAMESPACES / name
    if file.exists() and not os.path.samestat(file.stat(), Path("/proc/self/ns/net").stat()):
        with suppress(LabError):
            _ip(name, "link", "set", "lo", "up")
            return
    # `ip netns add` makes a file and mounts on it; killed in between, it leaves a plain file.
    _remove_namespace(name)
    run("ip", "netns", "add", name)


def _remove_namespace(name: str) -> None:
    file = NAMESPACES / name
    if not file.exists():
        return
    with suppress(LabError):
        run("ip", "netns", "delete", name)
    file.unlink(missing_ok=True)


def _ip(namespace: str | None, *arguments: str) -> str:
    where: Sequence[str] = ("-netns", namespace) if namespace else ()
    return run("ip", *where, *arguments)
