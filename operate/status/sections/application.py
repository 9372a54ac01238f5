"""The vendor's application: release, license, workloads, the delivery of its images, and its claims.

Owns what is seen of them. Does not own what a license's end means (stacks/license.py), nor the registry that images are
delivered to (replicated.py).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

from operate.status.facts import Application, Facts, Object
from operate.status.objects import name, status
from operate.status.reasons import Reasons
from operate.status.section import Line, Section, bad, note, ok
from operate.status.sections.certificates import SOON, ended
from operate.status.sections.workloads import KINDS, SILENT

LATER: Final = "the next make up takes its workloads away; the namespace and its claims stay"
FROZEN: Final = "it stays as it is until there is another license; everything else is changed"


def judge(facts: Facts) -> Iterator[Line]:
    """Five lines where the stack has an application, four where its images come from elsewhere."""
    if (application := facts.state.application) is not None:
        yield _release(application)
        yield _license(facts)
        yield _workloads(facts, application.namespace)
        if application.delivered:
            yield _images(facts, application)
        yield _claims(facts, application.namespace)


def _release(application: Application) -> Line:
    where = f"in the namespace {application.namespace}"
    if not application.name:
        return note("release", f"{where}; the last command left it as it was")
    version = f" {application.version}" if application.version else ""
    return ok("release", f"{application.name}{version}, sequence {application.sequence}, {where}")


def _license(facts: Facts) -> Line:
    found = facts.license
    if found is None:
        return note("license", "there is none that holds", LATER)
    if found.expires is None:
        return ok("license", f"for {found.assignee}, without an end")
    # The last day counts.
    until = datetime.combine(found.expires + timedelta(days=1), time(), UTC)
    text = f"for {found.assignee}; it {ended(until - timedelta(seconds=1), facts.now)}"
    if until <= facts.now:
        return bad("license", text, FROZEN)
    return note("license", text) if until - facts.now < SOON else ok("license", text)


def _workloads(facts: Facts, namespace: str) -> Line:
    reasons = Reasons(facts)
    ready = wanted = 0
    why: list[str] = []
    for kind, fields in KINDS.items():
        for one in _of(facts, kind, namespace):
            now = status(one)
            here = now.get(fields.ready, 0)
            asked = one["spec"].get(fields.wanted, now.get(fields.wanted, 0))
            ready, wanted = ready + here, wanted + asked
            if here < asked:
                said = "; ".join(reasons.of_workload(one)) or SILENT
                why.append(f"{kind} {name(one)}: {said}")
    text = f"{ready} of {wanted} pods ready"
    return bad("workloads", text, *why) if why else ok("workloads", text)


def _images(facts: Facts, application: Application) -> Line:
    found = facts.license
    if found is None or application.delivered == found.content:
        counted = f" ({found.images})" if found else ""
        return ok("images", f"all of its lock{counted} are in the daemon's registry")
    return note("images", "release.lock has changed since they were delivered; make up does that")


def _claims(facts: Facts, namespace: str) -> Line:
    claims = sorted(_of(facts, "PersistentVolumeClaim", namespace), key=name)
    loose = [one for one in claims if status(one).get("phase") != "Bound"]
    text = f"{len(claims) - len(loose)} of {len(claims)} bound"
    why = (f"{name(one)} is {status(one).get('phase', 'unknown')}" for one in loose)
    return bad("claims", text, *why) if loose else ok("claims", text)


def _of(facts: Facts, kind: str, namespace: str) -> list[Object]:
    return [one for one in facts.of(kind) if one["metadata"]["namespace"] == namespace]


SECTION: Final = Section(
    title="application",
    judge=judge,
    kinds=(
        *("daemonsets", "deployments", "statefulsets", "replicasets", "pods", "nodes"),
        "persistentvolumeclaims",
    ),
    needs_api=True,
)
