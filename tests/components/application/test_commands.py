import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from components.application.commands import Ground, characters, is_secret, result
from components.certificates import new_authority
from tests.components.application.made import HEAD, body, faults, release

AUTHORITY = new_authority("test", datetime(2026, 1, 1, tzinfo=UTC))
OBJECT = "---\n# kind: scheduler-kubernetes\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def ground(seed: str = "11" * 32) -> Ground:
    return Ground(
        seed=seed,
        ca_certificate=AUTHORITY.certificate_pem,
        ca_key=AUTHORITY.key_pem,
        namespace="replicated-guestbook",
    )


def made(name: str, at: int = 0, seed: str = "11" * 32) -> str:
    return result(release("commands").description, name, at, ground(seed))


@pytest.mark.parametrize(("name", "at"), [("password", 0), ("pair", 0), ("pair", 1), ("public", 0)])
def test_a_result_is_the_same_at_every_run_and_another_for_every_stack(name: str, at: int) -> None:
    assert made(name, at) == made(name, at)
    assert made(name, at) != made(name, at, "22" * 32)


def test_a_certificate_holds_for_its_names_and_verifies_against_the_authority(
    tmp_path: Path,
) -> None:
    for name, at in (("key", 0), ("leaf", 1), ("ca", 2)):
        (tmp_path / name).write_text(made("pair", at))
    leaf = x509.load_pem_x509_certificate((tmp_path / "leaf").read_bytes())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.example.com", "b.example.com"]
    assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.1"]
    key = load_pem_private_key((tmp_path / "key").read_bytes(), None)
    assert key.public_key() == leaf.public_key()
    subprocess.run(
        ["openssl", "verify", "-CAfile", tmp_path / "ca", tmp_path / "leaf"],
        check=True,
        capture_output=True,
    )


def test_a_certificate_without_names_holds_for_the_applications_services() -> None:
    leaf = x509.load_pem_x509_certificate(made("inside", 1).encode())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "*.replicated-guestbook.svc" in names.get_values_for_type(x509.DNSName)


def test_random_characters_come_from_their_set_and_each_of_it_comes() -> None:
    found = made("password")
    assert len(found) == 40
    assert set(found) <= set("ABCDEF0123456789")
    many = "".join(made("password", seed=f"{number:02x}" * 32) for number in range(40))
    assert set(many) == set("ABCDEF0123456789")
    assert all(50 < many.count(each) < 160 for each in set(many))


def test_a_public_key_belongs_to_its_certificate() -> None:
    assert made("public").startswith("-----BEGIN PUBLIC KEY-----")
    assert made("public", 1).startswith("ecdsa-sha2-nistp256 ")


def test_sets_of_characters_are_read_as_ranges() -> None:
    assert characters("[a-c_0-2-]") == "abc_012-"
    assert characters("xyz") == "xyz"


def test_results_are_late_in_the_release_but_for_an_echo() -> None:
    found = release("commands")
    secret = body(found, "Secret", "made")["stringData"]
    assert secret["hello"] == "Hello World!"
    assert found.stand_ins.named(secret["url"]) == "db://user:<command password 0>@db/"
    assert is_secret(found.description, "password")
    assert not is_secret(found.description, "hello")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("cmd: raw", "runs a program of its own"),
        ("cmd: publicip", "asks a service on the internet"),
        ("cmd: cret", "is not one of cert, random, publickey, echo"),
        ("cmd: random, args: [many]", "the length 'many' is no number"),
        ("cmd: random, args: ['8', '[z-a]']", "run backwards"),
        ("cmd: cert, args: [a.example.com]", "is a key length, and 'a.example.com' is none"),
        ("cmd: publickey", "takes the name of a command cert"),
    ],
)
def test_a_command_that_cannot_be_had_is_refused_with_its_line(command: str, sentence: str) -> None:
    (found,) = faults(f"{HEAD}cmds:\n- {{name: a, {command}}}\n{OBJECT}")
    assert "document 1, line 5: cmds[0]: a: " in found
    assert sentence in found


def test_a_result_that_a_command_does_not_give_is_refused() -> None:
    found = faults(
        f"{HEAD}cmds: [{{name: a, cmd: random}}]\nconfig:\n- name: g\n  items:\n"
        f"  - {{name: b, value_cmd: {{name: a, value_at: 1}}}}\n  - {{name: c, value_cmd: {{name: d}}}}\n{OBJECT}"
    )
    assert "random gives 1 result(s)" in found[0]
    assert "cmds has no d" in found[1]
