"""A command of this program that runs beside another one, at low priority, with its output in a file.

Owns starting it, telling how it ended, and ending it with the command that it runs beside. Does not own what it does.
"""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operate.phases import duration
from operate.subprograms import INTERRUPTED_WITH_US

NICENESS: Final = 10
"""It takes what the other leaves: about a tenth of a core that both want."""


PROGRAM: Final = (sys.executable, "-m", "operate")


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A command under way: how to wait for it, and where it writes to."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait(self) -> int:
        """Its exit code, when it has ended."""
        return self.process.wait()


@contextmanager
def beside(words: Sequence[str], log: Path) -> Iterator[Beside]:
    """Run `python -m operate WORDS` beside the block, which may wait for it; else it is interrupted at the end."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*INTERRUPTED_WITH_US, "nice", "-n", str(NICENESS), *PROGRAM, *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    found = Beside(process=process, log=log)
    teller = threading.Thread(target=_tell, args=(words[0], found), daemon=True)
    teller.start()
    try:
        yield found
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        teller.join()


def _tell(name: str, running: Beside) -> None:
    """Say how it ended as soon as it has: what fails beside something long should not be known only at its end."""
    began = time.monotonic()
    code = running.wait()
    how = "ended well" if code == 0 else f"FAILED with exit code {code}"
    took = duration(time.monotonic() - began)
    print(f"\n== beside this, {name} {how} after {took}; it wrote to {running.log}", flush=True)
