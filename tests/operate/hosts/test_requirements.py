from typing import Any

from operate.hosts.requirements import Limits, Requirements, requirements
from tests.stacks.config.given import HOST_KEY, Given


def given(**more: Any) -> Given:
    return Given(
        {
            "hosts": {
                "provider": "ssh",
                "nodes": [
                    {
                        "name": "n1",
                        "roles": ["control-plane"],
                        "address": "192.0.2.1",
                        "hostKey": HOST_KEY,
                    },
                    {
                        "name": "n2",
                        "roles": ["worker"],
                        "address": "192.0.2.2",
                        "hostKey": HOST_KEY,
                    },
                ],
            },
            "airgap": {"bundle": "local"},
            **more,
        }
    )


def of(configuration: Given) -> tuple[Requirements, ...]:
    return requirements(configuration.load())


def numbers(wanted: Requirements) -> set[tuple[int, str]]:
    return {(port.number, port.protocol) for port in wanted.ports}


def parts(wanted: Requirements) -> set[str]:
    return {part.name for part in wanted.kernel_parts}


def test_a_control_plane_needs_ports_that_a_worker_does_not() -> None:
    first, second = of(given())
    own = {6443, 2379, 2380, 10257, 10259, 5000}
    assert {(number, "tcp") for number in own} <= numbers(first)
    assert not {(number, "tcp") for number in own} & numbers(second)
    assert {(10250, "tcp"), (7443, "tcp"), (6783, "tcp"), (6783, "udp")} <= numbers(second)


def test_every_node_balances_several_registries_and_not_a_single_one() -> None:
    several = given()
    several.nodes[1]["roles"] = ["control-plane"]
    assert all((5002, "tcp") in numbers(wanted) for wanted in of(several))
    assert not any((5002, "tcp") in numbers(wanted) for wanted in of(given()))


def test_no_port_is_named_twice() -> None:
    first, _ = of(given())
    assert len(first.ports) == len(numbers(first))


def test_the_kernel_needs_what_the_chosen_parts_need() -> None:
    weave, _ = of(given(network={"provider": "weave", "encryption": True}))
    assert parts(weave) == {"overlay", "br_netfilter", "openvswitch", "vxlan", "esp4"}
    plain, _ = of(given(network={"provider": "weave", "encryption": False}))
    assert parts(weave) - parts(plain) == {"esp4"}
    ipvs, _ = of(given(kubernetes={"proxyMode": "ipvs"}))
    assert parts(ipvs) - parts(weave) == {"ip_vs", "ip_vs_rr"}


def test_flannel_needs_of_a_host_what_its_backend_needs() -> None:
    flannel = {"provider": "flannel", "encryption": False, "policies": False}
    vxlan, _ = of(given(network=flannel))
    assert (8472, "udp") in numbers(vxlan)
    assert parts(vxlan) == {"overlay", "br_netfilter", "vxlan"}
    routes, _ = of(given(network={**flannel, "flannel": {"backend": "host-gw"}}))
    assert numbers(vxlan) - numbers(routes) == {(8472, "udp")}
    assert parts(routes) == {"overlay", "br_netfilter"}


def test_on_a_shared_kernel_only_what_nothing_goes_without_is_demanded() -> None:
    shared = given(kubernetes={"proxyMode": "nftables"})
    shared.hosts["kernel"] = "shared"
    first, _ = of(shared)
    assert first.shares_a_kernel
    assert parts(first) == {"overlay", "br_netfilter", "nf_tables"}


def test_limits_are_those_of_the_configuration() -> None:
    chosen = given(kubernetes={"version": "1.34.2"})
    chosen.hosts["checks"] = {
        "disk": {"warn": "30Gi", "fail": "512Mi"},
        "clockSkew": {"warn": "1m", "fail": "1h"},
    }
    first, _ = of(chosen)
    assert first.disk == Limits(warn=30720, fail=512)
    assert first.clock_skew == Limits(warn=60, fail=3600)
    assert first.memory == Limits(warn=1900, fail=1700)
    assert first.kubernetes == (1, 34)


def test_a_node_that_is_given_up_is_known() -> None:
    chosen = given()
    chosen.nodes[1]["decommission"] = True
    assert [wanted.leaving for wanted in of(chosen)] == [False, True]


def test_without_a_bundle_there_is_no_registry_and_more_systems_will_do() -> None:
    online = given()
    online.values.pop("airgap")
    (bundled, _), (first, _) = of(given()), of(online)
    assert numbers(bundled) - numbers(first) == {(5000, "tcp"), (5001, "tcp")}
    assert (bundled.source, first.source) == ("bundle", "vendors")
    assert bundled.systems.releases < first.systems.releases
