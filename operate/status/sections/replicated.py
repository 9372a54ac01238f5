"""The Replicated daemon: its pod, its registry, and its console as this machine reaches it.

Owns what is seen of them. Does not own the registries of the hosts (registry.py).
"""

from collections.abc import Iterator
from typing import Final

from components.replicated import places
from operate.status.facts import Daemon, Facts
from operate.status.section import Line, Section, bad, ok
from operate.status.sections.certificates import SOON, ended
from operate.status.strength import Strength, deployment


def judge(facts: Facts) -> Iterator[Line]:
    """Two lines where the stack has the daemon."""
    if (daemon := facts.state.daemon) is not None:
        strength = deployment(facts, places.NAMESPACE, places.NAME)
        yield _pod(daemon, strength)
        yield _console(facts, daemon, strength)


def _pod(daemon: Daemon, strength: Strength) -> Line:
    # Its pod is ready when the registry answers over TLS.
    if strength.full:
        return ok("daemon", f"{strength.text}; its registry answers on {daemon.registry}")
    return bad("daemon", f"{strength.text}; its registry is away", *strength.why)


def _console(facts: Facts, daemon: Daemon, strength: Strength) -> Line:
    shown = facts.console
    if shown is None:
        return ok("console", f"{daemon.console}; not reached from this machine, and so not asked")
    if shown.until is None:
        return bad("console", f"{daemon.console} does not answer", *_silence(strength))
    text = f"{daemon.console} answers; its certificate {ended(shown.until, facts.now)}"
    return bad("console", text) if shown.until - facts.now < SOON else ok("console", text)


def _silence(strength: Strength) -> tuple[str, ...]:
    """Why nobody answers; the daemon's own line says why it is not ready."""
    return ("its pod is ready: the way there is blocked",) if strength.full else ()


SECTION: Final = Section(
    title="replicated",
    judge=judge,
    kinds=("deployments", "replicasets", "pods", "nodes"),
    needs_api=True,
)
