"""Looking at all hosts at once: SSH sessions in parallel, each one running the probe.

Owns how many at a time, and turning what ssh says into what is wrong. Does not own the probe (probe.sh), nor the way
to a host (components/machines/session.py).
"""

import shlex
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from components.machines.session import UNREACHED, Endpoint, connect
from operate.hosts.facts import AnswerError, parse
from operate.hosts.look import Look, Seen, Skew, Unseen
from operate.hosts.requirements import Requirements
from stacks.config import Configuration
from stacks.config.hosts import Hosts, Node

AT_ONCE: Final = 32
THROUGH_BASTION: Final = 8
"""An sshd drops connections when more than 10 at a time are not logged in yet (MaxStartups)."""

ATTEMPTS: Final = 2
LIMIT: Final = 90
"""Seconds for one look: two dials of ten, and a host that is very busy."""

PROBE: Final = Path(__file__).with_name("probe.sh")
# For any login shell. Whether sudo works is tried with the very program that is to run.
AS_ROOT_IF_POSSIBLE: Final = (
    'if [ "$(id -u)" = 0 ]; then exec bash -s root; '
    "elif sudo -n bash -c : </dev/null 2>/dev/null; then exec sudo -n bash -s sudo; "
    "else exec bash -s none; fi"
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """A host to look at: what it is to be, and the way to it."""

    wanted: Requirements
    endpoint: Endpoint


@dataclass(frozen=True, kw_only=True)
class Said:
    """How an ssh program ended; `code` is None if it was ended for taking too long."""

    code: int | None
    output: str
    errors: str


def targets(configuration: Configuration, wanted: Sequence[Requirements]) -> tuple[Target, ...]:
    """The stack's hosts, in the order of the file."""
    hosts = configuration.hosts
    return tuple(
        Target(wanted=each, endpoint=endpoint(hosts, node))
        for each, node in zip(wanted, hosts.nodes, strict=True)
    )


def endpoint(hosts: Hosts, node: Node) -> Endpoint:
    """The way to a host that exists, as the configuration has it."""
    bastion = None
    if (jump := hosts.bastion) is not None:
        bastion = Endpoint(
            address=jump.address, port=jump.port, user=jump.user, host_key=jump.host_key
        )
    return Endpoint(
        address=str(node.address),
        port=node.port,
        user=hosts.user_of(node),
        host_key=str(node.host_key),
        bastion=bastion,
    )


def survey(chosen: Sequence[Target], environment: Mapping[str, str]) -> tuple[Look, ...]:
    """A look at each host; `environment` holds the SSH agent to log in with."""
    bastion = next((each.endpoint.bastion for each in chosen if each.endpoint.bastion), None)
    if bastion is not None:
        said = call(bastion, "true", "", environment)
        if said.code in (UNREACHED, None):
            found, cure = explain(bastion, said)
            told = f"was not looked at: the bastion {bastion.address} {found}"
            return tuple(Unseen(wanted=each.wanted, found=told, cure=cure) for each in chosen)
    with ThreadPoolExecutor(max_workers=THROUGH_BASTION if bastion else AT_ONCE) as pool:
        return tuple(pool.map(lambda each: look(each, environment), chosen))


def look(target: Target, environment: Mapping[str, str]) -> Look:
    """One look at one host."""
    asked = time.time()
    command = f"exec sh -c {shlex.quote(AS_ROOT_IF_POSSIBLE)}"
    said = call(target.endpoint, command, PROBE.read_text(), environment)
    answered = time.time()
    if said.code != 0:
        found, cure = explain(target.endpoint, said)
        return Unseen(wanted=target.wanted, found=found, cure=cure)
    try:
        facts = parse(said.output)
    except AnswerError as error:
        cure = "log in there as the appliance does and see what a shell without a terminal prints"
        return Unseen(wanted=target.wanted, found=f"cannot be looked at: {error}", cure=cure)
    skew = Skew.between(facts.clock, asked=asked, answered=answered)
    return Seen(wanted=target.wanted, facts=facts, skew=skew)


def call(
    endpoint: Endpoint,
    command: str,
    stdin: str,
    environment: Mapping[str, str],
    *,
    limit: float | None = None,
) -> Said:
    """Run a command on a host, with all that it and ssh say; `limit` in seconds, else LIMIT."""
    with connect(endpoint, attempts=ATTEMPTS) as session:
        try:
            done = subprocess.run(
                [*session.command, endpoint.address, command],
                input=stdin,
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=limit or LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Said(code=None, output="", errors="")
    return Said(code=done.returncode, output=done.stdout, errors=done.stderr)


def explain(endpoint: Endpoint, said: Said) -> tuple[str, str]:
    """What is wrong with a host that gave no answer, and what to do."""
    last = next((line.strip() for line in reversed(said.errors.splitlines()) if line.strip()), "")
    where = f"{endpoint.address}:{endpoint.port}"
    if said.code is None:
        return (f"gave no answer within {LIMIT} s", f"see what keeps {where} busy, then run again")
    if said.code != UNREACHED:
        found = f"cannot be looked at: the probe ended with exit code {said.code} ({last})"
        return (found, "log in there as the appliance does and see why")
    if "Host key verification failed" in said.errors:
        return (
            f"shows another host key at {where} than its hostKey says",
            "if it was installed anew, give its new key; if not, find out who answers there",
        )
    if "Permission denied" in said.errors or "Too many authentication failures" in said.errors:
        return (
            f"does not let user {endpoint.user} log in at {where} with the stack's SSH key",
            f"put the public key that `make init` prints into ~{endpoint.user}/.ssh/authorized_keys there",
        )
    return (
        f"cannot be reached by SSH at {where} ({last or 'ssh said nothing'})",
        "start it, or correct its address, its port or the firewall before it",
    )
