"""`python -m operate`: the command line behind the Makefile."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from operate import checks, rewrite_options
from operate.failure import OperateError
from operate.phases import Phases
from operate.processes import hear_interrupts

ENGINE = ("up", "preview", "down", "refresh", "output")
"""Commands that hand options they do not know on to pulumi."""

ALONE = ("up", "down", "refresh", "restore")
"""Commands that change the stack and therefore hold its lock."""

SEEN = ("status", "drift")
"""Commands that look at what runs, and tell machines too."""

SNAPSHOTS = ("snapshot", "snapshots", "restore")
"""Commands for snapshots of an application's claims."""

CHECKED = ("check", "test")
"""Commands that look at the checkout first."""


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    program = argparse.ArgumentParser(prog="operate", description=__doc__)
    commands = program.add_subparsers(dest="command", required=True)
    for name in (
        *ENGINE,
        "shell",
        "init",
        "bundle",
        "sbom",
        *SEEN,
        "graph",
        "check-hosts",
        *SNAPSHOTS,
    ):
        command = commands.add_parser(name)
        command.add_argument("--stack", default="dev", help="a file Pulumi.<stack>.yaml (dev)")
        if name in ALONE:
            command.add_argument(
                "--no-wait", action="store_true", help="refuse when another command is at work"
            )
        if name == "up":
            command.add_argument(
                "--no-check-hosts",
                action="store_true",
                help="leave out the look at hosts that exist",
            )
            command.add_argument(
                "--no-policies", action="store_true", help="leave out the rules about the stack"
            )
        if name == "init":
            command.add_argument(
                "--ssh-agent",
                action="store_true",
                help="make no SSH key: yours is in your own agent",
            )
        if name == "restore":
            command.add_argument("--id", required=True, help="of a snapshot, or how it begins")
        if name == "down":
            command.add_argument(
                "--cluster-gone", action="store_true", help="the cluster will never answer again"
            )
    offline = commands.add_parser("preview-offline")
    offline.add_argument("--stack", default="dev", help="a file Pulumi.<stack>.yaml (dev)")
    offline.add_argument("--base", help="the revision to compare with; nothing: all is new")
    for command in (offline, commands.choices["preview"]):
        command.add_argument("--report", type=Path, help="the file to write the report to")
    for name in ("release-check", "release-bundle"):
        check = commands.add_parser(name)
        check.add_argument("--release", type=Path, required=True, help="the vendor's release")
        check.add_argument("--license", type=Path, required=True, help="a license for it")
        check.add_argument("--values", type=Path, help="YAML with the keys of the group release")
        check.add_argument(
            "--key", type=Path, help="the vendor's public key (vendor.pem by the license)"
        )
    commands.choices["release-check"].add_argument(
        "--stack", help="show also the rewrites that depend on a stack, as this one has them"
    )
    commands.choices["release-bundle"].add_argument(
        "--lock", type=Path, required=True, help="the lock to write: release.lock of a stack"
    )
    sign = commands.add_parser("license-sign")
    sign.add_argument("--license", type=Path, required=True, help="YAML with the license's keys")
    sign.add_argument("--key", type=Path, required=True, help="the private key; made if not there")
    for name in SEEN:
        commands.choices[name].add_argument("--json", action="store_true", help="for machines")
    commands.choices["graph"].add_argument("--out", type=Path, help="the file to write")
    commands.choices["sbom"].add_argument("--output", type=Path, help="the file to write")
    rewrite_options.add_to(commands.add_parser("rewrite"))
    commands.add_parser("toolchain").add_argument("--table", action="store_true")
    commands.add_parser("clean")
    commands.add_parser("check")
    commands.add_parser("test").add_argument("--full", action="store_true")
    commands.add_parser("test-suites").add_argument("--full", action="store_true")
    return program


def run(options: argparse.Namespace, extra: Sequence[str], phases: Phases) -> int:
    """Run the chosen command; returns its exit code."""
    if options.command in CHECKED:
        checks.check(phases)
    if options.command == "check":
        return 0
    if options.command == "rewrite":
        # It is a filter: what it does not need it does not wait for.
        from operate.commands.rewrite import rewrite  # noqa: PLC0415

        return rewrite(options)
    # The other commands import every component; the checks must run when one of them is broken.
    from operate.dispatch import run as run_command  # noqa: PLC0415

    return run_command(options, extra, phases)


def main(argv: Sequence[str]) -> int:
    """Run one command; the exit code is 0, the engine's own, or 1 with a sentence on stderr."""
    options, extra = parser().parse_known_args(argv)
    if extra and options.command not in ENGINE:
        parser().error(f"`{options.command}` does not know {' '.join(extra)}")
    hear_interrupts()
    phases = Phases()
    try:
        return run(options, extra, phases)
    except OperateError as fault:
        print(f"error: {fault}", file=sys.stderr)
        return fault.code
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return 130
    finally:
        if phases.finished:
            print(phases.summary(), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
