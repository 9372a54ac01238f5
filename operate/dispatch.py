"""From a command's name and options to the function that does it."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from operate import subprograms
from operate.commands.bundle import bundle
from operate.commands.check_hosts import check_hosts
from operate.commands.clean import clean
from operate.commands.down import down
from operate.commands.drift import drift
from operate.commands.graph import graph
from operate.commands.init import init
from operate.commands.license_sign import license_sign
from operate.commands.output import output
from operate.commands.preview import preview
from operate.commands.preview_offline import preview_offline
from operate.commands.refresh import refresh
from operate.commands.release_bundle import release_bundle
from operate.commands.release_check import release_check
from operate.commands.restore import restore
from operate.commands.sbom import sbom
from operate.commands.shell import shell
from operate.commands.snapshots import snapshot, snapshots
from operate.commands.status import status
from operate.commands.test import test, test_suites
from operate.commands.up import up
from operate.phases import Phases

Handler = Callable[[argparse.Namespace, Sequence[str], Phases], int | None]
"""Its result is the exit code; None is 0."""

HANDLERS: Final[Mapping[str, Handler]] = {
    "up": lambda given, extra, phases: up(
        given.stack,
        extra,
        phases,
        wait=not given.no_wait,
        look_at_hosts=not given.no_check_hosts,
        hold_policies=not given.no_policies,
    ),
    "check-hosts": lambda given, _, phases: check_hosts(given.stack, phases),
    "preview": lambda given, extra, phases: preview(
        given.stack, extra, phases, report=given.report
    ),
    "preview-offline": lambda given, _, phases: preview_offline(
        given.stack, phases, base=given.base, report=given.report
    ),
    "down": lambda given, extra, phases: down(
        given.stack, extra, phases, wait=not given.no_wait, cluster_gone=given.cluster_gone
    ),
    "refresh": lambda given, extra, phases: refresh(
        given.stack, extra, phases, wait=not given.no_wait
    ),
    "output": lambda given, extra, _: output(given.stack, extra),
    "status": lambda given, *_: status(given.stack, machine=given.json),
    "drift": lambda given, *_: drift(given.stack, machine=given.json),
    "graph": lambda given, *_: graph(given.stack, given.out),
    "snapshot": lambda given, _, phases: snapshot(given.stack, phases),
    "snapshots": lambda given, *_: snapshots(given.stack),
    "restore": lambda given, _, phases: restore(
        given.stack, given.id, phases, wait=not given.no_wait
    ),
    "shell": lambda given, *_: shell(given.stack),
    "init": lambda given, _, phases: init(given.stack, phases, own_agent=given.ssh_agent),
    "bundle": lambda given, _, phases: bundle(given.stack, phases),
    "sbom": lambda given, _, phases: sbom(given.stack, phases, given.output),
    "toolchain": lambda given, *_: print(subprograms.tool_chain(table=given.table)),
    "test": lambda given, _, phases: test(phases, full=given.full),
    "test-suites": lambda given, _, phases: test_suites(phases, full=given.full),
    "clean": lambda *_: clean(),
    "release-check": lambda given, *_: release_check(
        given.release, given.license, values=given.values, key=given.key, stack=given.stack
    ),
    "release-bundle": lambda given, *_: release_bundle(
        given.release, given.license, given.lock, values=given.values, key=given.key
    ),
    "license-sign": lambda given, *_: license_sign(given.license, given.key),
}


def run(options: argparse.Namespace, extra: Sequence[str], phases: Phases) -> int:
    """Run the command that the options name; `extra` goes on to pulumi. Returns its exit code."""
    return HANDLERS[options.command](options, extra, phases) or 0
