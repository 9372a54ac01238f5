from components.cluster.prepare import turned


def test_every_node_knows_all_registries_and_not_all_ask_the_same_one_first() -> None:
    registries = ["a:5000", "b:5000", "c:5000"]
    orders = [turned(registries, f"n{number}") for number in range(1, 12)]
    assert all(sorted(order) == registries for order in orders)
    assert {order[0] for order in orders} == set(registries)


def test_a_node_s_order_stays_the_same() -> None:
    assert turned(["a", "b"], "n1") == turned(["a", "b"], "n1")
    assert turned([], "n1") == []
