"""On how many nodes data lies, and what follows from that for Ceph's daemons.

Owns the table. Does not own the choice of nodes.
"""

from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 3
"""Copies that are made without being asked for more nodes' sake; a fourth would cost more than it saves."""


@dataclass(frozen=True, kw_only=True)
class Replication:
    """`size` copies of each piece of data; below `min_size` of them Ceph does not write. `mons` and `mgrs` run.

    `fixed`: the number was chosen, and does not follow the nodes.
    """

    size: int
    min_size: int
    mons: int
    mgrs: int
    fixed: bool = False

    @property
    def pool(self) -> dict[str, Any]:
        """The part of a pool's spec. min_size is said, since Rook leaves an old one.

        The failure domain is not: it is the host when nothing is said, and where it is said Rook 1.12 takes it for
        changed each time and moves the pool to another rule, which takes seconds for each of an object store's nine.
        """
        return {
            "replicated": {"size": self.size, "requireSafeReplicaSize": self.size > 1},
            "parameters": {"min_size": str(self.min_size)},
        }


def replication(nodes: int, fixed: int | None = None) -> Replication:
    """What fits a number of storage nodes, from 1; `fixed` copies if that is given.

    Two mons would need each other, so two nodes have one. With two copies one is enough to go on; with three, two.
    Raises ValueError if the nodes cannot hold the copies.
    """
    size = fixed or min(nodes, MOST)
    if not 1 <= size <= nodes:
        raise ValueError(f"{size} copies do not fit on {nodes} nodes")
    several = nodes >= MOST
    return Replication(
        size=size,
        min_size=max(1, size - 1),
        mons=MOST if several else 1,
        mgrs=2 if several else 1,
        fixed=fixed is not None,
    )
