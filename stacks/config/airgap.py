"""Where images and packages come from.

Owns the two paths. Does not own the bundle's content: that is `bundle/`, and the lock is read by `stacks/`.
"""

from collections.abc import Iterator

from pydantic import Field

from stacks.config.report import Fault
from stacks.config.schema import FileName, FilePath, Settings


class Airgap(Settings):
    """`airgap`: the bundle that hosts are installed from."""

    bundle: FileName | None = Field(
        default=None,
        title="local, or the path of a bundle's directory",
        description="The bundle that every image and host package comes from. `local` is the one that `make up` "
        "builds. Installing from the internet comes with a later release.",
        json_schema_extra={"without": "required"},
        examples=["local"],
    )
    lock_path: FilePath | None = Field(
        default=None,
        alias="lock",
        title="the path of a lock file",
        description="The lock file that names what the bundle holds.",
        json_schema_extra={"without": "the one in the repository"},
        examples=["bundle/lock.json"],
    )


def faults(airgap: Airgap) -> Iterator[Fault]:
    """What is wrong with the group as a whole."""
    if airgap.bundle is None:
        yield Fault(
            path=("airgap", "bundle"),
            text="missing; installing from the internet comes with a later release, "
            "so give local, or the path of a bundle's directory",
        )
