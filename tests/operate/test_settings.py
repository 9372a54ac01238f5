"""The settings file that the engine reads."""

import stat
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from operate import settings

SALT = "encryptionsalt: v1:abc=\n"
ENCRYPTED = "  appliance:rootSecret:\n    secure: v1:xyz\n"
TRACKED = 'config:\n  appliance:kubernetes: {version: "1.35.4"}\n'


def test_the_salt_and_the_secrets_of_the_file_before_are_kept() -> None:
    merged = settings.merge(TRACKED, f"{SALT}config:\n{ENCRYPTED}")
    assert settings.has_encryption(merged)
    assert settings.keys(merged) == {"appliance:kubernetes", "appliance:rootSecret"}
    assert "secure: v1:xyz" in merged


def test_a_change_of_the_tracked_file_arrives() -> None:
    before = settings.merge(TRACKED, f"{SALT}config:\n{ENCRYPTED}")
    after = settings.merge(TRACKED.replace("1.35.4", "1.35.5"), before)
    assert '"1.35.5"' in after
    assert "1.35.4" not in after


def test_a_key_of_the_tracked_file_wins_over_a_secret_of_the_same_name() -> None:
    merged = settings.merge("config:\n  appliance:rootSecret: plain\n", f"config:\n{ENCRYPTED}")
    assert "secure" not in merged


def test_a_secret_inside_a_list_is_kept() -> None:
    previous = "config:\n  appliance:keys:\n  - name: a\n    key: {secure: v1:k}\n"
    assert "v1:k" in settings.merge(TRACKED, previous)


def test_a_plain_key_that_only_the_file_before_has_is_dropped_and_named() -> None:
    previous = f"{SALT}config:\n  appliance:protection: false\n{ENCRYPTED}"
    assert settings.strays(TRACKED, previous) == ("appliance:protection",)
    assert "protection" not in settings.merge(TRACKED, previous)


@pytest.mark.parametrize("value", ["22:22", "1.10", "yes", "0o17", "2024-01-01", "'no'", '"1e3"'])
def test_values_are_handed_on_as_they_are_written(value: str) -> None:
    assert f"a: {value}\n" in settings.merge(f"config:\n  a: {value}\n", "")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30)
)
def test_merging_twice_changes_nothing(secret: str) -> None:
    encoded = yaml.safe_dump({"config": {"k": {"secure": secret}}}, allow_unicode=True)
    once = settings.merge(TRACKED, f"{SALT}{encoded}")
    assert settings.merge(TRACKED, once) == once


def test_an_empty_tracked_file_is_a_file_without_settings() -> None:
    assert settings.keys(settings.merge("", "")) == frozenset()


@pytest.mark.parametrize("key", ["encryptionsalt", "secretsprovider", "encryptedkey"])
def test_a_file_with_its_own_encryption_is_recognised(key: str) -> None:
    assert settings.has_encryption(f"{key}: x\nconfig: {{}}\n")
    assert not settings.has_encryption(TRACKED)


def test_a_refresh_leaves_the_tracked_file_alone_and_writes_for_the_owner_only(
    tmp_path: Path,
) -> None:
    tracked, made = tmp_path / "Pulumi.dev.yaml", tmp_path / "state.yaml"
    tracked.write_text(TRACKED)
    made.write_text(f"{SALT}config:\n{ENCRYPTED}")
    settings.refresh(tracked, made)
    assert tracked.read_text() == TRACKED
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir()) == ["Pulumi.dev.yaml", "state.yaml"]
