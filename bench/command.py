"""Running one command and taking its time.

Owns the process, its output and its measures. Does not own what is run.
"""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.failure import BenchError
from bench.usage import Usage

LAST = 3000
"""Characters of a failed command's output that are worth showing."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command went: wall time, processor time and memory with all that it started, and what it printed."""

    seconds: float
    cpu: float
    megabytes: float
    output: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where commands run: a directory and the whole environment."""

    directory: Path
    environment: Mapping[str, str]

    def run(self, *words: str, stdin: str = "", together: bool = True) -> Ran:
        """Run a command to its end; `together` counts what it says on standard error as output. Raises BenchError."""
        began = time.monotonic()
        process = subprocess.Popen(
            words,
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if together else subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        usage = Usage(process.pid)
        usage.start()
        output, said = process.communicate(stdin)
        seconds = time.monotonic() - began
        cpu = usage.end()
        if process.returncode != 0:
            raise BenchError(
                f"{' '.join(words)[:200]} ended with {process.returncode}: {(said or output)[-LAST:]}"
            )
        return Ran(seconds=seconds, cpu=cpu, megabytes=usage.megabytes, output=output)

    def pulumi(self, *words: str) -> Ran:
        """Run pulumi without colours and questions."""
        return self.run("pulumi", *words, "--non-interactive", "--color=never")

    def answer(self, *words: str) -> str:
        """What pulumi prints on standard output alone."""
        return self.run("pulumi", *words, "--non-interactive", together=False).output
