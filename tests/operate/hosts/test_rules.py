"""Every rule: a host that is fine, and one that is not."""

from typing import Any

import pytest

from operate.hosts.facts import Cluster, Listener, System
from operate.hosts.finding import Finding, Severity
from operate.hosts.requirements import (
    BUNDLED_SYSTEMS,
    INGRESS_PORTS,
    NETWORK_PORTS,
    ONLINE_SYSTEMS,
    KernelPart,
    Limits,
    Requirements,
)
from operate.hosts.rules import judge
from tests.operate.hosts.given import OTHERS, OURS, fine, wanted

FAIL, WARN = Severity.FAIL, Severity.WARN


def one(needs: Requirements | None = None, **facts: Any) -> Finding:
    """The one thing that is said about a host with these facts."""
    findings = judge(needs or wanted(), fine(**facts), OURS)
    assert len(findings) == 1, findings
    return findings[0]


def none(needs: Requirements | None = None, **facts: Any) -> None:
    assert judge(needs or wanted(), fine(**facts), OURS) == ()


def listener(
    port: int, program: str | None, unit: str | None = None, protocol: str = "tcp"
) -> tuple[Listener, ...]:
    return (Listener(protocol=protocol, port=port, program=program, unit=unit),)


def test_of_a_host_that_is_fine_nothing_is_said() -> None:
    none()
    none(privilege="root", user="root")


def test_who_may_not_become_root_is_refused() -> None:
    found = one(privilege="none")
    assert (found.host, found.severity, found.check) == ("n1", FAIL, "privileges")
    assert found.sentence == (
        "user admin is not root and may not sudo without a password; log in as root, or allow the user NOPASSWD for "
        "all commands in /etc/sudoers.d"
    )


RHEL = ("rhel", "centos", "fedora")


@pytest.mark.parametrize(
    ("kind", "version", "like", "online"),
    [
        ("fedora", "43", (), FAIL),
        ("rocky", "8.10", RHEL, FAIL),
        ("rocky", "9.4", RHEL, WARN),
        ("rhel", "9.6", ("fedora",), WARN),
        ("debian", "11", (), FAIL),
        ("debian", "13", (), WARN),
        ("ubuntu", "20.04", ("debian",), FAIL),
        ("ubuntu", "24.04", ("debian",), WARN),
        ("raspbian", "12", ("debian",), FAIL),
    ],
)
def test_systems_without_packages_are_refused_and_those_that_nobody_tried_are_a_risk(
    kind: str, version: str, like: tuple[str, ...], online: Severity
) -> None:
    system = System(id=kind, version=version, like=like, name="Another 1")
    for systems, severity in ((BUNDLED_SYSTEMS, FAIL), (ONLINE_SYSTEMS, online)):
        found = one(wanted(systems=systems), system=system)
        assert (found.severity, found.check) == (severity, "system")
        assert "runs Another 1" in found.found


@pytest.mark.parametrize("name", ["SELinux", "firewalld", "ufw"])
def test_what_blocks_a_cluster_is_refused_with_how_to_switch_it_off(name: str) -> None:
    found = one(defences=frozenset({name}))
    assert (found.severity, found.check) == (FAIL, "defences")
    assert found.found.startswith(f"{name} is ")
    assert "run " in found.cure


def test_a_host_keeps_the_source_that_it_was_installed_from() -> None:
    found = one(wanted(source="vendors", systems=ONLINE_SYSTEMS), source="bundle")
    assert (found.severity, found.check) == (FAIL, "source")
    assert "set airgap.bundle back" in found.cure
    assert "leave airgap.bundle out" in one(source="vendors").cure
    none(source="bundle")


def test_another_architecture_is_refused() -> None:
    found = one(architecture="aarch64")
    assert (found.severity, found.check) == (FAIL, "architecture")
    assert "aarch64" in found.found


def test_a_host_without_systemd_is_refused() -> None:
    found = one(systemd=False)
    assert (found.severity, found.check) == (FAIL, "systemd")


@pytest.mark.parametrize(
    ("cgroup", "version", "severity"),
    [(1, (1, 35), FAIL), (1, (1, 34), WARN), (None, (1, 34), FAIL)],
)
def test_control_groups_must_do_for_the_version(
    cgroup: int | None, version: tuple[int, int], severity: Severity
) -> None:
    found = one(wanted(kubernetes=version), cgroup=cgroup, cgroup_controllers=frozenset())
    assert (found.severity, found.check) == (severity, "cgroups")


def test_a_missing_controller_is_refused() -> None:
    found = one(cgroup_controllers=frozenset({"cpu", "cpuset", "pids"}))
    assert (found.severity, found.found) == (FAIL, "has no cgroup controllers memory")


def test_the_control_groups_of_a_shared_kernel_are_the_machines() -> None:
    none(wanted(shares_a_kernel=True), cgroup=1, cgroup_controllers=frozenset())


def test_a_kernel_without_a_needed_part_is_refused() -> None:
    found = one(kernel_parts={"overlay": False})
    assert (found.severity, found.check) == (FAIL, "kernel")
    assert found.found == "kernel 6.1.0-40-amd64 has no overlay, which containerd needs"


def test_a_kernel_without_what_can_be_done_without_is_a_warning() -> None:
    part = KernelPart(name="openvswitch", wanted_by="Weave's fast path", otherwise="it is slower")
    found = one(wanted(kernel_parts=(part,)))
    assert (found.severity, found.check) == (WARN, "kernel")
    assert found.found.endswith("which Weave's fast path needs: it is slower")


def test_a_part_of_which_nothing_is_known_is_not_judged() -> None:
    none(kernel_parts={})


@pytest.mark.parametrize(
    ("cpus", "role", "severity"),
    [(1, "control-plane", FAIL), (1, "worker", WARN), (3, "control-plane", WARN)],
)
def test_too_few_cpus(cpus: int, role: str, severity: Severity) -> None:
    limits = Limits(warn=4, fail=2)
    found = one(wanted(control_plane=role == "control-plane", cpus=limits), cpus=cpus)
    assert (found.severity, found.check) == (severity, "CPUs")


@pytest.mark.parametrize(("mebibytes", "severity"), [(1699, FAIL), (1700, WARN), (1899, WARN)])
def test_too_little_memory(mebibytes: int, severity: Severity) -> None:
    found = one(memory=mebibytes)
    assert (found.severity, found.check) == (severity, "memory")
    none(memory=1900)


@pytest.mark.parametrize(("mebibytes", "severity"), [(8191, FAIL), (8192, WARN), (20479, WARN)])
def test_too_little_disk(mebibytes: int, severity: Severity) -> None:
    found = one(free={"/": 99999, "/var/lib": mebibytes})
    assert (found.severity, found.check) == (severity, "disk")
    none(free={"/": 1, "/var/lib": 20480})


def test_a_host_that_is_installed_has_used_its_disk_already() -> None:
    none(free={"/var/lib": 1}, cluster=OURS)


def test_swap_is_told_since_it_will_be_turned_off() -> None:
    found = one(swap=("2048 /dev/sda2", "20480 /swap"))
    assert (found.severity, found.check) == (WARN, "swap")
    assert found.found == "swaps to /dev/sda2 (2048 MiB), /swap (20.0 GiB)"
    assert "turned off" in found.cure
    none(wanted(shares_a_kernel=True), swap=("2048 /dev/sda2",))


def test_swap_that_no_fstab_turns_on_must_go_by_hand() -> None:
    assert "zram generator" in one(swap=("2048 /dev/zram0",)).cure


def test_a_clock_that_is_not_held_is_a_warning() -> None:
    found = one(synchronised=False)
    assert (found.severity, found.check) == (WARN, "clock")
    none(synchronised=None)
    none(wanted(shares_a_kernel=True), synchronised=False)


@pytest.mark.parametrize("machine_id", [None, "uninitialized"])
def test_a_host_without_an_identity_is_refused(machine_id: str | None) -> None:
    found = one(machine_id=machine_id)
    assert (found.severity, found.check) == (FAIL, "machine-id")


def test_an_address_that_is_not_the_hosts_own_is_refused() -> None:
    found = one(addresses=frozenset({"127.0.0.1", "10.0.0.5"}))
    assert (found.severity, found.check) == (FAIL, "address")
    assert found.found == "is reached at 192.0.2.11, which is none of its own addresses (10.0.0.5)"
    none(addresses=frozenset())
    none(wanted(address="n1.example.com"))


def test_programs_that_a_bare_host_needs_are_named_with_their_packages() -> None:
    found = one(programs=frozenset({"bash"}))
    assert (found.severity, found.check) == (FAIL, "programs")
    assert found.sentence == (
        "lacks curl, ip, ss; install them (on Debian the packages curl, iproute2)"
    )


def test_an_ssh_server_without_sftp_is_refused() -> None:
    assert one(sftp=False).check == "sftp"
    none(sftp=None)


def test_a_port_that_another_program_has_is_refused() -> None:
    found = one(listeners=listener(6443, "nginx", "nginx.service"))
    assert (found.severity, found.check) == (FAIL, "ports")
    assert found.found == "has port 6443 tcp (for kube-apiserver) taken by nginx (nginx.service)"


def test_all_ports_of_one_program_are_one_finding() -> None:
    found = one(listeners=(*listener(2379, "x"), *listener(2380, "x") * 2))
    assert found.found == "has ports 2379 tcp (for etcd), 2380 tcp (for etcd) taken by x"


def test_all_ports_of_another_living_cluster_are_one_finding() -> None:
    found = one(
        listeners=(
            *listener(6443, "kube-apiserver"),
            *listener(10250, "kubelet", "kubelet.service"),
        )
    )
    assert found.found.endswith("taken by another living cluster")
    assert "end that cluster" in found.cure


def test_a_port_is_taken_for_its_own_protocol_only() -> None:
    none(listeners=listener(6443, "nginx", protocol="udp"))
    assert "6783 udp" in one(listeners=listener(6783, "other", protocol="udp")).found


def test_a_port_without_a_program_is_the_kernels_for_who_may_see_all() -> None:
    needs = wanted(ports=NETWORK_PORTS["vxlan"])
    found = one(needs, listeners=listener(8472, None, protocol="udp"))
    assert found.found.endswith("taken by the kernel")
    none(needs, listeners=listener(8472, None, protocol="udp"), cluster=OURS)


def test_ports_that_the_nodes_roles_do_not_need_are_nobodys_business() -> None:
    none(wanted(ports=()), listeners=listener(6443, "nginx"))


def test_ports_of_our_own_living_cluster_are_fine() -> None:
    none(listeners=listener(6443, "kube-apiserver"), cluster=OURS)
    # Not root, so not seen: the missing rights are told, and our own cluster is not blamed.
    none(listeners=listener(6443, None), cluster=OURS)
    assert one(listeners=listener(6443, "nginx"), cluster=OURS).check == "ports"


def test_the_ingress_s_ports_are_nobodys_also_on_a_host_of_our_own_living_cluster() -> None:
    needs = wanted(ports=INGRESS_PORTS)
    for cluster in (None, OURS):
        found = one(
            needs,
            listeners=listener(80, "apache2", "apache2.service"),
            cluster=cluster,
        )
        assert found.severity is FAIL
        assert found.found.startswith("has port 80 tcp (for the ingress) taken by apache2 (apache2")


def test_what_an_earlier_try_of_ours_started_is_fine_before_there_is_a_cluster() -> None:
    none(listeners=listener(5000, "registry", "appliance-registry.service"))
    none(listeners=listener(7443, "haproxy", "haproxy.service"))
    assert one(listeners=listener(5000, "registry", "docker-registry.service")).check == "ports"
    assert one(listeners=listener(7443, "haproxy")).check == "ports"


def test_what_another_cluster_left_is_refused() -> None:
    left = ("/etc/kubernetes/kubelet.conf", "link cni0")
    found = one(leftovers=left)
    assert (found.severity, found.check) == (FAIL, "leftovers")
    assert "/etc/kubernetes/kubelet.conf, link cni0" in found.found
    none(leftovers=left, cluster=OURS)


def test_a_host_of_another_stack_is_refused_though_it_is_called_the_same() -> None:
    found = one(cluster=OTHERS)
    assert (found.severity, found.check) == (FAIL, "cluster")
    assert "appliance-site of another stack of that name" in found.found
    assert "of another stack" in one(cluster=Cluster(name="x", fingerprint="0")).found


def test_a_host_that_has_left_another_stack_may_be_used() -> None:
    left = Cluster(name=None, fingerprint="0")
    none(cluster=left)
    assert one(cluster=left, leftovers=("link cni0",)).severity is FAIL


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (Cluster(name="appliance-site", fingerprint=None), OURS),
        (OURS, Cluster(name="appliance-site", fingerprint=None)),
    ],
)
def test_where_a_ca_is_not_known_the_clusters_name_must_do(theirs: Cluster, ours: Cluster) -> None:
    assert judge(wanted(), fine(cluster=theirs, leftovers=("link cni0",)), ours) == ()
