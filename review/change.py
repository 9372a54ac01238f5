"""One resource's change, as a reviewer reads it: what happens to it, which of its properties differ, what it holds.

Owns the type, and which resources hold what cannot be made again. Does not own how changes are found (difference.py
without an engine, steps.py by the engine).
"""

from dataclasses import dataclass
from typing import Final, Literal

Operation = Literal["create", "update", "replace", "delete"]
OPERATIONS: Final[tuple[Operation, ...]] = ("create", "update", "replace", "delete")
SECRET: Final = "[secret]"  # noqa: S105 - what stands in place of one
_LONGEST: Final = 100

_CEPH: Final = "kubernetes:ceph.rook.io/v1:"
DATA: Final = frozenset(
    {
        "kubernetes:core/v1:PersistentVolumeClaim",
        "kubernetes:core/v1:PersistentVolume",
        "kubernetes:core/v1:Namespace",
        "kubernetes:apps/v1:StatefulSet",
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
        *(
            f"{_CEPH}{kind}"
            for kind in ("CephCluster", "CephBlockPool", "CephFilesystem", "CephObjectStore")
        ),
        "aws:ec2/instance:Instance",
        "aws:ebs/volume:Volume",
    }
)
"""Types that hold data, or that take data with them when they go: a Namespace its claims, a definition its objects."""
_NODE: Final = ("-host", "-member", "-osd")
"""What the names of the commands end with that make a host, a member of the cluster (with its etcd) or an OSD."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A property that differs, by its path; the texts are what a reader needs to see of them, cut to a line."""

    path: str
    old: str
    new: str
    replaces: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.old} → {self.new}"


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happens to a resource, in which layer, and why."""

    operation: Operation
    urn: str
    layer: str
    fields: tuple[Field, ...] = ()
    protected: bool = False

    @property
    def type(self) -> str:
        """Its type, without the components around it."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def kind(self) -> str:
        """The last part of the type."""
        return self.type.rpartition(":")[2]

    @property
    def name(self) -> str:
        """The resource's name."""
        return self.urn.split("::", 3)[3]

    @property
    def holds_data(self) -> bool:
        """Whether its loss would be one: by its type, as a part of a node, or because the program protects it."""
        of_node = self.type.startswith("command:") and self.name.endswith(_NODE)
        return self.protected or self.type in DATA or of_node

    @property
    def grave(self) -> bool:
        """Whether data may be lost by it."""
        return self.holds_data and self.operation in ("replace", "delete")


def line(value: object) -> str:
    """A value on one line."""
    text = " ".join(str(value).split()) if value is not None else "nothing"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
