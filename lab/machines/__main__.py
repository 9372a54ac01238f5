"""The command line: python -m lab.machines VERB. Results on standard output, progress on standard error."""

import argparse
import json
import sys
from collections.abc import Sequence

from bundle.debian import DebianError
from lab.hosts import listing
from lab.hosts.__main__ import INTERRUPTED, Progress
from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab
from lab.machines import image, machine
from lab.machines.qemu import Size


def parser() -> argparse.ArgumentParser:
    """All verbs and their options."""
    size = Size()
    top = argparse.ArgumentParser(
        prog="python -m lab.machines", description="Debian virtual machines on this machine."
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make a machine or find it made; prints where it is")
    create.add_argument(
        "--authorized-key", metavar="KEY", required=True, help="SSH public key that may log in"
    )
    create.add_argument("--subnet", help="the lab's IPv4 network")
    create.add_argument("--address", help="its IPv4 address (default: the lowest free one)")
    create.add_argument("--cpus", type=int, default=size.cpus, help="virtual processors")
    create.add_argument("--memory", type=int, default=size.memory, help="MiB")
    create.add_argument("--disk", type=int, default=size.disk, help="GiB; takes room as it is used")
    start = verbs.add_parser("start", help="boot a machine that is off")
    off = verbs.add_parser("power-off", help="take a machine's power away")
    for verb in (create, start, off):
        verb.add_argument("--lab", required=True)
        verb.add_argument("--name", required=True)
    listing_verb = verbs.add_parser("list", help="the machines and their state")
    listing_verb.add_argument("--lab", help="only this lab")
    listing_verb.add_argument("--json", action="store_true")
    delete = verbs.add_parser("delete", help="remove a machine with all it made, or all of a lab")
    delete.add_argument("--lab", required=True)
    which = delete.add_mutually_exclusive_group(required=True)
    which.add_argument("--name")
    which.add_argument("--all", action="store_true")
    verbs.add_parser("image", help="make what disks are filled from; prints its path")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    given = parser().parse_args(arguments)
    try:
        _run(given, Progress())
    except (LabError, DebianError) as error:
        print(f"lab.machines: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lab.machines: interrupted; the same command goes on where it was", file=sys.stderr)
        return INTERRUPTED
    return 0


def _run(given: argparse.Namespace, say: Progress) -> None:
    match given.verb:
        case "list":
            found = listing.listed(given.lab, machine.home())
            print(listing.text(found, as_json=given.json))
        case "image":
            print(image.image(say).root)
        case "delete" if given.all:
            machine.delete_all(Lab(home=machine.home(), name=given.lab), say=say)
        case _:
            lab = Lab(home=machine.home(), name=given.lab)
            _on_machine(HostId(lab=lab, name=given.name), given, say)


def _on_machine(chosen: HostId, given: argparse.Namespace, say: Progress) -> None:
    match given.verb:
        case "create":
            made = machine.create(
                chosen,
                subnet=given.subnet,
                address=given.address,
                authorized_key=given.authorized_key,
                size=Size(cpus=given.cpus, memory=given.memory, disk=given.disk),
                say=say,
            )
            print(json.dumps(made.document()))
        case "start":
            print(json.dumps(machine.start(chosen, say=say).document()))
        case "power-off":
            machine.power_off(chosen, say=say)
        case "delete":
            machine.delete(chosen, say=say)


if __name__ == "__main__":
    sys.exit(main())
