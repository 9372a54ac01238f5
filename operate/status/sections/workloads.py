"""DaemonSets, Deployments and StatefulSets: those that are not at full strength, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from operate.status.facts import Facts, Object
from operate.status.objects import full_name, status
from operate.status.reasons import Reasons
from operate.status.section import Line, Section, bad, ok


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Where a kind keeps how many pods it wants (spec, else status), has ready, and has of the newest form."""

    wanted: str
    ready: str
    updated: str


KINDS: Final[Mapping[str, Fields]] = {
    "DaemonSet": Fields(
        wanted="desiredNumberScheduled", ready="numberReady", updated="updatedNumberScheduled"
    ),
    "Deployment": Fields(wanted="replicas", ready="readyReplicas", updated="updatedReplicas"),
    "StatefulSet": Fields(wanted="replicas", ready="readyReplicas", updated="updatedReplicas"),
}


SILENT: Final = "none of its pods says why: they may just be starting"


def judge(facts: Facts) -> Iterator[Line]:
    """A line for each that lacks pods, and one for all the others."""
    reasons = Reasons(facts)
    strong: dict[str, int] = dict.fromkeys(KINDS, 0)
    for kind, fields in KINDS.items():
        for workload in sorted(facts.of(kind), key=full_name):
            if missing := _missing(workload, fields):
                why = reasons.of_workload(workload) or (SILENT,)
                yield bad(full_name(workload), f"{kind}, {missing}", *why)
            else:
                strong[kind] += 1
    counted = [f"{count} {kind}{'s' * (count > 1)}" for kind, count in strong.items() if count]
    if counted:
        others = (
            "others" if sum(strong.values()) < sum(len(facts.of(kind)) for kind in KINDS) else "all"
        )
        yield ok(others, f"at full strength: {', '.join(counted)}")


def _missing(workload: Object, fields: Fields) -> str:
    """What it lacks, in a few words; empty if nothing."""
    now = status(workload)
    wanted = workload["spec"].get(fields.wanted, now.get(fields.wanted, 0))
    ready, updated = now.get(fields.ready, 0), now.get(fields.updated, 0)
    if ready < wanted:
        return f"{ready} of {wanted} pods ready"
    if updated < wanted:
        return f"{updated} of {wanted} pods of the newest form; the others still run"
    return ""


SECTION: Final = Section(
    title="workloads",
    judge=judge,
    kinds=("daemonsets", "deployments", "statefulsets", "replicasets", "pods", "nodes"),
    needs_api=True,
)
