"""Running pulumi: short questions, and long operations with their output on the terminal and in a file.

Owns the process: its session, its end when the command ends, its exit code. Does not own what is asked.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from operate.failure import OperateError

KEPT_LOGS: Final = 30
POLL: Final = 0.1
"""Seconds between two looks at the engine's output."""

LAST_LINES: Final = 5


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Pulumi in a stack's environment, in the checkout; `started` is told the session of every long operation."""

    environment: Mapping[str, str]
    checkout: Path
    logs: Path
    started: Callable[[int], None] = lambda _: None

    def ask(self, *words: str, cwd: Path | None = None, stdin: str = "") -> str:
        """What a short pulumi command prints. Raises OperateError with its last words."""
        done = subprocess.run(
            [self.program(), *words, "--non-interactive"],
            check=False,
            cwd=cwd or self.checkout,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            said = " ".join(done.stderr.split("\n")[-LAST_LINES:]).strip()
            raise OperateError(
                f"`pulumi {' '.join(words[:2])}` failed: {said}", code=done.returncode
            )
        return done.stdout

    def operate(self, *words: str) -> None:
        """Run a long pulumi command with its output streamed. Raises OperateError with pulumi's exit code."""
        log = self.log_file(words[0])
        with log.open("wb") as output, log.open("rb") as written:
            # A session of its own: a terminal's Ctrl-C comes here first and is passed on once, and what a killed
            # command leaves behind can be found. The kernel interrupts the engine when this process dies; it then
            # saves its state, which it could not do with a pipe to a dead reader, hence the file.
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "INT", "--", self.program(), *words],
                cwd=self.checkout,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.started(process.pid)
            code = follow(process, written)
        if code != 0:
            raise OperateError(
                f"`pulumi {words[0]}` failed with exit code {code}; the cause stands above, the whole output is in "
                f"{log}; the same command can be run again",
                code=code if code > 0 else 1,
            )

    def program(self) -> str:
        """The pulumi program. Raises OperateError if there is none."""
        found = shutil.which("pulumi", path=self.environment.get("PATH"))
        if found is None:
            raise OperateError("pulumi is not on PATH; run `make toolchain`")
        return found

    def log_file(self, name: str) -> Path:
        """A new file for one operation's output; the oldest files go."""
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in sorted(self.logs.glob("*.log"))[: -KEPT_LOGS + 1]:
            old.unlink()
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        return self.logs / f"{stamp}-{name}.log"


def follow(process: subprocess.Popen[bytes], written: BinaryIO) -> int:
    """Print what a process writes into a file until it ends; an interrupt is passed on. Returns its exit code."""
    while True:
        try:
            code = process.poll()
            show(written)
            if code is not None:
                return code
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=POLL)
        except KeyboardInterrupt:
            print(
                "stopping: pulumi finishes what is under way; interrupt again to stop at once",
                file=sys.stderr,
            )
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGINT)


def show(written: BinaryIO) -> None:
    """Print what has been written since the last time."""
    new = written.read()
    if new:
        sys.stdout.buffer.write(new)
        sys.stdout.flush()
