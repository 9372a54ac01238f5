"""The group snapshots."""

from typing import Any

import pytest

from stacks.config.cron import schedule
from tests.stacks.config.given import Given

RELEASE: dict[str, Any] = {"file": "release.yaml", "app": "guestbook"}
CEPH: dict[str, Any] = {"ceph": {}}
S3: dict[str, Any] = {"endpoint": "https://s3.example.com", "bucket": "guest-book"}


@pytest.fixture
def given(local: Given) -> Given:
    """A stack with a release and an object store."""
    local.nodes[1]["roles"] = ["worker", "storage"]
    local.values["release"] = RELEASE
    local.values["storage"] = {"rook": {"loopFile": "12Gi", "version": "1.12.11"}}
    return local


def test_without_a_repository_there_are_none(given: Given) -> None:
    assert given.load().snapshots.repository is None


def test_a_repository_is_enough(given: Given) -> None:
    given.values["snapshots"] = {"repository": CEPH}
    found = given.load().snapshots
    assert found.schedule == "17 3 * * *"
    assert found.retention.options == ("--keep-daily=7", "--keep-weekly=4", "--keep-monthly=6")


def test_a_given_retention_says_all_of_it(given: Given) -> None:
    given.values["snapshots"] = {"repository": CEPH, "retention": {"last": 3, "yearly": 1}}
    assert given.load().snapshots.retention.options == ("--keep-last=3", "--keep-yearly=1")


@pytest.mark.parametrize(
    "repository",
    [
        {"s3": {**S3, "prefix": "a/b", "region": "eu-central-1", "caFile": "ca.pem"}},
        {"ceph": {"bucket": "abc"}},
        {"directory": "/mnt/snapshots"},
        {"claim": "snapshots"},
    ],
)
def test_each_kind_of_repository_can_be_had(given: Given, repository: Any) -> None:
    given.values["snapshots"] = {"repository": repository}
    assert given.faults() == []


@pytest.mark.parametrize(
    ("group", "line"),
    [
        ({"schedule": "@daily"}, "snapshots.schedule: '@daily' is no schedule; give five fields"),
        ({"schedule": "60 3 * * *"}, "'60' for the minute, which is from 0 to 59"),
        ({"schedule": "0 3 0 * *"}, "'0' for the day of the month, which is from 1 to 31"),
        ({"schedule": "0 5-3 * * *"}, "'5-3' for the hour"),
        ({"schedule": "*/0 * * * *"}, "'*/0' for the minute"),
        ({"schedule": "0 3 * * sunday"}, "'sunday' for the day of the week"),
        ({"retention": {}}, "snapshots.retention: keeps nothing; give at least one number"),
        ({"retention": {"daily": -1}}, "snapshots.retention.daily: -1 is too small"),
        (
            {"retention": {"last": 1, "days": 1}},
            "snapshots.retention.days: unknown key; did you mean daily?",
        ),
        ({"claims": ["Data"]}, "snapshots.claims[0]: 'Data' is no name of a claim"),
        ({"claims": ["a", "a"]}, "snapshots.claims: 'a' stands there twice"),
        ({"hooks": {"befor": "x"}}, "snapshots.hooks.befor: unknown key; did you mean before?"),
        ({"repository": {}}, "snapshots.repository: has nothing; give exactly one of s3, ceph"),
        (
            {"repository": {**CEPH, "claim": "a"}},
            "snapshots.repository: has ceph and claim; give exactly one",
        ),
        ({"repository": {"s3": {"bucket": "abc"}}}, "repository.s3.endpoint: missing; give an add"),
        (
            {"repository": {"s3": {**S3, "bucket": "A"}}},
            "repository.s3.bucket: 'A' is no bucket of 3 to 63",
        ),
        (
            {"repository": {"s3": {**S3, "prefix": "/a"}}},
            "repository.s3.prefix: '/a' is no path such as",
        ),
        ({"repository": {"directory": "/mnt"}}, "repository.directory: '/mnt' is no directory"),
        ({"repository": {"directory": "snapshots"}}, "'snapshots' is no directory; give a path"),
        (
            {"repository": {"claim": "data"}, "claims": ["data"]},
            "snapshots.repository.claim: data is among snapshots.claims",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_key(given: Given, group: Any, line: str) -> None:
    given.values["snapshots"] = {"repository": CEPH, **group}
    assert line in given.fault()


def test_an_address_with_a_password_is_refused_and_not_shown(given: Given) -> None:
    s3 = {**S3, "endpoint": "https://key:hunter2@s3.example.com"}
    given.values["snapshots"] = {"repository": {"s3": s3}}
    fault = given.fault()
    assert "repository.s3.endpoint: is no address of a store of objects" in fault
    assert "hunter2" not in fault


def test_keys_without_a_repository_are_said_to_do_nothing(given: Given) -> None:
    given.values["snapshots"] = {"schedule": "0 1 * * *"}
    assert given.fault().startswith("snapshots.repository: missing, so nothing of the group")


def test_snapshots_need_an_application(given: Given) -> None:
    given.values |= {"release": {}, "snapshots": {"repository": CEPH}}
    assert given.fault().startswith("snapshots: is only read with release.file")


def test_snapshots_need_a_namespace_that_lets_root_read(given: Given) -> None:
    given.values["release"] = {**RELEASE, "podSecurity": "restricted"}
    given.values["snapshots"] = {"repository": CEPH}
    assert "cannot be had with release.podSecurity: restricted" in given.fault()


def test_ceph_must_be_there_to_be_a_repository(given: Given) -> None:
    given.values["snapshots"] = {"repository": CEPH}
    given.values["storage"] = {"default": "hostpath"}
    assert given.fault().startswith("snapshots.repository.ceph: the appliance has no object store")


@pytest.mark.parametrize(
    "text", ["*/15 * * * *", "0 0-6/2 1,15 jan-mar *", "5 4 * * sun", "0 0 * * 7"]
)
def test_what_cron_reads_is_read(text: str) -> None:
    assert schedule(f" {text.replace(' ', '  ')} ") == text
