"""Asking hosts what of them is not as it was made: the node script's `drift`, with what its verbs were told.

Owns calling it, and telling why a host could not be asked. Does not own what it looks at, nor what follows from that.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from components.machines.node_script import command_line
from operate.drift.facts import Found, Seen, Told
from operate.hosts.survey import Said, call, explain
from operate.status import hosts
from operate.status.facts import Node

LIMIT: Final = 60
"""Seconds for a whole answer: it reads every program that the bundle brought."""

CHANGED: Final = 66
"""The exit code for a script that is not what its name says: nothing of it was run."""

DIGEST: Final = re.compile(r"node-([0-9a-f]{12})\.sh")
FIELDS: Final = 4


def ask(node: Node, told: Told | None, environment: Mapping[str, str]) -> Seen:
    """What the host of a node says, or why it cannot be asked."""
    if told is None:
        return Seen(fault="the stack's state has no finished step of it; run make up")
    host = hosts.ask(node, environment)
    if host.fault or node.ssh is None:
        return Seen(fault=host.fault)
    said = call(node.ssh, command(told.script), told.parameters, environment, limit=LIMIT)
    if said.code == 0 and (found := tuple(parse(said.output.splitlines()))):
        return Seen(found=found, certificates=host.certificates)
    if said.code == CHANGED:
        other = Found(kind="script", name=told.script, wanted="as copied", found=_last(said))
        return Seen(
            found=(other,),
            fault=f"its {told.script} is not what was copied there, so nothing of it was run",
            certificates=host.certificates,
        )
    return Seen(fault=_fault(node, said), certificates=host.certificates)


def command(script: str) -> str:
    """The command line: the script's `drift`, if the script is the one whose digest its name has."""
    matched = DIGEST.search(script)
    digest = matched[1] if matched else ""
    guard = (
        f"has=$(sha256sum {script} 2>/dev/null | cut -c 1-12); "
        f'[ "$has" = "{digest}" ] || {{ echo "${{has:-absent}}" >&2; exit {CHANGED}; }}; '
    )
    return f"exec sh -c {shlex.quote(guard + command_line(script, 'drift'))}"


def parse(lines: Sequence[str]) -> Iterator[Found]:
    """The lines of the answer; what a login prints besides is left out."""
    for line in lines:
        fields = line.split("\t")
        if len(fields) == FIELDS:
            kind, name, wanted, found = fields
            yield Found(kind=kind, name=name, wanted=wanted, found=found)


def _fault(node: Node, said: Said) -> str:
    if said.code is None:
        return f"it has not answered within {LIMIT} s"
    if "unknown command" in said.errors:
        return "it has the node script of an earlier release, which cannot say; run make up"
    assert node.ssh is not None  # noqa: S101 - it was called there
    what, cure = explain(node.ssh, said)
    return f"it {what}; {cure}"


def _last(said: Said) -> str:
    """The last line on standard error."""
    return next(reversed(said.errors.split()), "unknown")
