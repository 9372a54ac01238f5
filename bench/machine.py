"""The machine that a number was measured on, and how busy it was then.

Owns these facts. Does not own what they mean for a number: the page prints them beside it.
"""

import os
import platform
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

KILOBYTES_A_GIGABYTE = 1024**2


class Machine(BaseModel):
    """Cores, memory and kernel, the time, and the load average over one minute just before the measurement."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: datetime
    cores: int
    memory_gb: float
    kernel: str
    load: float | None
    """None where it was not looked at."""


def now() -> Machine:
    """This machine, now."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        date=datetime.now(UTC).replace(microsecond=0),
        cores=os.cpu_count() or 1,
        memory_gb=round(pages / 1024 / KILOBYTES_A_GIGABYTE, 1),
        kernel=platform.release(),
        load=round(os.getloadavg()[0], 2),
    )
