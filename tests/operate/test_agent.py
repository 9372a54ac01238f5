import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from components.machines.local import public_half
from operate.agent import agent
from operate.failure import OperateError


def private_key(directory: Path, passphrase: str = "") -> str:
    file = directory / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", file], check=True)
    return file.read_text()


def held(socket: str) -> str:
    environment = {**os.environ, "SSH_AUTH_SOCK": socket}
    return subprocess.run(
        ["ssh-add", "-L"], env=environment, capture_output=True, text=True, check=False
    ).stdout


def test_the_agent_holds_exactly_the_given_key_and_goes_with_the_block(tmp_path: Path) -> None:
    key = private_key(tmp_path)
    with agent(key) as socket:
        assert held(socket).split()[:2] == public_half(key).split()
        assert len(held(socket).splitlines()) == 1
    assert await_gone(Path(socket), seconds=3)


def test_a_key_with_a_passphrase_is_refused_without_being_shown(tmp_path: Path) -> None:
    key = private_key(tmp_path, "passphrase")
    with pytest.raises(OperateError, match="without a passphrase") as raised, agent(key):
        pass
    assert key.splitlines()[1] not in str(raised.value)


@pytest.mark.toolchain
def test_the_agent_ends_when_its_process_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom operate.agent import agent\n"
        "with agent(sys.stdin.read()) as socket:\n  print(socket, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(private_key(tmp_path))
        process.stdin.close()
        socket = Path(process.stdout.readline().strip())
        assert socket.exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
    # It looks every ten seconds whether it is still needed.
    assert await_gone(socket, seconds=15)


LATE = """\
#!/bin/sh
while [ "$(ps -o ppid= -p $$ | tr -d ' ')" = "$starter" ]; do sleep 0.05; done
exec /usr/bin/setpriv "$@"
"""


@pytest.mark.toolchain
def test_an_agent_whose_process_died_before_the_kernel_was_asked_to_tell_ends_too(
    tmp_path: Path,
) -> None:
    late = tmp_path / "setpriv"
    late.write_text(LATE)
    late.chmod(0o755)
    program = (
        "import os, subprocess\nfrom operate.agent import WATCH\n"
        "agent = subprocess.Popen(['ssh-agent', 'sh', '-c', WATCH], stdout=subprocess.PIPE)\n"
        "print(agent.stdout.readline().decode().split()[0], flush=True); os._exit(0)\n"
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    printed = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, stdout=subprocess.PIPE
    ).stdout
    assert await_gone(Path(printed.decode().strip()), seconds=15)


def await_gone(path: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not path.exists()
