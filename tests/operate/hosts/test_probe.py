"""The probe itself, on the machine that runs the tests."""

import platform
import socket
import subprocess
from pathlib import Path

import pytest

from operate.hosts.facts import parse
from operate.hosts.survey import PROBE


def run(privilege: str = "none", **environment: str) -> str:
    done = subprocess.run(
        ["bash", "-s", privilege],
        input=PROBE.read_text(),
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout


def test_its_answer_is_read_and_tells_of_this_machine() -> None:
    facts = parse(run("root"))
    assert facts.privilege == "root"
    assert facts.hostname == platform.node()
    assert facts.architecture == platform.machine()
    assert facts.kernel == platform.release()
    assert facts.free["/"] > 0
    assert "bash" in facts.programs


def test_a_socket_that_listens_is_seen_with_its_port() -> None:
    if "program=ss\n" not in run():
        pytest.skip("this machine has no ss")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        listeners = parse(run()).listeners or ()
    assert (port, "tcp") in {(it.port, it.protocol) for it in listeners}


def test_it_writes_nowhere() -> None:
    """Beside what the test with real hosts finds: no redirection into a file, and no program that changes anything."""
    lines = [line for line in PROBE.read_text().splitlines() if not line.lstrip().startswith("#")]
    text = "\n".join(lines).replace(">/dev/null", "").replace("2>&1", "")
    assert ">" not in text.replace("=>", "").replace("->", "")
    words = {word.strip("'\"()") for word in text.split()}
    assert not words & {"rm", "mv", "cp", "mkdir", "touch", "tee", "install", "sysctl", "start"}


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("getenforce() { echo Enforcing; }", "defence=SELinux"),
        ("getenforce() { echo Permissive; }", ""),
        ("systemctl() { [[ $* == *firewalld ]]; }", "defence=firewalld"),
        ("ufw() { echo 'Status: active'; }", "defence=ufw"),
        ("ufw() { echo 'Status: inactive'; }", ""),
    ],
)
def test_what_blocks_a_cluster_is_told_when_it_is_active(host: str, said: str) -> None:
    functions = PROBE.read_text().replace('\nmain "$1" </dev/null\n', "\n")
    nobody = "getenforce() { return 127; }; systemctl() { return 3; }; ufw() { return 127; }"
    done = subprocess.run(
        ["bash", "-c", f"{functions}\n{nobody}\n{host}\ndefences"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == said


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("timesyncd_has_the_time() { true; }", "synchronised=yes"),
        ("chronyc() { echo A9FEA97B,169.254.169.123,4,0.1,0.2,Normal; }", "synchronised=yes"),
        ("chronyc() { echo 7F7F0101,,10,0.1,0.2,Not synchronised; }", "synchronised=no"),
        ("systemctl() { true; }", ""),
        ("systemctl() { false; }", "synchronised=no"),
    ],
)
def test_whether_the_clock_is_held_is_asked_of_what_holds_it(host: str, said: str) -> None:
    functions = PROBE.read_text().replace('\nmain "$1" </dev/null\n', "\n")
    nobody = (
        'timesyncd_has_the_time() { false; }; timeout() { shift; "$@"; }; chronyc() { return 1; }'
    )
    done = subprocess.run(
        ["bash", "-c", f"{functions}\n{nobody}\n{host}\nsynchronised"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == said


def test_it_is_one_file_that_needs_no_other() -> None:
    assert Path(PROBE).name == "probe.sh"
    assert "source " not in PROBE.read_text()
