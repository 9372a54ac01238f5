import subprocess
from pathlib import Path

import pytest

from components.machines.node_script import script_digest
from operate.drift import hosts
from operate.drift.facts import Found, Seen
from operate.hosts.survey import Said
from operate.status import hosts as status_hosts
from operate.status.facts import Host
from tests.operate.drift.given import NEXT_YEAR, TOLD
from tests.operate.status.seen import N2

CERTIFICATES = {"pki/ca.crt": NEXT_YEAR}


def asked(monkeypatch: pytest.MonkeyPatch, said: Said, host: Host | None = None) -> Seen:
    answer = host or Host(certificates=CERTIFICATES)
    monkeypatch.setattr(status_hosts, "ask", lambda *_: answer)
    monkeypatch.setattr(hosts, "call", lambda *_, **__: said)
    return hosts.ask(N2, TOLD, {})


def test_an_answer_is_its_lines_of_four_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said(code=0, output="Welcome!\nunit\tkubelet\tactive\tinactive\n", errors="")
    assert asked(monkeypatch, said) == Seen(
        found=(Found(kind="unit", name="kubelet", wanted="active", found="inactive"),),
        certificates=CERTIFICATES,
    )


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (Said(code=None, output="", errors=""), "it has not answered within 60 s"),
        (
            Said(code=1, output="", errors="n2: error: unknown command 'drift'; one of"),
            "run make up",
        ),
        (Said(code=1, output="", errors="bash: no"), "the probe ended with exit code 1 (bash: no)"),
        (Said(code=0, output="Welcome!\n", errors=""), "the probe ended with exit code 0"),
    ],
)
def test_a_host_that_gives_no_answer_says_why(
    monkeypatch: pytest.MonkeyPatch, said: Said, fault: str
) -> None:
    seen = asked(monkeypatch, said)
    assert fault in seen.fault
    assert (seen.found, seen.certificates) == ((), CERTIFICATES)


def test_a_host_that_cannot_be_reached_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said(code=0, output="unit\ta\tb\tc\n", errors="")
    assert asked(monkeypatch, said, Host(fault="it is off")) == Seen(fault="it is off")


def test_a_host_without_a_finished_step_is_not_called() -> None:
    assert "no finished step" in hosts.ask(N2, None, {}).fault


def test_of_a_script_that_somebody_changed_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = b"echo 'unit\tran\ta\tb'\n"
    script = tmp_path / f"node-{script_digest(text)}.sh"
    script.write_bytes(text)

    def run() -> Said:
        done = subprocess.run(
            ["sh", "-c", hosts.command(str(script))], capture_output=True, text=True, check=False
        )
        return Said(code=done.returncode, output=done.stdout, errors=done.stderr)

    assert "ran" in run().output
    script.write_bytes(text + b"echo more\n")
    changed = asked(monkeypatch, run())
    assert [(one.kind, one.found) for one in changed.found] == [
        ("script", script_digest(script.read_bytes()))
    ]
    assert "nothing of it was run" in changed.fault
    script.unlink()
    assert [one.found for one in asked(monkeypatch, run()).found] == ["absent"]
