"""The groups license and release."""

from typing import Any

import pytest

from tests.stacks.config.given import Given

LICENSE = {"file": "license.yaml", "publicKey": "vendor.pem"}
RELEASE: dict[str, Any] = {"file": "release.yaml", "app": "guestbook"}


def groups(local: Given, license_: Any = None, release: Any = None) -> Given:
    local.values["license"] = LICENSE if license_ is None else license_
    local.values["release"] = RELEASE if release is None else release
    return local


def test_without_the_groups_there_is_no_application(local: Given) -> None:
    found = local.load()
    assert found.license.file is None
    assert found.release.file is None


def test_a_release_without_a_license_is_allowed_since_a_license_can_be_taken_away(
    local: Given,
) -> None:
    assert groups(local, license_={}).faults() == []
    assert groups(local, license_={"publicKey": "vendor.pem"}).faults() == []


def test_values_of_options_become_text(local: Given) -> None:
    config = {"replicas": 2, "tls": True, "name": "x", "ratio": 1.5}
    assert groups(local, release={**RELEASE, "config": config}).load().release.values == {
        "replicas": "2",
        "tls": "true",
        "name": "x",
        "ratio": "1.5",
    }


def test_times_are_read_in_utc(local: Given) -> None:
    release = {**RELEASE, "date": "2026-11-01", "installed": "2026-10-01T10:00:00+02:00"}
    found = groups(local, release=release).load().release
    assert (str(found.date), str(found.installed)) == (
        "2026-11-01 00:00:00+00:00",
        "2026-10-01 08:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("license_", "release", "line"),
    [
        (
            {"file": "a"},
            None,
            "license.publicKey: missing; give the path of the vendor's public key",
        ),
        (None, {}, "license.file: is only read with release.file"),
        (
            {"publicKey": "a"},
            {},
            "license.publicKey: is only read with license.file or release.file",
        ),
        ({}, {"sequence": 2}, "release.file: missing, so nothing of the group is read"),
        (None, {"file": "a"}, "release.app: missing; give the application's slug"),
        (None, {**RELEASE, "firstSequence": 2}, "release.firstSequence: 2 comes after sequence 1"),
        (None, {**RELEASE, "date": "soon"}, "release.date: 'soon' is no time such as 2026-11-01"),
        (None, {**RELEASE, "clusterWide": ["roles"]}, "release.clusterWide[0]: 'roles' is no kind"),
        (None, {**RELEASE, "config": {"a b": 1}}, "'a b' is no name of an option"),
        (None, {**RELEASE, "podSecurity": "none"}, "release.podSecurity: 'none' is not one of"),
        (None, {**RELEASE, "sequence": 0}, "release.sequence: 0 is too small"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(
    local: Given, license_: Any, release: Any, line: str
) -> None:
    assert line in groups(local, license_, release).fault()


def test_quotas_may_name_the_applications_namespace(local: Given) -> None:
    quotas = {"namespaces": [{"name": "replicated-guestbook", "hard": {"pods": "30"}}]}
    local.values["quotas"] = quotas
    assert "is no namespace that this stack manages" in local.fault()
    assert groups(local).faults() == []
