"""Reading the stack's secrets, and what is derived from the root."""

import base64
from collections.abc import Iterator

import pulumi
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import config as runtime_config

from stacks.config import MADE, SECRETS, ConfigurationError
from stacks.secrets import derive, derive_bytes, from_pulumi

ROOT = base64.b64encode(bytes(range(32))).decode()
PRESENT = {
    "appliance:rootSecret": ROOT,
    "appliance:caCertificate": "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n",
    "appliance:caKey": "-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY-----\n",
    "appliance:sshPrivateKey": "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n-----END OPENSSH PRIVATE KEY-----\n",
}


@pytest.fixture(autouse=True)
def _pulumi_config(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = runtime_config.CONFIG.get(), runtime_config._SECRET_KEYS.get()
    monkeypatch.setattr(pulumi, "get_stack", lambda: "dev")
    yield
    runtime_config.set_all_config(before[0], list(before[1]))


def test_all_missing_secrets_are_named_in_one_report_with_the_cure() -> None:
    runtime_config.set_all_config({}, [])

    with pytest.raises(ConfigurationError) as raised:
        from_pulumi(needs_key=True)
    lines = str(raised.value).split("\n")
    assert [line.split(": ")[:2] for line in lines] == [["Pulumi.dev.yaml", key] for key in MADE]
    assert all("`make init STACK=dev`" in line for line in lines)


def test_a_readable_secret_is_refused_and_not_shown() -> None:
    runtime_config.set_all_config(PRESENT, ["appliance:caKey", "appliance:sshPrivateKey"])

    with pytest.raises(ConfigurationError) as raised:
        from_pulumi(needs_key=True)
    assert "rootSecret: stands there readable" in str(raised.value)
    assert ROOT not in str(raised.value)


@pytest.mark.parametrize("key", SECRETS)
def test_a_secret_of_another_kind_is_refused_and_not_shown(key: str) -> None:
    runtime_config.set_all_config({**PRESENT, f"appliance:{key}": "hunter2"}, list(PRESENT))

    with pytest.raises(ConfigurationError) as raised:
        from_pulumi(needs_key=True)
    assert str(raised.value).startswith(f"Pulumi.dev.yaml: {key}: ")
    assert "\n" not in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pulumi.runtime.test
async def test_the_daemon_s_secrets_may_be_absent_and_are_secret() -> None:
    runtime_config.set_all_config(PRESENT, list(PRESENT))
    assert from_pulumi(needs_key=True).replicated_password is None
    given = {"replicatedPassword": "long enough", "replicatedPullSecret": '{"auths": {"a": {}}}'}
    more = {**PRESENT, **{f"appliance:{key}": value for key, value in given.items()}}
    runtime_config.set_all_config(more, list(more))
    found = from_pulumi(needs_key=True)
    assert found.replicated_password is not None
    assert found.pull_secret is not None
    assert await found.replicated_password.is_secret()
    assert await found.pull_secret.is_secret()


def test_a_daemon_s_secret_that_stands_readable_is_refused() -> None:
    readable = {**PRESENT, "appliance:replicatedPassword": "hunter2222"}
    runtime_config.set_all_config(readable, list(PRESENT))
    with pytest.raises(ConfigurationError, match="replicatedPassword: stands there readable"):
        from_pulumi(needs_key=True)


def test_hosts_that_exist_may_have_their_key_in_an_agent() -> None:
    present = {key: value for key, value in PRESENT.items() if not key.endswith("sshPrivateKey")}
    runtime_config.set_all_config(present, list(present))
    assert from_pulumi(needs_key=False).ssh_private_key is None
    with pytest.raises(ConfigurationError, match="sshPrivateKey: missing"):
        from_pulumi(needs_key=True)


def ingress_key(*, password: bytes | None = None) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    locked = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked).decode()


@pulumi.runtime.test
async def test_the_ingress_s_key_is_a_secret_of_which_the_public_half_is_known() -> None:
    text = ingress_key()
    runtime_config.set_all_config(
        {**PRESENT, "appliance:ingressKey": text}, [*PRESENT, "appliance:ingressKey"]
    )
    found = from_pulumi(needs_key=True)
    assert found.ingress_key is not None
    assert await found.ingress_key.is_secret()
    assert await found.ingress_key.future() == text
    public = load_pem_private_key(text.encode(), None).public_key()
    assert found.ingress_public == public.public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )


def test_a_stack_needs_no_key_of_an_ingress() -> None:
    runtime_config.set_all_config(PRESENT, list(PRESENT))
    found = from_pulumi(needs_key=True)
    assert (found.ingress_key, found.ingress_public) == (None, None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (ingress_key(password=b"x"), "is locked with a passphrase"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "is damaged, or no"),
    ],
)
def test_a_key_of_an_ingress_that_cannot_be_used_is_refused(text: str, sentence: str) -> None:
    runtime_config.set_all_config(
        {**PRESENT, "appliance:ingressKey": text}, [*PRESENT, "appliance:ingressKey"]
    )
    with pytest.raises(ConfigurationError) as raised:
        from_pulumi(needs_key=True)
    assert str(raised.value).startswith(f"Pulumi.dev.yaml: ingressKey: {sentence}")
    assert text not in str(raised.value)


@pulumi.runtime.test
async def test_the_secrets_are_secret_outputs() -> None:
    runtime_config.set_all_config(PRESENT, list(PRESENT))
    found = from_pulumi(needs_key=False)

    for name in ("root", "ca_certificate", "ca_key", "ssh_private_key"):
        assert await getattr(found, name).is_secret()
    assert await found.root.future() == ROOT


@pulumi.runtime.test
async def test_a_derived_secret_is_secret_even_from_a_plain_root() -> None:
    derived = derive(pulumi.Output.from_input(ROOT), "weave")

    assert await derived.is_secret()
    assert await derived.future() == derive_bytes(ROOT, "weave").hex()


def test_the_derivation_is_the_same_for_life() -> None:
    # Another value would be another password in every cluster that runs.
    expected = "de30cb117b7fdc9664dd8ed1c63b0de90ba731098fe9e92ffe63e33f13c0ef76"
    assert derive_bytes(ROOT, "weave").hex() == expected


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
            st.integers(1, 99),
        ),
        min_size=2,
        unique=True,
    )
)
def test_no_two_labels_and_epochs_give_the_same_secret(pairs: list[tuple[str, int]]) -> None:
    assert len({derive_bytes(ROOT, label, epoch) for label, epoch in pairs}) == len(pairs)


def test_another_root_gives_another_secret() -> None:
    other = base64.b64encode(bytes(32)).decode()
    assert derive_bytes(other, "weave") != derive_bytes(ROOT, "weave")


@pytest.mark.parametrize(
    ("root", "label", "epoch"),
    [
        ("", "x", 1),
        ("AAAA", "x", 1),
        ("***", "x", 1),
        (ROOT, "", 1),
        (ROOT, "a\0b", 1),
        (ROOT, "x", 0),
    ],
)
def test_an_unusable_derivation_is_refused(root: str, label: str, epoch: int) -> None:
    with pytest.raises(ValueError, match=r"rootSecret|label|epoch"):
        derive_bytes(root, label, epoch)


@pulumi.runtime.test
async def test_a_releases_secret_options_are_secret_and_their_names_are_not() -> None:
    key = "appliance:releaseSecrets"
    present = {**PRESENT, key: '{"password": "hidden"}'}
    runtime_config.set_all_config(present, list(present))
    found = from_pulumi(needs_key=True)
    assert found.release_names == frozenset({"password"})
    assert found.release_secrets is not None
    assert await found.release_secrets.is_secret()


@pytest.mark.parametrize("text", ["hidden", "[]", '{"a": 1}'])
def test_secret_options_of_another_form_are_refused_and_not_shown(text: str) -> None:
    present = {**PRESENT, "appliance:releaseSecrets": text}
    runtime_config.set_all_config(present, list(present))
    with pytest.raises(ConfigurationError) as raised:
        from_pulumi(needs_key=True)
    assert "releaseSecrets: is no JSON of names and texts" in str(raised.value)
    assert "hidden" not in str(raised.value)
