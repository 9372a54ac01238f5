"""The command line: python -m lab.hosts VERB. Results on standard output, progress on standard error."""

import argparse
import json
import sys
import time
from collections.abc import Sequence

from bundle.debian import DebianError
from lab.hosts import addresses, check, host, listing, packages, template
from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab, home

LAB = "dev"
INTERRUPTED = 130
"""Exit code of a command that the terminal's Ctrl-C ended, as shells have it."""


def parser() -> argparse.ArgumentParser:
    """All verbs and their options."""
    top = argparse.ArgumentParser(
        prog="python -m lab.hosts",
        description="Debian hosts on this machine, booted by systemd-nspawn.",
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = _verb(verbs, "create", "make a host or find it made; prints where it is as JSON")
    _named(create)
    create.add_argument("--address", help="its IPv4 address (default: the lowest free one)")
    create.add_argument(
        "--authorized-key", metavar="KEY", help="SSH public key that may log in as root"
    )
    create.add_argument(
        "--subnet",
        help=f"the lab's IPv4 network (default: the one it has, else {addresses.DEFAULT})",
    )
    listing = _verb(verbs, "list", "the hosts, their addresses, state, pid and disk use")
    listing.add_argument("--lab", help="only this lab")
    listing.add_argument(
        "--json", action="store_true", help="as a JSON list, with namespaces and links"
    )
    delete = _verb(verbs, "delete", "remove a host with all it made, or all hosts of a lab")
    delete.add_argument("--lab", default=LAB)
    which = delete.add_mutually_exclusive_group(required=True)
    which.add_argument("--name")
    which.add_argument("--all", action="store_true")
    _named(_verb(verbs, "start", "boot a host that is off; returns when sshd answers"))
    _named(_verb(verbs, "reboot", "shut a host down and boot it; returns when sshd answers"))
    _named(_verb(verbs, "power-off", "take a host's power away, as if its plug were pulled"))
    _verb(verbs, "template", "make the root directory that hosts are copied from; prints its path")
    _verb(verbs, "check", "say what this machine lacks to run hosts; exit code 1 if something")
    return top


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    return verbs.add_parser(name, help=text, description=text)


def _named(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--lab", default=LAB, help=f"the host's lab (default: {LAB})")
    verb.add_argument("--name", required=True, help="the host's name, for life")


class Progress:
    """Lines on standard error, each with the seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, text: str) -> None:
        """Print one line now."""
        print(f"[{time.monotonic() - self._start:5.1f} s] {text}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    given = parser().parse_args(arguments)
    try:
        return _run(given, Progress())
    except (LabError, DebianError) as error:
        print(f"lab.hosts: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lab.hosts: interrupted; the same command goes on where it was", file=sys.stderr)
        return INTERRUPTED


def _run(given: argparse.Namespace, say: Progress) -> int:
    match given.verb:
        case "list":
            print(listing.text(listing.listed(given.lab), as_json=given.json))
        case "check":
            found = check.facts()
            print(check.table(found))
            return 0 if all(fact.ok for fact in found) else 1
        case "template":
            packages.install()
            print(template.root(say))
        case "delete" if given.all:
            host.delete_all(Lab(home=home(), name=given.lab), say=say)
        case verb:
            _on_host(
                verb, HostId(lab=Lab(home=home(), name=given.lab), name=given.name), given, say
            )
    return 0


def _on_host(verb: str, chosen: HostId, given: argparse.Namespace, say: Progress) -> None:
    match verb:
        case "create":
            made = host.create(
                chosen,
                subnet=given.subnet,
                address=given.address,
                authorized_key=given.authorized_key,
                say=say,
            )
            print(json.dumps(made.document()))
        case "delete":
            host.delete(chosen, say=say)
        case "power-off":
            host.power_off(chosen, say=say)
        case "start":
            print(json.dumps(host.start(chosen, say=say).document()))
        case "reboot":
            print(json.dumps(host.reboot(chosen, say=say).document()))


if __name__ == "__main__":
    sys.exit(main())
