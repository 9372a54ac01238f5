import pytest

from components.storage.releases import Release
from components.storage.rook_objects import UpstreamManifestError, in_namespaces, rook_objects
from tests.components.storage.given import BUNDLED, MODERN, TEXTS, pinned


@pytest.mark.parametrize("release", [BUNDLED, MODERN], ids=lambda release: release.version)
def test_each_object_is_in_the_namespace_that_upstream_marks(release: Release) -> None:
    objects = rook_objects(TEXTS, release.files, pinned(release))
    places = {(one.kind, one.name): one.namespace for one in objects}
    assert places["ServiceAccount", "rook-ceph-system"] == "rook-ceph-system"
    assert places["ServiceAccount", "rook-ceph-osd"] == "rook-ceph"
    (binding,) = [one for one in objects if one.kind == "ClusterRoleBinding"]
    assert binding.body["subjects"][0]["namespace"] == "rook-ceph-system"


def test_namespaces_are_left_to_those_who_make_their_walls() -> None:
    objects = rook_objects(TEXTS, BUNDLED.files, pinned(BUNDLED))
    assert not [one for one in objects if one.kind == "Namespace"]


def test_pods_of_the_manifests_run_the_images_that_are_given() -> None:
    objects = rook_objects(TEXTS, MODERN.files, pinned(MODERN))
    (deployment,) = [one for one in objects if one.kind == "Deployment"]
    (container,) = deployment.body["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "quay.io/cephcsi/ceph-csi-operator:v0.6.0@sha256:00"


def test_a_value_without_a_mark_stays() -> None:
    assert in_namespaces("name: rook-ceph\n") == "name: rook-ceph\n"
    assert in_namespaces("  namespace: x # namespace:cluster\n") == (
        "  namespace: rook-ceph # namespace:cluster\n"
    )


def test_a_manifest_that_cannot_be_read_is_named_with_its_place() -> None:
    with pytest.raises(UpstreamManifestError, match=r"crds\.yaml, document 1, line 2"):
        rook_objects({**TEXTS, "crds.yaml": "kind: [\n"}, BUNDLED.files, pinned(BUNDLED))
