import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stacks import license as licenses
from stacks.config import Configuration, load
from tests.components.application.made import LICENSE
from tests.components.application.test_license import OTHER, private, public, text
from tests.stacks.test_appliance import CONFIGURATION

TODAY = dt.date(2027, 1, 1)
LATER = dt.date(2028, 1, 1)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "license.yaml").write_text(text())
    (tmp_path / "vendor.pem").write_bytes(public())
    (tmp_path / "release.yaml").write_text("")
    return tmp_path


def configuration(directory: Path, **release: Any) -> Configuration:
    groups = {
        "license": {
            "file": str(directory / "license.yaml"),
            "publicKey": str(directory / "vendor.pem"),
        },
        "release": {"file": str(directory / "release.yaml"), "app": "guestbook", **release},
    }
    return load({**CONFIGURATION, **groups}, stack="test", file="Pulumi.test.yaml")


def faults(found: Configuration, today: dt.date = TODAY, **variables: str) -> list[str]:
    return list(licenses.faults(found, today, variables))


def test_a_license_that_holds_is_the_stacks(directory: Path) -> None:
    found = configuration(directory)
    assert faults(found) == []
    license_ = licenses.license_(found)
    assert license_ is not None
    assert license_.app_id == "guestbook"


@pytest.mark.parametrize(
    ("release", "sentence"),
    [
        ({"app": "other"}, "the license is for guestbook, and the release is of other"),
        ({"channel": "beta"}, "the license is for the channel stable"),
    ],
)
def test_a_license_for_something_else_is_refused(
    directory: Path, release: Mapping[str, Any], sentence: str
) -> None:
    found = configuration(directory, **release)
    (only,) = faults(found)
    assert only.startswith("license.file: ")
    assert sentence in only
    assert licenses.license_(found) is None


def test_a_license_of_another_vendor_is_refused(directory: Path) -> None:
    (directory / "license.yaml").write_text(text(key=OTHER))
    (only,) = faults(configuration(directory))
    assert "the signature is not the vendor's" in only


def test_files_that_cannot_be_read_are_named_with_their_keys(directory: Path) -> None:
    (directory / "vendor.pem").write_bytes(private())
    assert "license.publicKey: " in faults(configuration(directory))[0]
    assert "holds a private key" in faults(configuration(directory))[0]
    (directory / "vendor.pem").write_bytes(public())
    (directory / "license.yaml").unlink()
    assert "cannot be read: No such file" in faults(configuration(directory))[0]


def test_a_license_that_has_ended_is_refused_unless_the_engine_leaves_the_application_alone(
    directory: Path,
) -> None:
    found = configuration(directory)
    (only,) = faults(found, LATER)
    assert "the license ended on 2027-12-31; make up and make preview change everything but" in only
    assert faults(found, LATER, **{licenses.FROZEN: "1"}) == []
    assert faults(found, TODAY, **{licenses.FROZEN: "1"}) == []


def test_an_end_that_is_near_or_over_is_warned_of(directory: Path) -> None:
    found = configuration(directory)
    assert list(licenses.warnings(found, TODAY)) == []
    (soon,) = licenses.warnings(found, dt.date(2027, 12, 21))
    assert "ends on 2027-12-31, in 10 days" in soon
    (over,) = licenses.warnings(found, LATER)
    assert "ended on 2027-12-31: the application stays as it is" in over


def test_a_release_without_a_license_is_said_to_be_left_out(directory: Path) -> None:
    release = {"file": str(directory / "release.yaml"), "app": "guestbook"}
    found = load({**CONFIGURATION, "release": release}, stack="test", file="Pulumi.test.yaml")
    (line,) = licenses.warnings(found, TODAY)
    assert "license.file: there is none, so the release is not applied" in line


def test_a_license_without_an_end_never_freezes(directory: Path) -> None:
    without = {key: value for key, value in LICENSE.items() if key != "expires"}
    (directory / "license.yaml").write_text(text(without))
    assert not licenses.expired(configuration(directory), dt.date(9999, 1, 1))
