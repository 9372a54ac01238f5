"""Storage: which providers there are, whose class claims get without a word, and what Ceph lies on.

Owns the group `storage`. Does not own what must hold between its keys and the nodes (`storage_rules.py`), nor the
versions that fit together: `components/storage/releases.py` has the table.
"""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt

from components.storage.releases import KNOWN, RELEASES, Release, by_version
from stacks.config.checks import Size, mebibytes
from stacks.config.names import Name
from stacks.config.schema import Settings, parsed, quote

BUNDLED: Final = "1.12.11"
"""The Rook that the repository's bundle holds."""
ONLINE: Final = "1.19.4"
"""The Rook that is taken from the internet, with volumes by CSI."""
SMALLEST_OSD: Final = "6Gi"

Provider = Literal["rook", "hostpath", "ebs"]


def known_version(text: str) -> str:
    """A version of Rook that the table has; ValueError with those that it has otherwise."""
    if text not in RELEASES:
        raise ValueError(f"{quote(text)} is no known version of Rook; allowed are {KNOWN}")
    return text


def block_device(text: str) -> str:
    """The path of a device; ValueError with a sentence otherwise."""
    plain = text.isprintable() and text.isascii() and not set(text) & set(" '\"\\$`*?")
    if not text.startswith("/dev/") or not plain or ".." in text.split("/"):
        raise ValueError(f"{quote(text)} is no device; give a path such as /dev/sdb")
    return text


def directory(text: str) -> str:
    """An absolute path below a directory of the root; ValueError with a sentence otherwise."""
    parts = text.split("/")
    plain = text.isprintable() and text.isascii() and not set(text) & set(" '\"\\$`*?")
    # Two names at least: nobody means to give away a directory of the root.
    deep = text.startswith("/") and text.count("/") > 1
    if not deep or not plain or {"", ".", ".."} & set(parts[1:]):
        raise ValueError(
            f"{quote(text)} is no directory; give a path such as /opt/replicated/hostpath"
        )
    return text


def large_enough(text: str) -> str:
    """A size that Ceph makes an OSD of; ValueError with a sentence otherwise."""
    if mebibytes(text) < mebibytes(SMALLEST_OSD):
        raise ValueError(f"{text} is too small for an OSD; give {SMALLEST_OSD} or more")
    return text


def distinct_devices(given: tuple[str, ...]) -> tuple[str, ...]:
    """The devices; ValueError if there is none or one stands twice."""
    if not given:
        raise ValueError("is empty; give at least one device, or leave the node out")
    for device in given:
        if given.count(device) > 1:
            raise ValueError(f"{device} stands there twice")
    return given


_Devices = Annotated[
    tuple[Annotated[str, BeforeValidator(parsed(block_device))], ...],
    AfterValidator(distinct_devices),
]


class Hostpath(Settings):
    """`storage.hostpath`: volumes that are directories of the node that the pod runs on."""

    class_name: Name = Field(
        default="hostpath",
        title="a name of small letters, digits and hyphens",
        description="The name of its StorageClass while the default is another's.",
    )
    path: Annotated[str, BeforeValidator(parsed(directory))] = Field(
        default="/opt/replicated/hostpath",
        title="an absolute path",
        description="The directory on each node that volumes are made in.",
    )


class Rook(Settings):
    """`storage.rook`: Ceph, run by Rook on the nodes with the role storage."""

    version: Annotated[str, BeforeValidator(parsed(known_version))] | None = Field(
        default=None,
        title=f"one of {KNOWN}",
        description="The version of Rook; each has one version of Ceph with it.",
        json_schema_extra={"without": f"`{BUNDLED}` with a bundle, else `{ONLINE}`"},
        examples=[ONLINE],
    )
    class_name: Name = Field(
        default="rook",
        title="a name of small letters, digits and hyphens",
        description="The name of its StorageClass while the default is another's. A version without CSI has none.",
    )
    devices: dict[Name, _Devices] = Field(
        default_factory=dict,
        title="a group of nodes, each with a list of devices",
        description="Empty block devices of nodes with the role storage, whole, for life. Each becomes an OSD.",
        examples=[{"n1": ["/dev/sdb"]}],
    )
    loop_file: Annotated[Size, AfterValidator(large_enough)] | None = Field(
        default=None,
        title="a size such as 12Gi",
        description="For storage nodes that have no devices: the size of a file in /opt/replicated/rook that is "
        "attached as a device, for life. It takes room as it fills.",
        examples=["12Gi"],
    )
    replication: Annotated[StrictInt, Field(ge=1, le=3)] | None = Field(
        default=None,
        title="a number from 1 to 3",
        description="On how many nodes each piece of data lies.",
        json_schema_extra={"without": "the number of storage nodes, at most 3"},
        examples=[2],
    )
    object_store: StrictBool = Field(
        default=True,
        title="true or false",
        description="Whether there is an object store (S3) `replicated` with a user of that name.",
    )
    shared_filesystem: StrictBool = Field(
        default=False,
        title="true or false",
        description="Whether there is a filesystem `rook-shared-fs`, for volumes that many pods write to.",
    )
    dashboard: StrictBool = Field(
        default=False,
        title="true or false",
        description="Whether Ceph's own page runs, as a Service inside the cluster.",
    )

    def release(self, *, bundled: bool) -> Release:
        """The combination of versions, given or not."""
        return by_version(self.version or (BUNDLED if bundled else ONLINE))


class Ebs(Settings):
    """`storage.ebs`: volumes of EC2, which come with `kubernetes.cloudProvider: aws`."""

    class_name: Name = Field(
        default="ebs",
        title="a name of small letters, digits and hyphens",
        description="The name of its StorageClass while the default is another's.",
    )


class Storage(Settings):
    """`storage`: where volumes and objects lie. Without the group nothing is installed."""

    default: Provider | None = Field(
        default=None,
        title="one of rook, hostpath, ebs",
        description="Whose StorageClass is called `default` and serves claims that name none.",
        json_schema_extra={"without": "no class is the default"},
        examples=["hostpath"],
    )
    hostpath: Hostpath | None = Field(
        default=None,
        title="a group of keys",
        description="Volumes as directories of nodes. `{}` is enough, and nothing at all if it is the default.",
        examples=[{}],
    )
    rook: Rook | None = Field(
        default=None,
        title="a group of keys",
        description="Ceph. Its group must be there for it to be installed.",
        examples=[{"loopFile": "12Gi"}],
    )
    ebs: Ebs | None = Field(
        default=None,
        title="a group of keys",
        description="EBS. It is there with `kubernetes.cloudProvider: aws`, with this group and without.",
        examples=[{"className": "ebs"}],
    )

    @property
    def host_path(self) -> Hostpath | None:
        """The settings of host paths if they are installed."""
        return self.hostpath or (Hostpath() if self.default == "hostpath" else None)

    def class_name(self, provider: Provider) -> str:
        """The name of a provider's StorageClass."""
        if provider == self.default:
            return "default"
        settings = {"rook": self.rook, "hostpath": self.hostpath, "ebs": self.ebs}[provider]
        return settings.class_name if settings else provider
