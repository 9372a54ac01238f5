import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from components.application.rewrites.finding import Verdict
from components.application.rewrites.shared_filesystem import (
    CHECK,
    SharedFilesystemSettings,
    shared_filesystem,
)
from components.application.rewrites.storage_class import StorageClassSettings, storage_class
from components.manifest.templates import pod_of
from tests.components.application.rewrites.objects import in_every_kind, made, name, of

SETTINGS = SharedFilesystemSettings(storage_class="shared", image="busybox:1")


def spec(flex: dict[str, Any] | None = None, **mount: Any) -> dict[str, Any]:
    options = {"fsName": "rook-shared-fs", "clusterNamespace": "rook-ceph"}
    return {
        "initContainers": [{"name": "first", "image": "a:1"}],
        "containers": [
            {"name": "a", "volumeMounts": [{"name": "v", "mountPath": "/data", **mount}]},
            {"name": "b", "volumeMounts": [{"name": "w", "mountPath": "/data"}]},
        ],
        "volumes": [
            {
                "name": "v",
                "flexVolume": {
                    "driver": "ceph.rook.io/rook",
                    "fsType": "ceph",
                    "options": options,
                    **(flex or {}),
                },
            },
            {"name": "w", "emptyDir": {}},
        ],
    }


def with_path(path: str, **mount: Any) -> dict[str, Any]:
    return spec({"options": {"fsName": "rook-shared-fs", "path": path}}, **mount)


def rewritten(one: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = shared_filesystem(made("v1", "Pod", spec=one), SETTINGS).body["spec"]
    return result


@pytest.mark.parametrize("body", in_every_kind(spec()), ids=name)
def test_a_flex_volume_becomes_a_claim_in_every_kind(body: dict[str, Any]) -> None:
    before = deepcopy(body)
    found = shared_filesystem(body, SETTINGS)
    _, after = pod_of(found.body) or ((), {})
    assert after["volumes"] == [
        {"name": "v", "persistentVolumeClaim": {"claimName": "rook-shared-fs"}},
        {"name": "w", "emptyDir": {}},
    ]
    assert [each["name"] for each in after["initContainers"]] == [CHECK, "first"]
    assert body == before
    assert shared_filesystem(found.body, SETTINGS).body == found.body


def test_the_claim_stands_beside_the_object_in_its_namespace() -> None:
    body = made("v1", "Pod", metadata={"name": "x", "namespace": "app"}, spec=spec())
    (beside,) = shared_filesystem(body, SETTINGS).beside
    metadata = beside.body["metadata"]
    assert (metadata["namespace"], metadata["name"]) == ("app", "rook-shared-fs")
    assert beside.body["spec"]["accessModes"] == ["ReadWriteMany"]


def test_no_other_rule_gives_the_claim_another_class() -> None:
    (beside,) = shared_filesystem(made("v1", "Pod", spec=spec()), SETTINGS).beside
    found = storage_class(beside.body, StorageClassSettings(name="default"))
    assert found.body["spec"]["storageClassName"] == "shared"


@pytest.mark.parametrize(
    ("path", "mount", "expected"),
    [
        ("/media", {}, {"subPath": "media"}),
        ("media//a/", {"subPath": "b"}, {"subPath": "media/a/b"}),
        ("/media", {"subPathExpr": "$(POD)"}, {"subPathExpr": "media/$(POD)"}),
        ("/", {}, {}),
        ("", {"subPath": "own"}, {"subPath": "own"}),
    ],
)
def test_the_path_of_the_volume_becomes_that_of_its_mounts(
    path: str, mount: dict[str, Any], expected: dict[str, Any]
) -> None:
    first, second = rewritten(with_path(path, **mount))["containers"]
    assert first["volumeMounts"] == [{"name": "v", "mountPath": "/data", **expected}]
    assert second["volumeMounts"] == [{"name": "w", "mountPath": "/data"}]


def test_read_only_stays_read_only() -> None:
    assert rewritten(spec({"readOnly": True}))["volumes"][0]["persistentVolumeClaim"]["readOnly"]


@pytest.mark.parametrize(
    ("flex", "word"),
    [
        ({"fsType": "ext4"}, "ext4"),
        ({"options": {"fsName": "other"}}, "other"),
        ({"options": {"clusterNamespace": "elsewhere"}}, "elsewhere"),
        ({"options": {"path": "/a/../b"}}, "subPath"),
        ({"options": {"path": "/a/$(X)"}}, "subPath"),
    ],
)
def test_what_is_not_the_shared_filesystem_is_refused(flex: dict[str, Any], word: str) -> None:
    found = shared_filesystem(made("v1", "Pod", spec=spec(flex)), SETTINGS)
    ((where, why),) = of(found, Verdict.REFUSED).items()
    assert where == "spec.volumes[0].flexVolume"
    assert word in why
    assert not found.beside


def test_flex_volumes_of_other_drivers_are_not_ours() -> None:
    body = made("v1", "Pod", spec=spec({"driver": "vendor/driver"}))
    assert not shared_filesystem(body, SETTINGS).findings


@pytest.mark.parametrize(
    ("mounts", "code"),
    [
        ("10.0.0.1:/ /shared/v ceph rw 0 0\n", 0),
        ("ceph-fuse /shared/v fuse.ceph-fuse rw 0 0\n", 0),
        ("/dev/vda1 /shared/v ext4 rw 0 0\n", 1),
        ("10.0.0.1:/ /shared/vv ceph rw 0 0\n", 1),
        ("x /shared/v cephx rw 0 0\n", 1),
        ("", 1),
    ],
)
def test_the_check_fails_when_the_mount_is_not_there(
    mounts: str, code: int, tmp_path: Path
) -> None:
    table = tmp_path / "mounts"
    table.write_text(mounts)
    *shell, script = rewritten(spec())["initContainers"][0]["command"]
    done = subprocess.run(
        [*shell, script.replace("/proc/mounts", str(table))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert ("not mounted at /shared/v" in done.stderr) is (code == 1)
