"""When certificates end: those that API servers show, those on the hosts, and the operator's own."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from operate.status.facts import Facts
from operate.status.section import Line, Section, bad, ok

SOON: Final = timedelta(days=30)


def judge(facts: Facts) -> Iterator[Line]:
    """A line for each node that has any, with the first that ends, and one for the kubeconfig."""
    for node in facts.state.nodes:
        ends = dict(facts.hosts[node.name].certificates)
        server = facts.api_servers.get(node.name)
        if server and server.certificate:
            ends["what the API server shows"] = server.certificate
        if ends:
            yield _line(node.name, ends, facts.now)
    if facts.kubeconfig:
        yield _line("kubeconfig", {"the operator's certificate": facts.kubeconfig}, facts.now)


def _line(subject: str, ends: dict[str, datetime], now: datetime) -> Line:
    in_order = sorted(ends.items(), key=lambda entry: (entry[1], entry[0]))
    late = tuple(f"{name} {ended(until, now)}" for name, until in in_order if until - now < SOON)
    if late:
        return bad(subject, f"{len(late)} of {len(ends)} need to be renewed", *late)
    name, until = in_order[0]
    first = f"{name} {ended(until, now)}"
    return ok(subject, f"{first}, the first of {len(ends)}" if len(ends) > 1 else first)


def ended(until: datetime, now: datetime) -> str:
    """The day, and how far that is away."""
    if until <= now:
        return f"ended on {until:%Y-%m-%d}"
    days = (until - now).days
    return f"ends on {until:%Y-%m-%d}, in {days} {'day' if days == 1 else 'days'}"


SECTION: Final = Section(title="certificates", judge=judge)
