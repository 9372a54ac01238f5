"""What each host refuses itself, in the node script's `prepare`: its functions, on a host that is made up."""

import subprocess
from pathlib import Path

import pytest

from components.machines.node_script import SOURCE

FUNCTIONS = Path(SOURCE).read_text().replace('\nmain "$@"\n', "\n")
FINE = {
    "uname": "echo x86_64",
    "awk": "echo 4096",
    "df": "printf 'Avail\\n50000M\\n'",
    "stat": "echo cgroup2fs",
    "booted_by_systemd": "true",
    "date": 'case "$*" in *-d*) echo 2026-01-01T00:00:00Z ;; *) echo 2000000000 ;; esac',
    # An await that does not come true is over at once.
    "sleep": "SECONDS=1000",
    "ss": "true",
}
PARAMETERS = {
    "NODE_NAME": "n1",
    "KUBERNETES_VERSION": "1.35.4",
    "MINIMUM_MEMORY_MIB": "1700",
    "MINIMUM_DISK_MIB": "8192",
    "SHARED_KERNEL": "0",
    "CA_VALID_FROM": "1900000000",
}


def guard(*, parameters: dict[str, str] | None = None, **host: str) -> str:
    """What the guard says about a host on which these programs print something else; nothing if it lets it pass."""
    given = "".join(f"{k}={v!r}\n" for k, v in {**PARAMETERS, **(parameters or {})}.items())
    stand_ins = "".join(f"{name}() {{ {body}; }}\n" for name, body in {**FINE, **host}.items())
    done = subprocess.run(
        [
            "bash",
            "-c",
            f"{FUNCTIONS}\n{given}{stand_ins}check_hardware; check_init; check_clock; host_ports_free",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode == 0) == (done.stderr == ""), done
    return done.stderr.removeprefix("n1: error: ").strip()


def test_a_host_that_is_fine_passes() -> None:
    assert guard() == ""


def test_another_architecture_is_refused() -> None:
    assert guard(uname="echo aarch64").startswith("this host is aarch64, and the programs are")


def test_too_little_memory_is_refused_by_the_configured_limit() -> None:
    assert guard(awk="echo 1699").startswith("this host has 1699 MiB of memory and needs 1700 MiB")
    assert guard(awk="echo 1699", parameters={"MINIMUM_MEMORY_MIB": "1000"}) == ""


def test_too_little_disk_is_refused_by_the_configured_limit() -> None:
    little = "printf 'Avail\\n8191M\\n'"
    assert guard(df=little).startswith("/var/lib has 8191 MiB free and needs 8192 MiB")
    assert guard(df=little, parameters={"MINIMUM_DISK_MIB": "8191"}) == ""


def test_a_host_without_systemd_is_refused() -> None:
    assert guard(booted_by_systemd="false").startswith("this host was not booted by systemd")


@pytest.mark.parametrize(
    ("version", "shared", "refused"),
    [("1.35.4", "0", True), ("1.34.2", "0", False), ("1.35.4", "1", False)],
)
def test_old_control_groups_are_refused_where_kubelet_does_not_start_on_them(
    version: str,
    shared: str,
    refused: bool,  # noqa: FBT001
) -> None:
    said = guard(
        stat="echo tmpfs", parameters={"KUBERNETES_VERSION": version, "SHARED_KERNEL": shared}
    )
    assert said.startswith("this host has cgroup version 1, on which kubelet 1.35.4") == refused


def test_a_clock_before_the_authoritys_first_day_is_refused_in_the_end() -> None:
    said = guard(parameters={"CA_VALID_FROM": "2000000001"})
    assert said.startswith("a clock past 2026-01-01T00:00:00Z, when the stack's CA certificate")
    assert "did not come true within 60 s" in said


def test_a_clock_that_comes_right_meanwhile_is_waited_for() -> None:
    later = "if [[ ${slept:-} ]]; then echo 2000000000; else echo 1; fi"
    assert guard(date=later, sleep="slept=1") == ""


# A web server that listens on port 80, as ss tells of it when it is asked about that port.
WEB = """case "$*" in *":80") echo 'LISTEN 0 511 *:80 *:* users:(("nginx",pid=7,fd=6))' ;; esac"""


def test_a_port_that_the_ingress_takes_must_be_free() -> None:
    said = guard(ss=WEB, parameters={"HOST_PORTS": "80 443"})
    assert said.startswith("port 80 is taken by nginx (process 7), and the ingress would take its")
    assert guard(ss=WEB, parameters={"HOST_PORTS": "443"}) == ""


def test_a_host_without_an_ingress_may_have_a_web_server() -> None:
    assert guard(ss=WEB) == ""


def test_the_guard_is_part_of_the_check_of_a_host() -> None:
    check = FUNCTIONS.partition("\ncheck_host() {")[2].partition("\n}")[0]
    assert {"check_hardware", "check_init", "check_clock", "host_ports_free"} <= set(check.split())
