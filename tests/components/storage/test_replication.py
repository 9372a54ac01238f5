import pytest

from components.storage.replication import Replication, replication


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        (1, Replication(size=1, min_size=1, mons=1, mgrs=1)),
        (2, Replication(size=2, min_size=1, mons=1, mgrs=1)),
        (3, Replication(size=3, min_size=2, mons=3, mgrs=2)),
        (9, Replication(size=3, min_size=2, mons=3, mgrs=2)),
    ],
)
def test_replication_follows_the_number_of_storage_nodes(nodes: int, expected: Replication) -> None:
    assert replication(nodes) == expected


@pytest.mark.parametrize(
    ("nodes", "fixed", "size", "min_size"), [(3, 1, 1, 1), (3, 2, 2, 1), (2, 1, 1, 1), (5, 3, 3, 2)]
)
def test_a_fixed_number_of_copies_leaves_the_daemons_as_the_nodes_allow(
    nodes: int, fixed: int, size: int, min_size: int
) -> None:
    found = replication(nodes, fixed)
    assert (found.size, found.min_size) == (size, min_size)
    assert found.mons == (3 if nodes > 2 else 1)
    assert found.fixed
    assert not replication(nodes).fixed


@pytest.mark.parametrize(("nodes", "fixed"), [(0, None), (1, 2), (2, 3)])
def test_copies_that_do_not_fit_are_no_replication(nodes: int, fixed: int | None) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        replication(nodes, fixed)


@pytest.mark.parametrize("nodes", [1, 2, 3])
def test_a_pool_says_its_min_size_itself_and_nothing_of_hosts(nodes: int) -> None:
    pool = replication(nodes).pool
    # Hosts are Rook's own choice; told so, it would make each pool twice.
    assert "failureDomain" not in pool
    assert pool["parameters"] == {"min_size": str(replication(nodes).min_size)}
    assert pool["replicated"] == {"size": nodes, "requireSafeReplicaSize": nodes > 1}
