"""The SSH agent that a stack's commands log in with: a private one that holds the stack's key, or the user's own.

Owns which of the two, and the private one's life: it ends with the process that started it. Does not own the key, nor
who uses it: pulumi's command plugin and our own sessions find the agent by SSH_AUTH_SOCK.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from operate import settings
from operate.failure import OperateError
from operate.stack import PROJECT
from operate.workplace import Workplace

KEY: Final = f"{PROJECT}:sshPrivateKey"
SOCKET: Final = "SSH_AUTH_SOCK"
WATCH: Final = """\
echo "$SSH_AUTH_SOCK $SSH_AGENT_PID"
starter=$PPID
export starter
exec setpriv --pdeathsig TERM -- sh -c '[ "$PPID" = "$starter" ] && exec sleep infinity'
"""
"""The wish is only for a death to come: of one that was there before it, nobody is told."""


@contextmanager
def logged_in(place: Workplace) -> Iterator[Workplace]:
    """The same with an agent in the engine's environment. Raises OperateError when there is nothing to log in with."""
    if KEY not in settings.keys(place.stack.settings.read_text()):
        if not place.engine.environment.get(SOCKET):
            raise OperateError(
                f"stack {place.stack.name} has no SSH key: neither {KEY} in its configuration nor an SSH agent in "
                f"{SOCKET}; run `make init STACK={place.stack.name}`, or start an agent that holds the hosts' key"
            )
        yield place
        return
    with place.phases.phase("SSH agent"):
        key = place.engine.ask("config", "get", KEY, cwd=place.stack.project)
    with agent(key) as socket:
        yield place.using(**{SOCKET: socket})


@contextmanager
def agent(key: str) -> Iterator[str]:
    """The socket of an agent that holds one private key (OpenSSH's text form). Raises OperateError."""
    with subprocess.Popen(
        # An agent ends with the command that it was started for, and the kernel ends that one when this process dies,
        # however that happens. The agent itself is setgid on Debian, which forgets such a wish.
        ["ssh-agent", "sh", "-c", WATCH],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        # A terminal's interrupt is for pulumi, which still needs the agent while it ends.
        start_new_session=True,
    ) as process:
        assert process.stdout is not None  # noqa: S101 - Popen was given a pipe
        said = process.stdout.readline().split()
        try:
            match said:
                case [socket, _]:
                    add(key, socket)
                    yield socket
                case _:
                    raise OperateError(
                        "ssh-agent did not start; install the package openssh-client"
                    )
        finally:
            if said:
                os.kill(int(said[1]), signal.SIGTERM)
            process.terminate()


def add(key: str, socket: str) -> None:
    """Give an agent a private key; it is on no command line and in no file. Raises OperateError."""
    added = subprocess.run(
        ["ssh-add", "-q", "-"],
        input=key.strip() + "\n",
        env={**os.environ, SOCKET: socket, "SSH_ASKPASS_REQUIRE": "never"},
        capture_output=True,
        text=True,
        check=False,
        # Without a terminal it cannot ask for a passphrase, which nobody would answer.
        start_new_session=True,
    )
    if added.returncode != 0:
        raise OperateError(
            f"ssh-agent does not take {KEY}; give an OpenSSH private key without a passphrase"
        )
