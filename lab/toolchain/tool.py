"""One tool of the chain: which files it brings, and whether they are official or were built here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Origin(StrEnum):
    """Where a tool comes from."""

    OFFICIAL = "official"
    BUILT = "built here"
    STAND_IN = "built here: a stand-in for the official plugin"


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool whose files are, or can be, on this machine.

    `identity` changes whenever other files would come out. `files` finds or builds them: path in the tool chain's
    directory → file on this machine.
    """

    name: str
    version: str
    origin: Origin
    identity: str
    files: Callable[[], Mapping[str, Path]]
