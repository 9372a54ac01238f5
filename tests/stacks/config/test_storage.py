"""The group storage: who provides volumes, under which names, and what Ceph lies on."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from components.storage import releases
from components.storage.releases import RELEASES
from stacks.config.storage_rules import storage_nodes
from stacks.storage import providers
from tests.stacks.config.given import Given

LOOP: Mapping[str, Any] = {"loopFile": "12Gi", "version": "1.12.11"}
MODERN: Mapping[str, Any] = {"loopFile": "12Gi", "version": "1.19.4"}


def nodes(*names: str) -> list[dict[str, Any]]:
    """A control plane `cp`, and storage nodes of these names."""
    storage = [{"name": name, "roles": ["worker", "storage"]} for name in names]
    return [{"name": "cp", "roles": ["control-plane"]}, *storage]


@pytest.fixture
def pair(local: Given) -> Given:
    """A stack with two storage nodes."""
    local.hosts["nodes"] = nodes("s1", "s2")
    return local


def faults(given: Given, **storage: Any) -> list[str]:
    given.values["storage"] = storage
    return given.faults()


def test_without_the_group_nothing_is_installed(local: Given) -> None:
    assert providers(local.load()) == ()


@pytest.mark.parametrize(
    ("group", "host_path", "rook"),
    [
        ({"default": "hostpath"}, True, False),
        ({"hostpath": {}}, True, False),
        ({"rook": LOOP}, False, True),
        ({"default": "hostpath", "rook": LOOP}, True, True),
    ],
)
def test_what_is_named_is_installed(
    pair: Given, group: Mapping[str, Any], *, host_path: bool, rook: bool
) -> None:
    assert faults(pair, **group) == []
    storage = pair.load().storage
    assert (storage.host_path is not None, storage.rook is not None) == (host_path, rook)


def test_the_default_class_is_called_default_and_the_other_has_its_own_name(pair: Given) -> None:
    assert faults(pair, default="hostpath", rook=LOOP) == []
    storage = pair.load().storage
    assert [storage.class_name(each) for each in ("hostpath", "rook")] == ["default", "rook"]
    assert faults(pair, default="rook", rook=MODERN, hostpath={"className": "local"}) == []
    storage = pair.load().storage
    assert [storage.class_name(each) for each in ("hostpath", "rook")] == ["local", "default"]


def test_an_unknown_default_comes_with_the_choices(pair: Given) -> None:
    assert faults(pair, default="nfs") == [
        "storage.default: 'nfs' is not one of rook, hostpath, ebs"
    ]


def test_rook_as_the_default_needs_its_group(pair: Given) -> None:
    assert faults(pair, default="rook") == [
        "storage.rook: missing; give the group, since rook is the default"
    ]


def test_a_rook_that_mounts_nothing_cannot_be_the_default(pair: Given) -> None:
    assert faults(pair, default="rook", rook=LOOP) == [
        (
            "storage.default: Rook 1.12.11 comes without CSI here, so nobody would make volumes for claims; use "
            "hostpath, and Ceph for objects"
        )
    ]


@pytest.mark.parametrize(
    ("group", "fault"),
    [
        (
            {"default": "rook", "rook": MODERN, "hostpath": {"className": "default"}},
            "storage.hostpath.className: the StorageClass default is that of rook already; give another name",
        ),
        (
            {"default": "hostpath", "rook": {**MODERN, "className": "default"}},
            "storage.hostpath.className: the StorageClass default is that of rook already; give another name",
        ),
        (
            {"hostpath": {"className": "disk"}, "rook": {**MODERN, "className": "disk"}},
            "storage.hostpath.className: the StorageClass disk is that of rook already; give another name",
        ),
        (
            {"rook": {**MODERN, "className": "shared", "sharedFilesystem": True}},
            (
                "storage.rook.className: the StorageClass shared is that of the shared filesystem already; give "
                "another name"
            ),
        ),
    ],
)
def test_a_class_is_named_once(pair: Given, group: Mapping[str, Any], fault: str) -> None:
    assert faults(pair, **group) == [fault]


def test_a_version_of_rook_is_one_of_the_table(pair: Given) -> None:
    assert faults(pair, rook={**LOOP, "version": "1.13.10"}) == [
        "storage.rook.version: '1.13.10' is no known version of Rook; allowed are 1.12.11, 1.19.4"
    ]


def test_a_bundle_has_another_rook_than_the_internet(pair: Given) -> None:
    given = {"loopFile": "12Gi"}
    assert faults(pair, rook=given) == []
    storage = pair.load().storage
    assert storage.rook is not None
    assert storage.rook.release(bundled=True).version == "1.12.11"
    assert storage.rook.release(bundled=False).version == "1.19.4"


def test_a_rook_that_does_not_run_on_this_kubernetes_is_refused(
    pair: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = dataclasses.replace(RELEASES["1.19.4"], oldest=(1, 29), newest=(1, 34))
    monkeypatch.setattr(releases, "RELEASES", {**RELEASES, "1.19.4": older})
    assert faults(pair, rook=MODERN) == [
        (
            "storage.rook.version: Rook 1.19.4 runs on Kubernetes 1.29 to 1.34, and kubernetes.version is 1.35.4; "
            "choose another of 1.12.11, 1.19.4"
        )
    ]
    pair.kubernetes["version"] = "1.34.2"
    assert faults(pair, rook=MODERN) == []


@pytest.mark.parametrize("size", ["1Gi", "5Gi", "6000Mi"])
def test_a_file_that_is_too_small_for_an_osd_is_refused(pair: Given, size: str) -> None:
    assert faults(pair, rook={**LOOP, "loopFile": size}) == [
        f"storage.rook.loopFile: {size} is too small for an OSD; give 6Gi or more"
    ]


def test_rook_without_a_storage_node_has_nowhere_to_keep_data(local: Given) -> None:
    assert faults(local, rook=LOOP) == [
        "storage.rook: no node has the role storage, so there is nowhere to keep data; give it to one or more"
    ]


def test_every_storage_node_has_something_to_write_to(pair: Given) -> None:
    assert faults(pair, rook={"devices": {"s1": ["/dev/sdb"]}}) == [
        (
            "storage.rook.loopFile: missing, and s2 has no devices; give a size such as 12Gi, or name devices of every "
            "node with the role storage"
        )
    ]
    assert faults(pair, rook={"devices": {"s1": ["/dev/sdb"]}, "loopFile": "12Gi"}) == []
    assert faults(pair, rook={"devices": {"s1": ["/dev/sdb"], "s2": ["/dev/sdb"]}}) == []


def test_a_file_that_nobody_would_make_is_refused(pair: Given) -> None:
    devices = {"s1": ["/dev/sdb"], "s2": ["/dev/disk/by-id/nvme-eui.1"]}
    assert faults(pair, rook={"devices": devices, "loopFile": "12Gi"}) == [
        "storage.rook.loopFile: every node with the role storage has devices, so no file is made; remove the key"
    ]


def test_devices_are_those_of_storage_nodes(pair: Given) -> None:
    assert faults(pair, rook={**LOOP, "devices": {"cp": ["/dev/sdb"], "x": ["/dev/sdb"]}}) == [
        "storage.rook.devices.cp: the node has not the role storage; give it the role, or remove the devices",
        "storage.rook.devices.x: there is no node of this name; there are cp, s1, s2",
    ]


@pytest.mark.parametrize(
    ("device", "sentence"),
    [
        ("sdb", "'sdb' is no device; give a path such as /dev/sdb"),
        ("/dev/../etc/passwd", "'/dev/../etc/passwd' is no device; give a path such as /dev/sdb"),
        ("/dev/sd b", "'/dev/sd b' is no device; give a path such as /dev/sdb"),
    ],
)
def test_a_device_is_a_path_below_dev(pair: Given, device: str, sentence: str) -> None:
    found = faults(pair, rook={**LOOP, "devices": {"s1": [device]}})
    assert found == [f"storage.rook.devices.s1[0]: {sentence}"]


def test_a_device_stands_once_and_a_list_is_not_empty(pair: Given) -> None:
    assert faults(pair, rook={**LOOP, "devices": {"s1": ["/dev/sdb", "/dev/sdb"]}}) == [
        "storage.rook.devices.s1: /dev/sdb stands there twice"
    ]
    (fault,) = faults(pair, rook={**LOOP, "devices": {"s1": []}})
    assert fault.startswith("storage.rook.devices.s1: is empty; give at least one device")


def test_replication_that_the_nodes_cannot_hold_is_refused(pair: Given) -> None:
    assert faults(pair, rook={**LOOP, "replication": 3}) == [
        (
            "storage.rook.replication: 3 copies need as many nodes, and 2 keep data; add storage nodes before one "
            "goes, or lower the number"
        )
    ]
    assert faults(pair, rook={**LOOP, "replication": 2}) == []
    assert faults(pair, rook={**LOOP, "replication": 1}) == []


def test_replication_that_the_nodes_cannot_hold_once_one_has_left_is_refused(pair: Given) -> None:
    pair.nodes[2]["decommission"] = True
    (fault,) = faults(pair, rook={**LOOP, "replication": 2})
    assert fault.startswith(
        "storage.rook.replication: 2 copies need as many nodes, and 1 keep data"
    )
    hosts = Given(pair.values | {"storage": {}}).load().hosts
    assert [node.name for node in storage_nodes(hosts)] == ["s1"]


@pytest.mark.parametrize("copies", [0, 4])
def test_copies_are_one_to_three(pair: Given, copies: int) -> None:
    (fault,) = faults(pair, rook={**LOOP, "replication": copies})
    assert fault.startswith(f"storage.rook.replication: {copies} is too ")


@pytest.mark.parametrize("path", ["data", "/", "/data", "/opt/../etc", "/opt//x", "/opt/a b"])
def test_host_paths_lie_below_a_directory_of_the_root(local: Given, path: str) -> None:
    (fault,) = faults(local, hostpath={"path": path})
    assert fault.startswith("storage.hostpath.path: ")
    assert fault.endswith("is no directory; give a path such as /opt/replicated/hostpath")


def test_faults_of_the_group_come_in_one_report_with_all_others(local: Given) -> None:
    local.kubernetes["version"] = "1.20.0"
    found = faults(local, default="rook", rook={"loopFile": "1Gi", "replication": 9, "pool": "x"})
    assert {line.partition(": ")[0] for line in found} == {
        "kubernetes.version",
        "storage.rook.loopFile",
        "storage.rook.replication",
        "storage.rook.pool",
        "storage.default",
        "storage.rook",
    }


def test_data_that_lies_once_is_a_warning(local: Given) -> None:
    local.hosts["nodes"] = nodes("s1")
    local.values["storage"] = {"rook": MODERN}
    (warning,) = local.load().warnings
    assert warning.startswith(
        "Pulumi.dev.yaml: storage.rook: each piece of data lies on one node only"
    )


def test_a_rook_past_its_maintenance_is_a_warning(pair: Given) -> None:
    pair.values["storage"] = {"rook": LOOP}
    (warning,) = pair.load().warnings
    assert warning.startswith("Pulumi.dev.yaml: storage.rook.version: Rook 1.12.11 is no longer")
    pair.values["storage"] = {"rook": MODERN}
    assert pair.load().warnings == ()


def test_a_directory_is_refused_with_what_takes_its_place(pair: Given) -> None:
    (fault,) = faults(pair, rook={**LOOP, "directories": ["/opt/replicated/rook"]})
    assert "use storage.rook.loopFile" in fault
