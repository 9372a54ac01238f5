"""Numbers as a person reads them."""

from typing import Final

_GIB_FROM: Final = 4096
"""MiB from which a size is told in GiB."""


def size(mebibytes: int) -> str:
    """MiB as a person reads them."""
    return f"{mebibytes / 1024:.1f} GiB" if mebibytes >= _GIB_FROM else f"{mebibytes} MiB"


def plural(number: int, noun: str) -> str:
    """`CPU` of one, `CPUs` of more."""
    return noun if number == 1 else f"{noun}s"
