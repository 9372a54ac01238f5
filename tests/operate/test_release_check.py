"""`release-check` and `license-sign`, as a vendor runs them."""

import stat
from pathlib import Path

import pytest

from operate.__main__ import main
from tests.components.application.made import LICENSE, RELEASES
from tests.components.application.test_license import public, text

GUESTBOOK = Path("examples/guestbook")


@pytest.fixture
def license_(tmp_path: Path) -> Path:
    (tmp_path / "vendor.pem").write_bytes(public())
    (tmp_path / "license.yaml").write_text(text())
    return tmp_path / "license.yaml"


def check(license_: Path, release: Path, *more: str) -> int:
    return main(["release-check", "--release", str(release), "--license", str(license_), *more])


def test_what_would_be_applied_is_printed_in_its_order(
    license_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(license_, RELEASES / "late.yaml") == 0
    shown = capsys.readouterr().out
    assert "Late, sequence 1, in the namespace replicated-guestbook" in shown
    assert (
        shown.index("Service web") < shown.index("ConfigMap late") < shown.index("Deployment web")
    )
    assert "app_url: http://<IngressAddress web 80>/" in shown
    assert "docker.io/library/busybox:1.35.0" in shown


def test_the_example_passes(capsys: pytest.CaptureFixture[str]) -> None:
    values = ("--values", str(GUESTBOOK / "values.yaml"))
    assert check(GUESTBOOK / "license.yaml", GUESTBOOK / "release.yaml", *values) == 0
    assert "11 objects would be applied" in capsys.readouterr().out


def test_rewrites_that_every_stack_does_are_shown_and_the_others_are_named(
    license_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(license_, RELEASES / "replicas.yaml") == 0
    shown = capsys.readouterr().out
    converted = "autoscaling/v2beta2 → autoscaling/v2 (API version: no cluster serves"
    assert converted in shown
    assert "Deployment/replicated-guestbook/silent spec.replicas: nothing → 1 (replicas: " in shown
    assert "scaled spec.replicas: left alone (replicas: an autoscaler looks after it)" in shown
    assert (
        "depend on the stack, give STACK=NAME to see them: shared filesystem, storage class, "
        in shown
    )
    assert "10.100.100.101:9874" not in shown


def test_with_a_stack_all_of_its_rewrites_are_shown(
    license_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = license_.with_name("values.yaml")
    values.write_text("app: guestbook\n")
    given = ("--stack", "dev", "--values", str(values))
    assert check(license_, RELEASES / "claims.yaml", *given) == 0
    shown = capsys.readouterr().out
    assert "cloud spec.storageClassName: gp2 → default (storage class: " in shown
    assert "own spec.storageClassName: left alone (storage class: the annotation" in shown
    assert "→ 10.100.100.101:9874/docker.io/library/busybox:1.35.0 (images: " in shown
    assert "depend on the stack" not in shown
    assert check(license_, RELEASES / "shared.yaml", *given) == 1
    assert "Ceph's shared filesystem, which this stack does not mount" in capsys.readouterr().err


def test_a_stack_s_own_release_group_counts_where_no_values_are_given(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check(GUESTBOOK / "license.yaml", GUESTBOOK / "release.yaml", "--stack", "dev") == 0
    assert "Guestbook 1.0.0, sequence 1" in capsys.readouterr().out


def test_values_are_those_of_the_group_release(
    license_: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("app: other\nchannel: stable\ndate: 2026-11-01\nconfig: {kind: external}\n")
    assert check(license_, RELEASES / "options.yaml", "--values", str(values)) == 1
    assert "the license is for guestbook, and the release is of other" in capsys.readouterr().err
    values.write_text("app: guestbook\nsequnce: 1\n")
    assert check(license_, RELEASES / "options.yaml", "--values", str(values)) == 1
    assert "sequnce: unknown key; did you mean sequence?" in capsys.readouterr().err


def test_everything_that_is_wrong_with_a_release_ends_the_check(
    license_: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release = tmp_path / "release.yaml"
    written = (RELEASES / "late.yaml").read_text()
    release.write_text(
        written.replace("ServiceAddress", "ServiceAdress").replace("tStore", "tStor")
    )
    assert check(license_, release) == 1
    shown = capsys.readouterr()
    assert "document 2, line 13: there is no function ServiceAdress" in shown.err
    assert "document 3, line 23: there is no function ObjectStorSecretKey" in shown.err
    assert "would be applied" not in shown.out


def test_a_license_that_has_ended_fails_the_check(
    license_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    license_.write_text(text({**LICENSE, "expires": "2020-01-01"}))
    assert check(license_, RELEASES / "late.yaml") == 1
    assert "the license ended on 2020-01-01" in capsys.readouterr().err


def test_a_signed_license_passes_and_its_key_is_nobody_elses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, key = tmp_path / "given.yaml", tmp_path / "vendor.key"
    given.write_text("".join(f"{name}: {value!r}\n" for name, value in LICENSE.items()))
    assert main(["license-sign", "--license", str(given), "--key", str(key)]) == 0
    signed = tmp_path / "license.yaml"
    signed.write_text(capsys.readouterr().out)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert check(signed, RELEASES / "late.yaml", "--key", f"{key}.pub") == 0
    assert main(["license-sign", "--license", str(signed), "--key", str(key)]) == 0
    assert capsys.readouterr().out.endswith(signed.read_text())


def test_a_license_that_lacks_something_is_not_signed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "given.yaml"
    given.write_text("id: a\n")
    assert main(["license-sign", "--license", str(given), "--key", str(tmp_path / "k")]) == 1
    assert "appId: missing" in capsys.readouterr().err
    assert not (tmp_path / "k").exists()
