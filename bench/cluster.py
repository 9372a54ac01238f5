"""The cluster that rows are measured on: two hosts of this machine, with a lab, a network and a stack of their own.

Owns its configuration and its life. Does not own what is measured.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any, Final

from bench.checkout import Checkout, make
from bench.command import Place
from bench.events import Event, Follower
from operate import event_log
from operate.commands.up import up
from operate.phases import Phases
from operate.workplace import bundle_of, read

LAB: Final = os.environ.get("APPLIANCE_BENCH_LAB", "bench")
SUBNET: Final = IPv4Network(os.environ.get("APPLIANCE_BENCH_SUBNET", "10.87.0.0/24"))
FIRST: Final = 11
"""Hosts have addresses of their own choice, so that a cluster can be made again with the same parameters."""


def node(number: int, *roles: str) -> dict[str, Any]:
    """A node of the configuration."""
    return {"name": f"n{number}", "roles": list(roles), "address": str(SUBNET[FIRST + number - 1])}


NODES: Final = (node(1, "control-plane", "worker"), node(2, "worker"))
ONE_MORE: Final = node(3, "worker")


def configuration(nodes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The stack `core` on this lab."""
    lab = {"name": LAB, "subnet": str(SUBNET)}
    return {
        "hosts": {"provider": "local", "lab": lab, "nodes": list(nodes)},
        "kubernetes": {"version": "1.35.4"},
        "network": {"provider": "weave", "encryption": True},
        "airgap": {"bundle": "local"},
        "protection": False,
    }


@dataclass(frozen=True, kw_only=True)
class Up:
    """How one `make up` went: its whole time, its phases, and the engine's events from `began` on."""

    whole: float
    phases: Sequence[tuple[str, float]]
    events: Sequence[Event]
    began: float

    @property
    def seconds(self) -> float:
        """How long `pulumi up` took, from starting its process to its end."""
        return dict(self.phases)["pulumi up"]


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The stack's checkout and the environment of its commands."""

    checkout: Checkout
    place: Place

    def hosts(self, *words: str) -> str:
        """A command of the lab."""
        return self.place.run("python", "-m", "lab.hosts", *words, together=False).output

    def delete_hosts(self) -> None:
        """Pull the plug of all of them and take them away."""
        self.hosts("delete", "--lab", LAB, "--all")

    def addresses(self) -> dict[str, str]:
        """The hosts that there are."""
        listed = json.loads(self.hosts("list", "--lab", LAB, "--json"))
        return {host["name"]: host["address"] for host in listed}


@dataclass
class Clock(Phases):
    """Phases that remember when each of them began, by the monotonic clock."""

    began: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """The same, with its beginning."""
        self.began[name] = time.monotonic()
        with super().phase(name):
            yield


@contextmanager
def fresh() -> Iterator[Cluster]:
    """A stack with nothing made yet; afterwards its hosts are gone."""
    checkout = make(LAB, configuration(NODES))
    with chdir(checkout.directory):
        # Built here, so that no measured `make up` builds anything.
        bundle = bundle_of(read(LAB)[1], Phases())
    with checkout.opened(APPLIANCE_BUNDLE=str(bundle)) as place:
        cluster = Cluster(checkout=checkout, place=place)
        cluster.delete_hosts()
        try:
            yield cluster
        finally:
            cluster.delete_hosts()


def bring_up(cluster: Cluster) -> Up:
    """`make up` with everything that can be built lying ready."""
    log = cluster.checkout.directory / "events.log"
    log.unlink(missing_ok=True)
    follower = Follower(log)
    phases = Clock()
    follower.start()
    began = time.monotonic()
    try:
        with chdir(cluster.checkout.directory):
            up(
                cluster.checkout.stack,
                [event_log.OPTION, str(log)],
                phases,
                wait=False,
                look_at_hosts=False,
                hold_policies=True,
            )
    finally:
        found = follower.end()
    return Up(
        whole=time.monotonic() - began,
        phases=phases.finished,
        events=found,
        began=phases.began["pulumi up"],
    )
