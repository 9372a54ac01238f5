import datetime as dt
from pathlib import Path

import pytest

from components.certificates import new_authority
from stacks.config import Configuration, load
from stacks.trust import authorities, faults


def configuration(file: Path | None) -> Configuration:
    values = {
        "hosts": {
            "provider": "local",
            "nodes": [{"name": "n1", "roles": ["control-plane", "worker"]}],
        },
        "airgap": {"bundle": "local"},
        **({"trust": {"caFile": str(file)}} if file else {}),
    }
    return load(values, stack="test", file="Pulumi.test.yaml")


def authority(name: str) -> tuple[str, str]:
    made = new_authority(name, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    return made.certificate_pem, made.key_pem


def test_without_a_file_hosts_trust_what_their_system_does() -> None:
    assert authorities(configuration(None)) == ""
    assert list(faults(configuration(None))) == []


def test_hosts_get_every_certificate_of_the_file_and_nothing_else(tmp_path: Path) -> None:
    (one, _), (two, _) = authority("one"), authority("two")
    file = tmp_path / "ca.pem"
    file.write_text(f"# of the company\n{one}\nsubject: two\n{two}")
    assert authorities(configuration(file)) == one + two


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(None, "cannot be read"), ("hello", "is no PEM"), ("key", "holds a private key")],
)
def test_another_file_is_refused_by_name(tmp_path: Path, text: str | None, sentence: str) -> None:
    certificate, key = authority("one")
    file = tmp_path / "ca.pem"
    if text is not None:
        file.write_text(certificate + key if text == "key" else text)
    (fault,) = faults(configuration(file))
    assert fault.startswith(f"trust.caFile: {file} {sentence}")
    assert key not in fault
