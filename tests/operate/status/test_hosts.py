import base64
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from components.certificates import new_authority
from operate.status import hosts
from operate.status.facts import Host
from tests.operate.status.seen import N1

CERTIFICATE = new_authority("test", datetime(2026, 1, 1, tzinfo=UTC), years=3).certificate_pem


@pytest.fixture
def port() -> Iterator[int]:
    """A port of this machine that accepts connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class FakeSsh:
    """The ssh program as a script that keeps what it was given."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def says(self, script: str) -> None:
        program = self.directory / "ssh"
        program.write_text(
            f'#!/bin/sh\necho "$@" > {self.directory}/words\ncat > {self.directory}/stdin\n{script}\n'
        )
        program.chmod(0o755)


@pytest.fixture
def ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSsh:
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return FakeSsh(tmp_path)


def ask(port: int) -> Host:
    assert N1.ssh is not None
    here = replace(N1.ssh, address="127.0.0.1", port=port)
    return hosts.ask(replace(N1, ssh=here), {**os.environ})


def test_the_probe_s_answer_becomes_facts() -> None:
    encoded = base64.b64encode(CERTIFICATE.encode()).decode()
    lines = [
        "unit=kubelet active",
        "unit=haproxy failed",
        "said=haproxy cannot bind: port = 7443",
        "api=200",
        "registry=000",
        "peer=-> 10.0.0.2:6783 established encrypted",
        f"certificate=etcd/peer.crt {encoded}",
        "certificate=kubelet.conf ",
    ]
    host = hosts.parse(lines)
    assert host.units == {"kubelet": "active", "haproxy": "failed"}
    assert host.said == {"haproxy": "cannot bind: port = 7443"}
    assert (host.api, host.registry) == ("200", "000")
    assert host.peers == ("-> 10.0.0.2:6783 established encrypted",)
    assert host.certificates == {"etcd/peer.crt": datetime(2029, 1, 1, tzinfo=UTC)}


def test_a_host_is_sent_the_probe_and_its_answer_is_read(ssh: FakeSsh, port: int) -> None:
    ssh.says("echo a greeting; echo begin; echo 'unit=kubelet active'; echo end")
    host = ask(port)
    assert host == Host(units={"kubelet": "active"})
    assert (ssh.directory / "stdin").read_text() == hosts.PROBE.read_text()
    assert "sudo -n bash -s" in (ssh.directory / "words").read_text()


def test_why_ssh_does_not_get_in_is_told_with_what_to_do(ssh: FakeSsh, port: int) -> None:
    ssh.says("echo 'root@127.0.0.1: Permission denied (publickey).' >&2; exit 255")
    assert ask(port).fault.startswith("it does not let user root log in at 127.0.0.1:")


@pytest.mark.parametrize("script", ["echo begin; exit 1", "echo begin; echo unit=x", "exit 0"])
def test_half_an_answer_is_none(ssh: FakeSsh, port: int, script: str) -> None:
    ssh.says(f"{script}\necho 'sudo: a password is required' >&2")
    if "exit" in script:
        ssh.says(f"echo 'sudo: a password is required' >&2; {script}")
    assert "sudo: a password is required" in ask(port).fault


def test_a_port_on_which_nothing_listens_is_told_without_ssh(ssh: FakeSsh, port: int) -> None:
    ssh.says("exit 9")
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    assert "refuses connections: nothing listens there" in ask(closed).fault
    assert hosts.closed("127.0.0.1", port) == ""
    assert not (ssh.directory / "words").exists()


def test_a_host_that_does_not_answer_at_all_is_told_to_be_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", silent)
    assert hosts.closed("192.0.2.1", 22) == (
        "port 22 of 192.0.2.1 does not answer: the host is off, or the way to it is cut"
    )


def test_behind_a_bastion_only_ssh_itself_knows_whether_a_host_answers(ssh: FakeSsh) -> None:
    ssh.says("echo begin; echo end")
    assert N1.ssh is not None
    hidden = replace(N1.ssh, address="192.0.2.9", bastion=replace(N1.ssh, address="192.0.2.1"))
    assert hosts.ask(replace(N1, ssh=hidden), {**os.environ}) == Host()


def test_a_node_that_nobody_says_how_to_reach_is_told() -> None:
    assert "does not say how it is reached" in hosts.ask(replace(N1, ssh=None), {}).fault


def test_the_probe_runs_on_a_host_that_has_nothing_of_the_appliance() -> None:
    done = subprocess.run(
        ["bash", "-s"],
        input=hosts.PROBE.read_text(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert (lines[0], lines[-1]) == ("begin", "end")
    assert set(hosts.parse(lines[1:-1]).units) >= {"containerd", "haproxy", "kubelet"}
