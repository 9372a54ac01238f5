"""What the application's section says of facts that were made by hand."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bundle import lock
from bundle.lock import Item
from operate.status.facts import Application, Facts, Licensed
from operate.status.licensed import licensed
from operate.status.section import Health, Line
from operate.status.sections.application import FROZEN, LATER, SECTION
from tests.components.application.test_license import public, text
from tests.operate.status.seen import (
    HEALTHY,
    HEALTHY_OBJECTS,
    NOW,
    by_kind,
    deployment,
    pod,
    replica_set,
)
from tests.stacks.test_license import configuration

NAMESPACE = "replicated-shop"
APPLICATION = Application(
    namespace=NAMESPACE, name="Shop", version="1.2", sequence=3, delivered="5eed"
)
LICENSE = Licensed(assignee="Example Inc.", expires=date(2027, 12, 31), images=4, content="5eed")


def placed(made: dict[str, Any]) -> dict[str, Any]:
    made["metadata"]["namespace"] = NAMESPACE
    return made


def claim(name: str, phase: str) -> dict[str, Any]:
    made = {"kind": "PersistentVolumeClaim", "metadata": {"name": name}, "status": {"phase": phase}}
    return placed(made)


def stateful_set(ready: int, wanted: int) -> dict[str, Any]:
    return placed({**deployment("db", ready, wanted), "kind": "StatefulSet"})


def facts(
    *objects: dict[str, Any],
    application: Application | None = APPLICATION,
    license_: Licensed | None = LICENSE,
) -> Facts:
    """A healthy application, with more objects or with another application or license."""
    given = objects or (
        placed(deployment("web", 2, 2)),
        stateful_set(1, 1),
        claim("data-db-0", "Bound"),
    )
    return replace(
        HEALTHY,
        state=replace(HEALTHY.state, application=application),
        objects=by_kind(*HEALTHY_OBJECTS, *given),
        license=license_,
    )


def lines(found: Facts) -> dict[str, Line]:
    return {line.subject: line for line in SECTION.judge(found)}


def test_a_healthy_application_is_told_in_five_lines() -> None:
    found = lines(facts())
    assert {line.health for line in found.values()} == {Health.OK}
    assert {subject: line.text for subject, line in found.items()} == {
        "release": f"Shop 1.2, sequence 3, in the namespace {NAMESPACE}",
        "license": "for Example Inc.; it ends on 2027-12-31, in 405 days",
        "workloads": "3 of 3 pods ready",
        "images": "all of its lock (4) are in the daemon's registry",
        "claims": "1 of 1 bound",
    }


def test_a_stack_without_an_application_has_no_section_of_it() -> None:
    assert lines(facts(application=None)) == {}


def test_images_that_come_from_elsewhere_have_no_line() -> None:
    assert "images" not in lines(facts(application=replace(APPLICATION, delivered="")))


def test_pods_that_are_not_ready_are_counted_and_say_why() -> None:
    crashed = {"state": {"waiting": {"reason": "CrashLoopBackOff"}}, "restartCount": 4}
    made = replica_set("web-1", "web")
    lacking = pod("web-1-a", owner="web-1", ready=False, container=crashed, namespace=NAMESPACE)
    line = lines(facts(placed(deployment("web", 1, 2)), placed(made), lacking))["workloads"]
    assert line.health is Health.BAD
    assert line.text == "1 of 2 pods ready"
    assert line.why == ("Deployment web: n1: c: CrashLoopBackOff, 4 restarts",)


def test_workloads_of_other_namespaces_do_not_count() -> None:
    elsewhere = deployment("other", 0, 5)
    assert lines(facts(elsewhere, stateful_set(1, 1)))["workloads"].text == "1 of 1 pods ready"


def test_a_claim_that_is_not_bound_is_named() -> None:
    line = lines(facts(claim("a", "Bound"), claim("b", "Pending")))["claims"]
    assert (line.health, line.text, line.why) == (Health.BAD, "1 of 2 bound", ("b is Pending",))


@pytest.mark.parametrize(
    ("expires", "health"),
    [
        (date(2026, 11, 20), Health.BAD),
        # The last day counts.
        (date(2026, 11, 21), Health.NOTE),
        (date(2026, 12, 19), Health.NOTE),
        (date(2026, 12, 31), Health.OK),
        (None, Health.OK),
    ],
)
def test_the_license_is_a_fault_when_it_has_ended_and_a_note_before(
    expires: date | None, health: Health
) -> None:
    line = lines(facts(license_=replace(LICENSE, expires=expires)))["license"]
    assert line.health is health
    assert line.why == ((FROZEN,) if health is Health.BAD else ())
    assert NOW.date() == date(2026, 11, 21)


def test_a_license_that_was_taken_away_says_what_comes_next() -> None:
    line = lines(facts(license_=None))["license"]
    assert (line.health, line.why) == (Health.NOTE, (LATER,))


def test_a_frozen_application_says_that_it_was_left_alone() -> None:
    line = lines(facts(application=Application(namespace=NAMESPACE)))["release"]
    assert line.health is Health.NOTE
    assert line.text.endswith("the last command left it as it was")


def test_a_lock_that_has_changed_since_is_named() -> None:
    line = lines(facts(license_=replace(LICENSE, content="other")))["images"]
    assert line.health is Health.NOTE
    assert "release.lock has changed since" in line.text


def test_the_configuration_says_whose_license_it_is_and_what_its_images_are(tmp_path: Path) -> None:
    (tmp_path / "license.yaml").write_text(text())
    (tmp_path / "vendor.pem").write_bytes(public())
    item = Item(name="a", kind="image", digest=f"sha256:{1:064x}", size=1, origin="a")
    lock.write(tmp_path / "lock.json", "go1", {"a": item})
    (tmp_path / "release.yaml").write_text("")
    found = licensed(configuration(tmp_path, lock=str(tmp_path / "lock.json")))
    assert found is not None
    assert (found.assignee, found.expires) == ("Example Inc.", date(2027, 12, 31))
    assert (found.images, len(found.content)) == (1, 64)
    (tmp_path / "license.yaml").write_text("license: {}")
    assert licensed(configuration(tmp_path)) is None
