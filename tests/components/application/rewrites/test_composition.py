from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.application.rewrites.composition import ORDER, RewriteSettings, compose, refused
from components.application.rewrites.images import ImageSettings
from components.application.rewrites.shared_filesystem import CHECK, SharedFilesystemSettings
from components.application.rewrites.snapshot_container import CONTAINER, SnapshotContainer
from components.application.rewrites.snapshots import SnapshotSettings
from components.application.rewrites.storage_class import StorageClassSettings
from tests.components.application.rewrites.objects import made

REGISTRY = "10.0.0.9:9874"
SETTINGS = RewriteSettings(
    images=ImageSettings(registry=REGISTRY, closed=True),
    storage_class=StorageClassSettings(name="default", shared="other"),
    shared_filesystem=SharedFilesystemSettings(storage_class="shared", image="check:1"),
    snapshots=SnapshotSettings(
        claims=frozenset({"data", "rook-shared-fs"}),
        container=SnapshotContainer(
            image="snapshot:1",
            secret="snapshots",  # noqa: S106 - an object's name
        ),
    ),
    autoscaled=frozenset(),
)
FLEX = {"driver": "ceph.rook.io/rook", "fsType": "ceph", "options": {"path": "/a"}}
OLD = made(
    "extensions/v1beta1",
    "Deployment",
    spec={
        "template": {
            "metadata": {"labels": {"app": "x"}},
            "spec": {
                "containers": [{"name": "a", "image": "a:1"}],
                "volumes": [
                    {"name": "f", "flexVolume": FLEX},
                    {"name": "e", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},
                ],
            },
        }
    },
)


def applied(body: dict[str, Any]) -> dict[str, Any]:
    return compose(SETTINGS)(body).body


def test_the_order_is_the_one_that_is_written_down() -> None:
    assert (
        *("API version", "shared filesystem", "storage class", "replicas"),
        *("snapshots", "images", "leftovers"),
    ) == ORDER


def test_findings_come_in_the_order_of_the_rules() -> None:
    found = [ORDER.index(each.rule) for each in compose(SETTINGS)(OLD).findings]
    assert all(before <= after for before, after in pairwise(found))
    assert len(set(found)) == 6


def test_an_object_of_an_old_version_gets_all_other_rewrites_too() -> None:
    body = applied(OLD)
    assert (body["apiVersion"], body["spec"]["replicas"]) == ("apps/v1", 1)


def test_containers_that_rules_add_come_from_the_registry_too() -> None:
    spec = applied(OLD)["spec"]["template"]["spec"]
    images = {
        each["name"]: each["image"]
        for key in ("initContainers", "containers")
        for each in spec[key]
    }
    assert images == {
        CHECK: f"{REGISTRY}/docker.io/library/check:1",
        CONTAINER: f"{REGISTRY}/docker.io/library/snapshot:1",
        "a": f"{REGISTRY}/docker.io/library/a:1",
    }


def test_a_claim_that_was_a_flex_volume_counts_as_one_to_make_snapshots_of() -> None:
    containers = applied(OLD)["spec"]["template"]["spec"]["containers"]
    assert containers[-1]["volumeMounts"][0]["name"] == "f"


def test_everything_that_is_wrong_is_named_at_once() -> None:
    spec = {"containers": [{"name": "a", "image": "A"}]}
    body = made("extensions/v1beta1", "Deployment", spec={"template": {"spec": spec}})
    found = [each.rule for each in refused(compose(SETTINGS)(body).findings)]
    assert found == ["API version", "images"]


def test_without_settings_only_versions_are_looked_at() -> None:
    rules = {each.rule for each in compose(RewriteSettings())(OLD).findings}
    assert rules == {"API version"}


LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just("nginx:1"))
KEY = st.sampled_from(
    ["spec", "template", "containers", "image", "volumes", "metadata", "name", "claimName", "x"]
)
VALUE = st.recursive(
    LEAF,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEY, inner, max_size=4)),
    max_leaves=12,
)
KINDS = st.sampled_from(
    [
        *(("apps/v1", kind) for kind in ("Deployment", "StatefulSet", "DaemonSet")),
        *(("extensions/v1beta1", kind) for kind in ("Deployment", "Ingress", "DaemonSet")),
        *(("v1", kind) for kind in ("Pod", "PersistentVolumeClaim", "ConfigMap", "Secret", "List")),
        ("batch/v1beta1", "CronJob"),
        ("autoscaling/v2beta1", "HorizontalPodAutoscaler"),
        ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"),
        ("monitoring.coreos.com/v1", "Prometheus"),
    ]
)


@given(KINDS, st.dictionaries(KEY, VALUE, max_size=4))
def test_no_rule_stumbles_over_what_it_does_not_expect(
    kind: tuple[str, str], rest: dict[str, Any]
) -> None:
    body = {"apiVersion": kind[0], "kind": kind[1], **rest}
    before = repr(body)
    once = compose(SETTINGS)(body)
    assert repr(body) == before
    if not refused(once.findings):
        assert compose(SETTINGS)(once.body).body == once.body
