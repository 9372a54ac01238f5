import pulumi

from bundle.lock import COMMITTED, read
from components.cluster.source import FromBundle, FromVendors, turned


@pulumi.runtime.test
async def test_a_bundle_is_named_by_digest() -> None:
    lock = read(COMMITTED)
    registries = pulumi.Output.from_input(["192.0.2.1:5000"])
    source = FromBundle(lock=lock, registries=registries, upstreams=("registry.k8s.io",))
    found = source.parameters("1.35.4")
    digest = lock.artifact("host/kubernetes:v1.35.4").digest.removeprefix("sha256:")
    assert f"host/kubernetes {digest} /usr/local/bin" in found["FILES"]


def test_without_a_bundle_nothing_of_one_is_named() -> None:
    found = FromVendors(mirrors={"b.io": "m/b", "a.io": "m/a"}).parameters("1.35.4")
    assert set(found) == {"REPOSITORIES", "CONTAINERD_VERSION", "MIRRORS"}
    assert found["MIRRORS"] == "a.io m/a\nb.io m/b"
    assert found["CONTAINERD_VERSION"] == "2"


def test_every_node_knows_all_registries_and_not_all_ask_the_same_one_first() -> None:
    registries = ["a:5000", "b:5000", "c:5000"]
    orders = [turned(registries, f"n{number}") for number in range(1, 12)]
    assert all(sorted(order) == registries for order in orders)
    assert {order[0] for order in orders} == set(registries)


def test_a_node_s_order_stays_the_same() -> None:
    assert turned(["a", "b"], "n1") == turned(["a", "b"], "n1")
    assert turned([], "n1") == []
