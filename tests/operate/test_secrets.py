"""The stack's own secrets."""

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from operate import secrets, settings
from operate.engine import Engine
from operate.failure import OperateError
from operate.stack import Stack
from tests.operate.conftest import FakePulumi

# What `pulumi config set` does with its standard input: adds the key to the file it is told.
SET = 'for last; do :; done; while [ "$1" != --config-file ]; do shift; done; file=$2; key=$3\n'
SET += 'printf "  %s: {secure: v1:%s}\\n" "$key" "$(wc -c)" >> "$file"'


@pytest.fixture
def fresh(stack: Stack) -> Stack:
    """A stack whose settings have an encryption and no secrets."""
    settings.write(stack.settings, "encryptionsalt: v1:s\nconfig:\n")
    return stack


def test_a_fresh_stack_gets_all_four_and_none_is_seen_on_a_command_line(
    fresh: Stack, engine: Engine, pulumi: FakePulumi
) -> None:
    pulumi.says(SET)
    made = secrets.initialise(fresh, engine)
    assert set(made) == secrets.NAMES
    assert settings.keys(fresh.settings.read_text()) == {f"appliance:{name}" for name in made}
    assert all("BEGIN" not in call and len(call) < 200 for call in pulumi.calls)


def test_what_is_there_is_never_replaced(fresh: Stack, engine: Engine, pulumi: FakePulumi) -> None:
    pulumi.says(SET)
    secrets.initialise(fresh, engine)
    before = fresh.settings.read_text()
    assert secrets.initialise(fresh, engine) == ()
    assert fresh.settings.read_text() == before


def test_a_failure_half_way_leaves_no_half_authority(
    fresh: Stack, engine: Engine, pulumi: FakePulumi
) -> None:
    before = fresh.settings.read_text()
    pulumi.says(f'case "$*" in *rootSecret*) exit 7 ;; esac\n{SET}')
    with pytest.raises(OperateError):
        secrets.initialise(fresh, engine)
    assert fresh.settings.read_text() == before
    assert [file.name for file in fresh.directory.iterdir()] == ["Pulumi.dev.yaml"]


def test_half_an_authority_is_refused_by_name() -> None:
    with pytest.raises(OperateError, match="caKey without caCertificate"):
        secrets.missing("config:\n  appliance:caKey: {secure: x}\n")


def test_a_given_root_secret_stays_and_the_rest_is_made() -> None:
    text = "config:\n  appliance:rootSecret: {secure: x}\n"
    assert secrets.missing(text) == secrets.NAMES - {"rootSecret"}


def test_the_values_are_of_the_kinds_that_the_program_reads() -> None:
    made = secrets.make(secrets.NAMES, "dev")
    assert len(base64.b64decode(made["rootSecret"], validate=True)) == 32
    assert made["caCertificate"].startswith("-----BEGIN CERTIFICATE-----")
    load_ssh_private_key(made["sshPrivateKey"].encode(), password=None)
    assert made != secrets.make(secrets.NAMES, "dev")


def test_the_passphrase_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    secrets.passphrase(file)
    first = file.read_text()
    secrets.passphrase(file)
    assert file.read_text() == first
    assert len(first.strip()) > 40
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
