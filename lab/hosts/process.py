"""Processes: programs that end with us, and supervisors that outlive us and are found again.

Owns starting them and telling a process from a later one of the same number. Does not own what they do.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lab.hosts.failure import LabError

PROC = Path("/proc")
POLL = 0.05
START_TIME = 19
"""Place in /proc/PID/stat after the name in brackets; the name may hold spaces and brackets itself."""

# The launcher waits for a line: until its number is on disk it must not become something that has to be found again.
# When we are killed before that, the pipe closes and the launcher ends. Then it enters its cgroups and becomes the
# program.
LAUNCHER = """
read -r _
while [ "$1" != -- ]; do echo $$ >"$1"; shift; done
shift
exec "$@" </dev/null
"""


@dataclass(frozen=True, kw_only=True)
class Supervisor:
    """A process for good: number, start in clock ticks since boot, and the boot's id."""

    pid: int
    started: int
    boot: str

    @classmethod
    def of(cls, pid: int, proc: Path = PROC) -> "Supervisor | None":
        """The process of this number now; None if there is none (a zombie is none)."""
        try:
            fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        if fields[0] == "Z":
            # Ours, if this program started it and goes on: then nobody else will take it away.
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            return None
        boot = (proc / "sys/kernel/random/boot_id").read_text().strip()
        return cls(pid=pid, started=int(fields[START_TIME]), boot=boot)

    def alive(self, proc: Path = PROC) -> bool:
        """Whether this very process still runs."""
        return Supervisor.of(self.pid, proc) == self

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if the process is still there."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def run(*arguments: str | Path, stdin: str | None = None, log: Path | None = None) -> str:
    """Run a program to its end and return its output; it is killed when we are. LabError with its last words."""
    command = ["setpriv", "--pdeathsig", "KILL", *map(str, arguments)]
    done = subprocess.run(command, input=stdin or "", capture_output=True, text=True, check=False)
    if log is not None:
        log.write_text(done.stdout + done.stderr)
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
        shown = " ".join(map(str, arguments[:6]))
        raise LabError(f"`{shown}` failed with exit code {done.returncode}: {words}")
    return done.stdout


def launch(
    command: Sequence[str],
    *,
    enter: Sequence[Path],
    log: Path,
    environment: Mapping[str, str],
    record: Callable[[Supervisor], None],
) -> Supervisor:
    """Start a program that outlives us in the cgroups whose `cgroup.procs` are given; `record` writes it down first."""
    files = [str(path) for path in enter]
    with log.open("w") as output:
        process = subprocess.Popen(
            ["sh", "-ceu", LAUNCHER, "launcher", *files, "--", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), **environment},
            text=True,
        )
    supervisor = Supervisor.of(process.pid)
    if supervisor is None or process.stdin is None:
        raise LabError(f"a shell to start {command[0]} ended at once; see {log}")
    record(supervisor)
    with suppress(BrokenPipeError):
        process.stdin.write("go\n")
        process.stdin.close()
    # It is meant to outlive this object; without a return code Python would warn of that.
    process.returncode = 0
    return supervisor


def until(done: Callable[[], bool], seconds: float) -> bool:
    """Poll until it is so; False when the time is over."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True
