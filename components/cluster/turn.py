"""One node at a time, where a thing must never be done on two.

Owns the turn among the processes of one `up`, on the machine that runs it. Does not own what is done in it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def turn() -> Iterator[None]:
    """Wait until nobody else has the turn, and keep it for the block.

    The lock is on the working directory, which is the same for all commands of an `up`; it ends with the process that
    holds it.
    """
    directory = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)
