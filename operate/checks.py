"""`make check`: every check by name, with its time, and the output of those that fail.

Owns which programs look at which files. Does not own what they demand: that is `pyproject.toml`.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operate.failure import OperateError
from operate.phases import Phases

NEEDS_MORE: Final = ("toolchain", "browser", "lab", "e2e")
"""The markers of tests that need more than Python: built binaries, Chromium, root and systemd-nspawn, a cluster."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One program that looks at the checkout, and what a person calls it."""

    name: str
    command: tuple[str, ...]
    silent: bool = False
    """Whether any output, with exit code 0 too, is a fault (gofmt lists files and succeeds)."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one check ended."""

    check: Check
    passed: bool
    seconds: float
    output: str


def static_checks(files: Sequence[str]) -> tuple[Check, ...]:
    """All checks but the unit tests, for these tracked files (paths relative to the checkout)."""
    checks = [
        Check(name="ruff format", command=(python_program("ruff"), "format", "--check", ".")),
        Check(name="ruff check", command=(python_program("ruff"), "check", ".")),
        Check(name="mypy --strict", command=(python_program("mypy"), ".")),
    ]
    scripts = [file for file in files if is_shell_script(Path(file))]
    if scripts:
        command = (python_program("shellcheck"), *scripts)
        checks.append(Check(name=f"shellcheck ({len(scripts)} scripts)", command=command))
    sources = [file for file in files if file.endswith(".go")]
    gofmt = shutil.which("gofmt")
    if sources and gofmt is not None:
        checks.append(Check(name="gofmt", command=(gofmt, "-l", *sources), silent=True))
    return tuple(checks)


def unit_tests() -> Check:
    """The tests that need nothing but Python."""
    expression = " and ".join(f"not {marker}" for marker in NEEDS_MORE)
    # Hypothesis as in CI: no deadlines, which a busy machine misses, and the same examples on every run.
    options = ("-q", "-n", "2", "--hypothesis-profile=ci", "--durations=5", "-m", expression)
    return Check(name="unit tests", command=(sys.executable, "-m", "pytest", *options))


def python_program(name: str) -> str:
    """A program of the environment that this Python runs in."""
    return str(Path(sys.executable).parent / name)


def is_shell_script(file: Path) -> bool:
    """Whether a file is a shell script, by its name or its first line."""
    if file.suffix in {".sh", ".bash"}:
        return True
    if file.suffix or not file.is_file():
        return False
    with file.open("rb") as stream:
        first = stream.readline(80).decode(errors="replace")
    words = first.removeprefix("#!").replace("/usr/bin/env ", "").split()
    return first.startswith("#!") and bool(words) and Path(words[0]).name in {"sh", "bash"}


def tracked_files() -> list[str]:
    """The checkout's files that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    return [line for line in listed.stdout.splitlines() if Path(line).is_file()]


def run(check: Check) -> Outcome:
    """Run one check to its end."""
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    failed = done.returncode != 0 or (check.silent and done.stdout.strip() != "")
    return Outcome(
        check=check,
        passed=not failed,
        seconds=time.monotonic() - started,
        output=done.stdout,
    )


def check(phases: Phases) -> None:
    """Run every check; raises OperateError naming those that failed, after printing what they said."""
    with phases.phase("check"), ThreadPoolExecutor(max_workers=2) as pool:
        # The slowest first, so that the two lanes end at about the same time.
        checks = sorted(static_checks(tracked_files()), key=lambda it: it.name != "mypy --strict")
        outcomes = [report(outcome) for outcome in pool.map(run, checks)]
        outcomes.append(report(run(unit_tests())))
    failed = [outcome.check.name for outcome in outcomes if not outcome.passed]
    if failed:
        raise OperateError(f"make check: {', '.join(failed)} failed; what they found stands above")


def report(outcome: Outcome) -> Outcome:
    """Print one check's name, verdict and time, and its output if it failed or is pytest's summary."""
    verdict = "ok" if outcome.passed else "FAILED"
    print(f"  {outcome.check.name:<26} {verdict:<7} {outcome.seconds:5.1f} s", flush=True)
    if not outcome.passed:
        print(outcome.output.rstrip(), flush=True)
    elif outcome.check.name == "unit tests":
        print(f"    {outcome.output.rstrip().splitlines()[-1]}", flush=True)
    return outcome
