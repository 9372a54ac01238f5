"""Looking, with a program that stands in for ssh: what it says and how it ends is what a real one does."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from components.machines.session import Endpoint
from operate.hosts import survey as module
from operate.hosts.look import Look, Seen, Unseen
from operate.hosts.requirements import requirements
from operate.hosts.survey import THROUGH_BASTION, Target, survey, targets
from tests.operate.hosts.given import ANSWER, wanted
from tests.stacks.config.given import SSH, Given

Ssh = Callable[[str], Mapping[str, str]]


@pytest.fixture
def ssh(tmp_path: Path) -> Ssh:
    """Puts a shell script in place of ssh; $host is the address, $command what is to run there."""

    def stand_in(script: str) -> Mapping[str, str]:
        (tmp_path / "answer").write_text(ANSWER)
        program = tmp_path / "ssh"
        program.write_text(
            '#!/bin/bash\nhost=${@: -2:1} command=${@: -1}\nanswer() { cat >/dev/null; cat "${0%/*}/answer"; }\n'
            f"{script}\n"
        )
        program.chmod(0o755)
        return {"PATH": f"{tmp_path}:{os.defpath}"}

    return stand_in


def target(name: str, **endpoint: Any) -> Target:
    address = f"192.0.2.{name.removeprefix('n')}"
    way = {"address": address, "host_key": "ssh-ed25519 AAAA", "user": "admin", **endpoint}
    return Target(wanted=wanted(name=name, address=address), endpoint=Endpoint(**way))


def unseen(look: Look) -> Unseen:
    assert isinstance(look, Unseen)
    return look


def test_all_hosts_are_looked_at_in_the_order_of_the_file(ssh: Ssh) -> None:
    looks = survey([target(f"n{number}") for number in range(1, 41)], ssh("answer"))
    assert [look.wanted.name for look in looks] == [f"n{number}" for number in range(1, 41)]
    assert all(isinstance(look, Seen) for look in looks)


def test_the_probe_goes_to_the_host_on_standard_input(ssh: Ssh, tmp_path: Path) -> None:
    environment = ssh(
        f'cat >{tmp_path}/got; echo "$command" >{tmp_path}/command; cat {tmp_path}/answer'
    )
    survey([target("n1")], environment)
    assert (tmp_path / "got").read_text() == module.PROBE.read_text()
    assert "sudo -n bash -s sudo" in (tmp_path / "command").read_text()


@pytest.mark.parametrize(
    ("said", "code", "found", "cure"),
    [
        (
            "ssh: connect to host 192.0.2.7 port 22: No route to host",
            255,
            "cannot be reached by SSH at 192.0.2.7:22 (ssh: connect to host 192.0.2.7 port 22: No route to host)",
            "start it",
        ),
        (
            "No ED25519 host key is known for appliance-192.0.2.7-22\\nHost key verification failed.",
            255,
            "shows another host key at 192.0.2.7:22 than its hostKey says",
            "installed anew",
        ),
        (
            "admin@192.0.2.7: Permission denied (publickey).",
            255,
            "does not let user admin log in at 192.0.2.7:22 with the stack's SSH key",
            "~admin/.ssh/authorized_keys",
        ),
        ("", 255, "cannot be reached by SSH at 192.0.2.7:22 (ssh said nothing)", "start it"),
        (
            "sh: 1: exec: bash: not found",
            127,
            "cannot be looked at: the probe ended with exit code 127 (sh: 1: exec: bash: not found)",
            "log in there",
        ),
    ],
)
def test_a_host_that_gives_no_answer_is_told_with_the_reason(
    ssh: Ssh, said: str, code: int, found: str, cure: str
) -> None:
    look = unseen(survey([target("n7")], ssh(f'printf "{said}\\n" >&2; exit {code}'))[0])
    assert look.found == found
    assert cure in look.cure


def test_an_answer_that_is_cut_off_is_no_answer(ssh: Ssh) -> None:
    look = unseen(survey([target("n1")], ssh("cat >/dev/null; echo begin"))[0])
    assert look.found == "cannot be looked at: its answer is cut off"


def test_a_host_that_never_ends_its_answer_holds_nobody_up(
    ssh: Ssh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT", 0.5)
    slow = ssh("if [ $host = 192.0.2.1 ]; then exec sleep 60; fi; answer")
    first, second = survey([target("n1"), target("n2")], slow)
    assert "gave no answer within" in unseen(first).found
    assert isinstance(second, Seen)


BASTION = Endpoint(address="192.0.2.250", host_key="ssh-ed25519 BBBB")


def test_through_a_bastion_fewer_sessions_are_open_at_a_time_than_it_admits(
    ssh: Ssh, tmp_path: Path
) -> None:
    (tmp_path / "open").mkdir()
    counted = ssh(
        f"mine=$(mktemp {tmp_path}/open/XXXXXX); ls {tmp_path}/open | wc -l >>{tmp_path}/counts; sleep 0.2; "
        "rm $mine; answer"
    )
    chosen = [target(f"n{number}", bastion=BASTION) for number in range(1, 25)]
    assert all(isinstance(look, Seen) for look in survey(chosen, counted))
    assert max(map(int, (tmp_path / "counts").read_text().split())) <= THROUGH_BASTION < 10


def test_a_bastion_that_lets_nobody_through_is_the_reason_told_of_every_host(
    ssh: Ssh, tmp_path: Path
) -> None:
    closed = ssh(
        f'echo $host >>{tmp_path}/asked; echo "ssh: connect to host $host: Connection refused" >&2; exit 255'
    )
    looks = survey([target("n1", bastion=BASTION), target("n2", bastion=BASTION)], closed)
    for look in looks:
        assert unseen(look).found.startswith(
            "was not looked at: the bastion 192.0.2.250 cannot be reached by SSH"
        )
    assert (tmp_path / "asked").read_text() == "192.0.2.250\n"


def test_a_bastion_that_runs_no_commands_is_still_a_way(ssh: Ssh) -> None:
    forwarding_only = ssh("if [ $host = 192.0.2.250 ]; then exit 1; fi; answer")
    assert isinstance(survey([target("n1", bastion=BASTION)], forwarding_only)[0], Seen)


def test_every_host_is_reached_as_the_configuration_says() -> None:
    configuration = Given(SSH).load()
    first, second = targets(configuration, requirements(configuration))
    assert (first.wanted.name, first.endpoint.user, first.endpoint.port) == ("n1", "admin", 22)
    assert (second.endpoint.user, second.endpoint.port) == ("other", 2222)
    assert second.endpoint.bastion is not None
    assert second.endpoint.bastion.address == "jump.example.com"
