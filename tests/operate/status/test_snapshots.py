"""What is said of snapshots, out of the words of the containers that make them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from operate.status.cluster import Cluster, KubectlError
from operate.status.facts import SnapshotContainer
from operate.status.section import Health, Line
from operate.status.sections.snapshots import SECTION, since
from operate.status.snapshots import containers
from tests.operate.status.seen import HEALTHY, NOW, pod

BEGIN = (
    "snapshots: snapshots of data=/snapshot/data go to s3:http://store/x at 17 3 * * * (UTC), for a"
)


def said(*texts: str, claims: tuple[str, ...] = ("data",)) -> list[Line]:
    """The section's lines, for a container whose words were said an hour apart, the last one an hour ago."""
    lines = tuple(
        f"{(NOW - timedelta(hours=len(texts) - index)).isoformat()} {text}"
        for index, text in enumerate(texts)
    )
    container = SnapshotContainer(claims=claims, said=lines)
    return list(SECTION.judge(replace(HEALTHY, snapshots=(container,))))


def test_a_claim_with_a_snapshot_is_told_with_its_age() -> None:
    (line,) = said(BEGIN, "snapshots: there is a snapshot of data")
    assert (line.subject, line.health) == ("data", Health.OK)
    assert line.text == "the last one was made 60 minutes ago"


def test_a_snapshot_that_failed_after_one_that_did_not_is_a_fault_with_its_reason() -> None:
    (line,) = said(
        "snapshots: there is a snapshot of data",
        "Fatal: unable to open repository",
        "snapshots: there is no snapshot of data (restic ended with 1)",
        "snapshots: not all is well with the snapshots of: data; restic says above why",
    )
    assert line.health is Health.BAD
    assert line.why == ("there is no snapshot of data (restic ended with 1)",)


def test_a_fault_before_any_claim_is_each_claim_s() -> None:
    lines = said("snapshots: the repository s3:x gives no answer within 120 s.", claims=("a", "b"))
    assert [(one.subject, one.health) for one in lines] == [("a", Health.BAD), ("b", Health.BAD)]


def test_a_snapshot_with_files_left_out_is_a_note() -> None:
    (line,) = said(
        "snapshots: there is a snapshot of data without the files that could not be read"
    )
    assert (line.health, line.why) == (Health.NOTE, ("some files could not be read",))


def test_a_container_that_has_made_none_yet_is_no_fault() -> None:
    (line,) = said(BEGIN)
    assert line.health is Health.NOTE
    assert "make snapshots" in line.text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=5), "5 seconds"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=3, hours=5), "3 days"),
        (timedelta(seconds=-3), "0 seconds"),
    ],
)
def test_ages_are_in_a_unit_that_tells_enough(span: timedelta, text: str) -> None:
    assert since(span) == text


@dataclass
class Logs:
    """A cluster that only has logs; `mute` pods give none."""

    pool: ThreadPoolExecutor
    mute: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def said(self, namespace: str, pod_: str, *_: object) -> tuple[str, ...]:
        self.asked.append(f"{namespace}/{pod_}")
        if pod_ in self.mute:
            raise KubectlError("no answer")
        return ("a line",)


def making(name: str, namespace: str = "shop", only: str = "", **env: str) -> dict[str, Any]:
    made = pod(name, namespace=namespace)
    told = {"SNAPSHOT_CLAIMS": "data-$(POD_NAME)=/snapshot/data logs=/snapshot/logs", **env}
    if only:
        told["SNAPSHOT_ONLY"] = only
    variables = [{"name": key, "value": value} for key, value in told.items()]
    made["spec"]["containers"] = [{"name": "replicated-snapshot", "env": variables}]
    return made


def test_only_containers_of_the_application_that_make_snapshots_are_asked() -> None:
    plain = pod("web", namespace="shop")
    plain["spec"]["containers"] = [{"name": "c"}]
    over = making("over")
    over["status"]["phase"] = "Succeeded"
    pods = [making("db-0"), making("db-1", only="data-db-1"), plain, over, making("x", "other")]
    with ThreadPoolExecutor(2) as pool:
        logs = Logs(pool, mute=("db-1",))
        found = containers(cast("Cluster", logs), "shop", pods, None)
    assert sorted(logs.asked) == ["shop/db-0", "shop/db-1"]
    assert found == (
        SnapshotContainer(claims=("data-db-0", "logs"), said=("a line",)),
        SnapshotContainer(claims=("data-db-1",)),
    )
