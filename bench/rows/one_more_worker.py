"""One worker more: which resources change, and which hosts see an SSH session."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bench.cluster import NODES, ONE_MORE, Cluster, bring_up, configuration, fresh
from bench.machine import now
from bench.replay import SSH
from bench.results import Measured, Row
from bench.state_size import Field, fields, of_node
from bench.table import circumstances, seconds, table, verdict
from operate.event_log import BEGINS

WORKER: Final = ONE_MORE["name"]
STATE_BAR: Final = 20_000
TRACE: Final = "stackTrace"
LOGINS: Final = "journalctl -q -t sshd -t sshd-session -o cat | grep -c '^Accepted ' || true"

SESSIONS: Final = """\
Sessions are lines of `sshd` that accept a login, each host's own log before and after. State is compact JSON of the
worker's resources in `pulumi stack export`:"""


class Run(Measured):
    """What adding a worker to two hosts did: changed resources, SSH sessions by host, time, and its state."""

    changed: tuple[str, ...]
    sessions: dict[str, int]
    seconds: float
    state: tuple[Field, ...]
    """The worker's part of `pulumi stack export`, as compact JSON."""

    @property
    def bytes(self) -> int:
        """The worker's state."""
        return sum(field.bytes for field in self.state)

    @property
    def trace(self) -> int:
        """What of it Pulumi wrote about where resources are made."""
        return sum(field.bytes for field in self.state if field.name == TRACE)


def measure(times: int) -> Iterator[Run]:
    """Each time on a new cluster: what a worker leaves behind is not measured here."""
    for _ in range(times):
        with fresh() as cluster:
            bring_up(cluster)
            yield added(cluster)


def added(cluster: Cluster) -> Run:
    """Add the worker and compare."""
    machine, before = now(), logins(cluster)
    cluster.checkout.configure(configuration([*NODES, ONE_MORE]))
    up = bring_up(cluster)
    after = logins(cluster)
    exported = cluster.place.answer("stack", "export")
    return Run(
        machine=machine,
        changed=changes([event.document for event in up.events]),
        # A new host has had no session before; looking at one is a session of its own.
        sessions={name: count - before.get(name, 0) - 1 for name, count in after.items()},
        seconds=up.seconds,
        state=fields(of_node(exported, WORKER)),
    )


def logins(cluster: Cluster) -> dict[str, int]:
    """How many SSH sessions each host has seen, this one included."""
    return {
        name: int(cluster.place.run(*SSH, f"root@{address}", LOGINS, together=False).output)
        for name, address in cluster.addresses().items()
    }


def changes(documents: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of resources that were not left as they were."""
    steps = [document[BEGINS]["metadata"] for document in documents if BEGINS in document]
    return tuple(
        sorted({step["urn"].rpartition("::")[2] for step in steps if step["op"] != "same"})
    )


def section(runs: Sequence[Run]) -> str:
    """The row's text."""
    run = runs[0]
    return "\n\n".join(
        (
            "## One worker more",
            f"`{WORKER}` added to a control plane `n1` and a worker `n2`: `pulumi up` took {seconds(run.seconds)}.",
            table(("bar", "measured", ""), bars(run)),
            SESSIONS,
            split(run.state),
            circumstances(runs),
        )
    )


def bars(run: Run) -> Sequence[Sequence[str]]:
    """What the bars are about."""
    own = all(name == WORKER or name.startswith(f"{WORKER}-") for name in run.changed)
    quiet = not any(count for name, count in run.sessions.items() if name not in ("n1", WORKER))
    changed = ", ".join(f"`{name}`" for name in run.changed)
    sessions = ", ".join(f"`{name}`: {count}" for name, count in sorted(run.sessions.items()))
    ours = run.bytes - run.trace
    state = f"{ours:,}; {run.bytes:,} with the stack traces that Pulumi notes"
    return (
        ("exactly its own resources change", changed, verdict(met=own)),
        ("no SSH session to any other host but one control plane", sessions, verdict(met=quiet)),
        (
            f"state without Pulumi's traces ≤ {STATE_BAR:,} bytes",
            state,
            verdict(met=ours <= STATE_BAR),
        ),
    )


def split(state: Sequence[Field]) -> str:
    """The state by field and resource."""
    resources = sorted({field.resource for field in state})
    rows = []
    for name in by_size(state):
        together = sum(field.bytes for field in state if field.name == name)
        rows.append(
            (f"`{name}`", *(size(state, name, each) for each in resources), f"{together:,}")
        )
    return table(("field", *(f"`{each}`" for each in resources), "together"), rows)


def by_size(found: Sequence[Field]) -> list[str]:
    """The fields' names, the largest first."""
    names = {field.name for field in found}
    sizes = {name: sum(each.bytes for each in found if each.name == name) for name in names}
    # Names decide between equals: a page of equal results has to be equal.
    return sorted(names, key=lambda name: (-sizes[name], name))


def size(found: Sequence[Field], name: str, resource: str) -> str:
    """A field's bytes in one resource, if it has it."""
    return next(
        (str(each.bytes) for each in found if (each.name, each.resource) == (name, resource)), ""
    )


ROW: Final = Row(name="one_more_worker", kind=Run, measure=measure, section=section)
