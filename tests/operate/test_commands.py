"""The operator's commands with the real engine, on a small program in place of the appliance.

What is asserted here holds for every program: settings, state, secrets, locks, and what a killed command leaves.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from operate import lock, processes
from operate.checkout import link
from tests.components.application.made import LICENSE
from tests.components.application.test_license import public, text

pytestmark = [pytest.mark.toolchain, pytest.mark.timeout(300)]

PROGRAM = """\
import pulumi
from pulumi_command import local

first = local.Command("first", create="echo made", delete="true")
gate = 'echo $$ >> "$GATE.ran"; while [ -e "$GATE" ]; do sleep 0.1; done; echo through'
second = local.Command("second", create=gate, opts=pulumi.ResourceOptions(depends_on=[first]))
pulumi.export("message", pulumi.Output.concat("second is ", second.stdout))
pulumi.export("kubeconfig", pulumi.Output.secret("a credential\\n"))
"""
# A production stack, so that no host of the lab is made; its host is never spoken to.
TRACKED = """\
config:
  appliance:hosts:
    provider: ssh
    nodes:
      - name: n1
        roles: [control-plane, worker]
        address: 192.0.2.1
        hostKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
  appliance:kubernetes: {version: "1.35.4"}
  appliance:airgap: {bundle: .}
  appliance:protection: false
"""


@dataclass
class Operator:
    """Someone in a checkout with the stack `small`; `gate` holds the second resource up while it exists."""

    checkout: Path
    state: Path
    gate: Path

    @property
    def environment(self) -> dict[str, str]:
        # A shell that this test is started from must not name another stack or backend.
        outside = {name: value for name, value in os.environ.items() if "PULUMI" not in name}
        # Its host is never spoken to, so nothing listens where the agent should be.
        mine = {"APPLIANCE_STATE": str(self.state), "GATE": str(self.gate)}
        return {**outside, **mine, "SSH_AUTH_SOCK": str(self.gate)}

    @property
    def private(self) -> Path:
        return self.state / "stacks" / "small"

    def start(self, *words: str, stdin: str | None = None) -> subprocess.Popen[str]:
        # The one host of this stack exists nowhere.
        # Its program is not the appliance, so that the rules would look at something else.
        unseen = ["--no-check-hosts", "--no-policies"] if words[0] == "up" else []
        process = subprocess.Popen(
            [sys.executable, "-m", "operate", *words, *unseen, "--stack", "small"],
            cwd=self.checkout,
            env=self.environment,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if stdin is not None:
            assert process.stdin is not None
            process.stdin.write(stdin)
            process.stdin.close()
            process.stdin = None
        return process

    def run(self, *words: str, stdin: str | None = None, code: int = 0) -> str:
        process = self.start(*words, stdin=stdin)
        printed, _ = process.communicate(timeout=240)
        assert process.returncode == code, printed
        return printed

    def shell(self, script: str) -> str:
        return self.run("shell", stdin=f"set -e\n{script}\n")

    def start_held_up(self) -> subprocess.Popen[str]:
        """An `up` that has come to the second resource and stays there."""
        self.gate.touch()
        process = self.start("up")
        deadline = time.monotonic() + 120
        while not self.gate.with_suffix(".ran").exists():
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.1)
        return process

    def owner(self) -> lock.Owner:
        found = lock.parse((self.private / "operate.lock").read_text())
        assert found is not None
        return found

    def pending(self) -> list[object]:
        state = json.loads(self.shell("pulumi stack export"))
        return list(state["deployment"].get("pending_operations") or [])


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    link(checkout, without=["__main__.py"])
    (checkout / "__main__.py").write_text(PROGRAM)
    (checkout / "Pulumi.small.yaml").write_text(TRACKED)
    operator = Operator(checkout, tmp_path / "state", tmp_path / "gate")
    yield operator
    operator.gate.unlink(missing_ok=True)


def test_up_changes_nothing_the_second_time_and_down_leaves_only_the_keys(
    operator: Operator,
) -> None:
    assert "second is through" in operator.run("up")
    assert (operator.private / "kubeconfig").read_text() == "a credential\n"
    assert (operator.private / "kubeconfig").stat().st_mode & 0o077 == 0
    again = operator.run("up")
    assert "3 unchanged" in again
    assert "created" not in again
    page = Path(operator.run("graph").strip()).read_text()
    assert re.findall(r'data-urn="[^"]*::([^"]*)"', page)[-2:] == ["first", "second"]
    # The second `up` changed nothing: the times are those of the first.
    assert 'class="older"' not in page
    path = page.partition('id="path"')[2].partition('id="resources"')[0]
    assert re.findall(r">(first|second)</a>", path) == ["first", "second"]
    operator.run("down")
    assert "stack small is not deployed" in operator.run("graph", code=3)
    assert not (operator.private / "kubeconfig").exists()
    assert not (operator.private / "last-up.json").exists()
    assert (operator.private / "passphrase").exists()
    assert (operator.checkout / "Pulumi.small.yaml").read_text() == TRACKED


APPLICATION = """\
import os
import pulumi
from pulumi_command import local

class Application(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("appliance:application:Application", "application")
        local.Command("application/a", create="echo made", opts=pulumi.ResourceOptions(parent=self))

local.Command("other", create=f"echo {os.environ['TURN']}")
if os.environ.get("APPLIANCE_APPLICATION_FROZEN") != "1" and os.environ["TURN"] != "3":
    Application()
"""


def test_the_end_of_a_license_freezes_the_application_and_nothing_else(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    license_ = operator.checkout / "license.yaml"
    (operator.checkout / "__main__.py").write_text(APPLICATION)
    (operator.checkout / "vendor.pem").write_bytes(public())
    (operator.checkout / "release.yaml").write_text("")
    groups = (
        "  appliance:license: {file: license.yaml, publicKey: vendor.pem}\n"
        "  appliance:release: {file: release.yaml, app: guestbook}\n"
    )
    (operator.checkout / "Pulumi.small.yaml").write_text(TRACKED + groups)
    license_.write_text(text())
    monkeypatch.setenv("TURN", "1")
    assert "4 created" in operator.run("up")
    license_.write_text(text({**LICENSE, "expires": "2020-01-01"}))
    monkeypatch.setenv("TURN", "2")
    previewed = operator.run("preview")
    assert "the application stays as it is" in previewed
    # A policy's finding may speak of deleting too.
    steps = [line for line in previewed.splitlines() if not line.startswith("policy")]
    assert not [line for line in steps if "delete" in line]
    changed = operator.run("up")
    assert "1 updated" in changed
    assert "deleted" not in changed
    assert "Application$command:local:Command::application/a" in operator.shell(
        "pulumi stack export"
    )
    # The positive control: without the license the same program deletes it.
    monkeypatch.setenv("TURN", "3")
    license_.write_text(text())
    assert "2 deleted" in operator.run("up")


def test_no_secret_is_in_the_state_or_the_logs(operator: Operator) -> None:
    operator.run("init")
    operator.run("up")
    assert "[secret]" in operator.run("output")
    assert "a credential" in operator.run("output", "--show-secrets")
    texts = [file.read_text() for file in (operator.private / "log").iterdir()]
    texts.append(operator.shell("pulumi stack export"))
    assert not any("a credential" in text or "PRIVATE KEY" in text for text in texts)


def test_plain_pulumi_works_in_the_shell_and_keeps_to_the_stack(operator: Operator) -> None:
    printed = operator.shell(
        "pulumi preview\npulumi up --yes --skip-preview\npulumi stack ls\necho $KUBECONFIG\n"
        "kubectl version --client"
    )
    assert "3 created" in printed
    assert "small*" in printed
    assert str(operator.private / "kubeconfig") in printed
    assert "Client Version: v1.35.4" in printed
    assert (operator.checkout / "Pulumi.small.yaml").read_text() == TRACKED


def test_a_shell_hands_on_the_exit_code_of_its_commands(operator: Operator) -> None:
    operator.run("shell", stdin="exit 3\n", code=3)


def test_after_a_killed_command_the_next_one_cleans_up_and_finishes_the_work(
    operator: Operator,
) -> None:
    with operator.start_held_up() as killed:
        owner = operator.owner()
        killed.kill()
        killed.wait()
        mark = f"APPLIANCE_RUN={owner.run}"
        assert processes.left_behind(owner.sessions, mark), (
            "nothing was left: the test shows nothing"
        )
        operator.gate.unlink()
        printed = operator.run("up")
    assert f"(pid {killed.pid}) died" in printed
    assert "second is through" in printed
    assert processes.left_behind(owner.sessions, mark) == ()
    assert operator.pending() == []
    assert "3 unchanged" in operator.run("up")


def test_after_the_engine_itself_was_killed_its_lock_and_pending_work_are_cleared(
    operator: Operator,
) -> None:
    with operator.start_held_up() as killed:
        (engine,) = operator.owner().sessions
        os.kill(killed.pid, signal.SIGKILL)
        os.kill(engine, signal.SIGKILL)
        killed.wait()
    locks = operator.state / "pulumi" / ".pulumi" / "locks" / "organization" / "appliance" / "small"
    assert list(locks.glob("*.json")), "the engine left no lock: the test shows nothing"
    operator.gate.unlink()
    printed = operator.run("up")
    assert "removing the engine's lock of a dead process" in printed
    assert "forgetting 1 interrupted operations" in printed
    assert list(locks.glob("*.json")) == []
    assert "3 unchanged" in operator.run("up")


def test_a_second_command_waits_for_the_first_or_refuses(operator: Operator) -> None:
    with operator.start_held_up() as first:
        refused = operator.run("up", "--no-wait", code=1)
        assert f"(pid {first.pid}) has been at work on this stack since" in refused
        with operator.start("up") as second:
            assert second.stdout is not None
            while "waiting for it to end" not in second.stdout.readline():
                assert second.poll() is None
            operator.gate.unlink()
            assert first.wait(120) == 0
            assert "3 unchanged" in second.communicate(timeout=120)[0]


def test_a_plain_pulumi_at_work_is_not_disturbed(operator: Operator) -> None:
    operator.gate.touch()
    with operator.start("shell", stdin="pulumi up --yes --skip-preview\n") as plain:
        deadline = time.monotonic() + 120
        while not operator.gate.with_suffix(".ran").exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert "is being changed by pid" in operator.run("up", code=1)
        operator.gate.unlink()
        plain.communicate(timeout=120)
        assert plain.returncode == 0


def test_a_failing_program_is_told_by_exit_code_and_the_path_of_the_log(operator: Operator) -> None:
    (operator.checkout / "__main__.py").write_text("raise RuntimeError('broken')\n")
    printed = operator.run("up", code=1)
    assert "broken" in printed
    assert str(operator.private / "log") in printed


def test_every_fault_of_the_configuration_is_told_before_anything_is_made(
    operator: Operator,
) -> None:
    faulty = TRACKED.replace("provider: ssh", "provider: shh").replace("1.35.4", "1.2.3")
    (operator.checkout / "Pulumi.small.yaml").write_text(faulty)
    printed = operator.run("up", code=1)
    assert "hosts.provider" in printed
    assert "kubernetes.version" in printed
    assert not (operator.state / "pulumi").exists()


def test_a_stack_with_its_own_encryption_is_used_from_the_checkout(operator: Operator) -> None:
    tracked = operator.checkout / "Pulumi.small.yaml"
    # Pulumi writes booleans back as text.
    tracked.write_text(TRACKED.replace("  appliance:protection: false\n", ""))
    operator.shell("cp $PULUMI_OPTION_CONFIG_FILE Pulumi.small.yaml")
    assert "encryptionsalt" in tracked.read_text()
    (operator.private / "Pulumi.small.yaml").unlink()
    operator.run("init")
    assert "appliance:rootSecret" in tracked.read_text()
    assert "second is through" in operator.run("up")
    assert not (operator.private / "Pulumi.small.yaml").exists()


def test_a_stack_encrypted_elsewhere_is_refused_without_its_passphrase(operator: Operator) -> None:
    tracked = operator.checkout / "Pulumi.small.yaml"
    tracked.write_text(f"encryptionsalt: v1:AAAA=:v1:BBBB:CCCC\n{TRACKED}")
    printed = operator.run("preview", code=1)
    assert "encrypted with a passphrase that is not on this machine" in printed
    assert not (operator.private / "passphrase").exists()
