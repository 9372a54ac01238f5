"""The bundle that images and packages come from, if there is one.

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
        "builds. Without it hosts use the vendors' repositories and registries, or those of the group `online`.",
        json_schema_extra={"without": "no bundle"},
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
    if airgap.bundle is None and airgap.lock_path is not None:
        yield Fault(
            path=("airgap", "lock"),
            text="names what a bundle holds, and airgap.bundle is not set; set it to local or to the path of a "
            "bundle's directory, or remove the key",
            reads=(("airgap", "bundle"),),
        )
