"""Whether a host may be what was asked for: its lab's subnet and its own address, decided once and kept for life.

Owns the refusals and the first record. Does not own links: the decision stands before anything is made.
"""

import json
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from lab.hosts import addresses, network, rootfs, state
from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a caller asks for; None leaves the choice to the lab."""

    subnet: str | None = None
    address: str | None = None


def admit(host: HostId, request: Request) -> state.Record:
    """The host's record: the one it has if that is what is asked for, else a new one, saved. LabError on a conflict."""
    with state.locked(host.lab.lock, f"lab {host.lab.name}"):
        try:
            return _decide(host, request)
        except LabError:
            if not state.hosts(host.lab):
                rootfs.remove(host.lab.directory)
            raise


def _decide(host: HostId, request: Request) -> state.Record:
    subnet = _subnet(host.lab, request.subnet)
    record = state.load(host)
    if record is not None:
        _same(host, record, request)
        return record
    taken = _taken(host.lab)
    address = subnet.admit(request.address, taken) if request.address else subnet.choose(taken)
    record = state.Record(phase=state.Phase.CREATING, address=address, subnet=str(subnet.network))
    state.save(host, record)
    return record


def _same(host: HostId, record: state.Record, request: Request) -> None:
    if request.address is None:
        return
    if addresses.parse(request.address, f"the host has {record.address}") != record.address:
        raise LabError(
            f"host {host} has address {record.address} for life, and {request.address} was asked for; "
            "delete it first, or ask for its own"
        )


def _taken(lab: Lab) -> set[IPv4Address]:
    """Addresses of the lab's hosts, of half made ones too."""
    records = (state.load(host) for host in state.hosts(lab))
    return {record.address for record in records if record}


def _subnet(lab: Lab, asked: str | None) -> addresses.Subnet:
    """The lab's subnet; a new lab gets the one asked for. The caller holds the lab's lock."""
    file = _file(lab)
    wanted = addresses.Subnet.parse(asked) if asked else None
    if (kept := _kept(file)) is not None and state.hosts(lab):
        if wanted and wanted.network != IPv4Network(kept):
            raise LabError(
                f"lab {lab.name} has subnet {kept}, and {asked} was asked for; delete its hosts first, "
                "or leave the subnet out"
            )
        return addresses.Subnet.parse(kept)
    subnet = wanted or addresses.Subnet.parse(addresses.DEFAULT)
    with state.locked(lab.home / ".locks" / "subnets.lock", "the labs' subnets"):
        for other in state.labs(lab.home):
            if other != lab and (theirs := _kept(_file(other))):
                _apart(other, subnet, theirs)
        network.refuse_overlap(lab, subnet)
        lab.directory.mkdir(parents=True, exist_ok=True)
        state.write(file, json.dumps({"subnet": str(subnet.network)}) + "\n")
    return subnet


def _apart(other: Lab, subnet: addresses.Subnet, theirs: str) -> None:
    if subnet.network.overlaps(IPv4Network(theirs)):
        raise LabError(
            f"{subnet.network} overlaps the subnet {theirs} of lab {other.name}; give another with --subnet"
        )


def _file(lab: Lab) -> Path:
    return lab.directory / "lab.json"


def _kept(file: Path) -> str | None:
    try:
        return str(json.loads(file.read_text())["subnet"])
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError) as error:
        raise LabError(f"{file} is damaged ({error}); delete the lab with --all") from error
