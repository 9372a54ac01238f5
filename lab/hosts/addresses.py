"""Addresses in a lab's subnet: which there are, which are taken, and which subnets cannot be a lab's.

Owns the arithmetic. Does not own the links that carry the addresses.
"""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from lab.hosts.failure import LabError

DEFAULT = "10.77.0.0/24"
FIRST = 11
"""Hosts are numbered from here; the ones below are given out when all above are taken."""

LONGEST_PREFIX = 28
SHORTEST_PREFIX = 16
CLUSTER = {
    "Weave's pod network": IPv4Network("10.32.0.0/12"),
    "the service network": IPv4Network("10.96.0.0/12"),
    "Flannel's pod network": IPv4Network("10.244.0.0/16"),
}
"""Networks that clusters use by default: a lab there would hide them, or be hidden."""


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A lab's network: .1 is this machine, the last address is the gateway that leads nowhere."""

    network: IPv4Network

    @classmethod
    def parse(cls, text: str) -> "Subnet":
        """From "10.77.0.0/24"; LabError if that cannot be a lab's network."""
        form = (
            f"give an IPv4 network such as {DEFAULT}, from /{SHORTEST_PREFIX} to /{LONGEST_PREFIX}"
        )
        try:
            network = IPv4Network(text)
        except (AddressValueError, NetmaskValueError, ValueError) as error:
            raise LabError(f"{text!r} is no network of a lab; {form}") from error
        if not SHORTEST_PREFIX <= network.prefixlen <= LONGEST_PREFIX:
            raise LabError(f"{network} is too small or too large for a lab; {form}")
        for what, other in CLUSTER.items():
            if network.overlaps(other):
                raise LabError(f"{network} overlaps {what} {other}; {form}")
        return cls(network=network)

    @property
    def machine(self) -> IPv4Address:
        """This machine's own address in the lab."""
        return self.network[1]

    @property
    def gateway(self) -> IPv4Address:
        """The bridge's address, every host's default route; nothing is forwarded there."""
        return self.network[-2]

    @property
    def length(self) -> int:
        """The prefix length."""
        return self.network.prefixlen

    def choose(self, taken: Collection[IPv4Address]) -> IPv4Address:
        """The lowest free address from .11 on, else below; LabError when there is none."""
        numbers = [*range(FIRST, self.network.num_addresses - 2), *range(2, FIRST)]
        for number in numbers:
            if self.network[number] not in taken:
                return self.network[number]
        raise LabError(
            f"no address is free in {self.network}; delete a host or make the lab anew with a larger subnet"
        )

    def admit(self, text: str, taken: Collection[IPv4Address]) -> IPv4Address:
        """A given address; LabError if no host may have it."""
        form = f"give one from {self.network[2]} to {self.network[-3]}, or none to have one chosen"
        address = parse(text, form)
        outside = address not in self.network or address in (self.network[0], self.network[-1])
        if outside or address in (self.machine, self.gateway):
            raise LabError(f"{address} cannot be a host's address in {self.network}; {form}")
        if address in taken:
            raise LabError(f"{address} belongs to another host of the lab; {form}")
        return address


def parse(text: str, form: str) -> IPv4Address:
    """An address; LabError with what is allowed otherwise."""
    try:
        return IPv4Address(text)
    except AddressValueError as error:
        raise LabError(f"{text!r} is no IPv4 address; {form}") from error
