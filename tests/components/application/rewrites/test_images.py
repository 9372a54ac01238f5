from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.application.rewrites.finding import Verdict
from components.application.rewrites.images import ImageSettings, images, rewritten
from components.manifest.image import ImageReferenceError, parse
from components.manifest.templates import pod_of
from tests.components.application.rewrites.objects import changes, in_every_kind, made, name, of

REGISTRY = "10.100.100.101:9874"
SETTINGS = ImageSettings(registry=REGISTRY)
DIGEST = f"sha256:{'0a' * 32}"
SPEC = {
    "initContainers": [{"name": "a", "image": "init:1"}],
    "containers": [{"name": "b", "image": "main:1"}, {"name": "c", "image": "quay.io/o/side:1"}],
    "ephemeralContainers": [{"name": "e", "image": "debug:1"}],
    "volumes": [{"name": "v", "image": {"reference": "files:1"}}, {"name": "w", "emptyDir": {}}],
}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("docker.io/bash", "docker.io/library/bash:latest"),
        ("index.docker.io/library/bash:5", "docker.io/library/bash:5"),
        ("organisation/name:1", "docker.io/organisation/name:1"),
        ("quay.io/organisation/deep/name:v1", "quay.io/organisation/deep/name:v1"),
        (f"nginx@{DIGEST}", f"docker.io/library/nginx@{DIGEST}"),
        (f"host.test:5000/repo:tag@{DIGEST}", f"host.test_5000/repo:tag@{DIGEST}"),
        # A name with a colon and no slash is one of the hub, with a tag.
        ("test.com:5000", "docker.io/library/test.com:5000"),
        ("host:5000/repo", "host_5000/repo:latest"),
        ("localhost/repo:1", "localhost/repo:1"),
        ("Quay.IO/repo:1", "quay.io/repo:1"),
        ("registry.replicated.com/slug/name:1", "registry.replicated.com/slug/name:1"),
    ],
)
def test_references_follow_the_grammar_of_container_runtimes(before: str, after: str) -> None:
    assert rewritten(before, SETTINGS) == f"{REGISTRY}/{after}"


@pytest.mark.parametrize(
    "text", ["Nginx", "nginx:", "a//b", "nginx@sha256:abc", "a" * 64, "x y", "[::1]:5000/a:1", "/a"]
)
def test_what_is_no_image_is_refused_by_name(text: str) -> None:
    with pytest.raises(ImageReferenceError, match="'"):
        rewritten(text.replace("a" * 64, "a0" * 32), SETTINGS)


def test_an_invalid_image_in_an_object_is_refused_where_it_stands() -> None:
    body = made("v1", "Pod", spec={"containers": [{"name": "a", "image": "Nginx"}]})
    found = images(body, SETTINGS)
    assert list(of(found, Verdict.REFUSED)) == ["spec.containers[0].image"]
    assert found.body == body


@pytest.mark.parametrize("body", in_every_kind(SPEC), ids=name)
def test_every_image_of_every_kind_that_holds_pods_is_rewritten(body: dict[str, Any]) -> None:
    before = deepcopy(body)
    found = images(body, SETTINGS)
    path, spec = pod_of(found.body) or ((), {})
    assert [each["image"] for each in spec["initContainers"]] == [
        f"{REGISTRY}/docker.io/library/init:1"
    ]
    assert [each["image"] for each in spec["containers"]] == [
        f"{REGISTRY}/docker.io/library/main:1",
        f"{REGISTRY}/quay.io/o/side:1",
    ]
    assert spec["ephemeralContainers"][0]["image"] == f"{REGISTRY}/docker.io/library/debug:1"
    assert spec["volumes"][0] == {
        "name": "v",
        "image": {"reference": f"{REGISTRY}/docker.io/library/files:1"},
    }
    assert spec["imagePullSecrets"] == [{"name": "replicatedregistrykey"}]
    assert len(changes(found)) == 6
    assert all(where.startswith(".".join(path)) for where in changes(found))
    assert body == before


@pytest.mark.parametrize("body", in_every_kind(SPEC), ids=name)
def test_a_second_run_changes_nothing(body: dict[str, Any]) -> None:
    once = images(body, SETTINGS)
    twice = images(once.body, SETTINGS)
    assert twice.body == once.body
    assert not changes(twice)


def test_pull_secrets_that_are_there_stay_and_ours_is_added_once() -> None:
    spec = {"imagePullSecrets": [{"name": "own"}], "containers": [{"name": "a", "image": "a:1"}]}
    found = images(made("v1", "Pod", spec=spec), SETTINGS).body["spec"]["imagePullSecrets"]
    assert found == [{"name": "own"}, {"name": "replicatedregistrykey"}]


def test_pods_without_an_image_of_the_registry_get_no_pull_secret() -> None:
    settings = ImageSettings(registry=REGISTRY, allowed=("quay.io",))
    body = made("v1", "Pod", spec={"containers": [{"name": "a", "image": "quay.io/a/b:1"}]})
    assert images(body, settings).body == body


@pytest.mark.parametrize(
    ("allowed", "image", "stays"),
    [
        ("quay.io", "quay.io/a/b:1", True),
        ("quay.io/a", "quay.io/a/b:1", True),
        ("quay.io/a/b", "quay.io/a/b:1", True),
        ("quay.io/a/b", "quay.io/a/bc:1", False),
        ("quay.io", "quay.io.evil.test/a:1", False),
        ("docker.io/library", "nginx:1", True),
        ("docker.io/library", "organisation/nginx:1", False),
    ],
)
def test_the_allow_list_counts_whole_parts_of_full_names(
    allowed: str,
    image: str,
    stays: bool,  # noqa: FBT001
) -> None:
    settings = ImageSettings(registry=REGISTRY, allowed=(allowed,))
    body = made("v1", "Pod", spec={"containers": [{"name": "a", "image": image}]})
    found = images(body, settings)
    assert (found.body == body) is stays
    assert bool(of(found, Verdict.LEFT)) is stays


@pytest.mark.parametrize(
    ("body", "path", "after"),
    [
        (
            made("ceph.rook.io/v1", "CephCluster", spec={"cephVersion": {"image": "q.io/c/c:v18"}}),
            "spec.cephVersion.image",
            "q.io/c/c:v18",
        ),
        (
            made("v1", "ConfigMap", data={"ROOK_CSI_CEPH_IMAGE": "quay.io/cephcsi/cephcsi:v3"}),
            "data.ROOK_CSI_CEPH_IMAGE",
            "quay.io/cephcsi/cephcsi:v3",
        ),
        (
            made("postgresql.cnpg.io/v1", "Cluster", spec={"imageName": "ghcr.io/c/postgresql:16"}),
            "spec.imageName",
            "ghcr.io/c/postgresql:16",
        ),
        (
            made(
                "argoproj.io/v1alpha1",
                "Rollout",
                spec={"template": {"spec": {"containers": [{"image": "a:1"}]}}},
            ),
            "spec.template.spec.containers[0].image",
            "docker.io/library/a:1",
        ),
        (
            made(
                "k8s.mariadb.com/v1alpha1",
                "MariaDB",
                spec={"image": {"repository": "mariadb", "tag": "10", "pullPolicy": "Always"}},
            ),
            "spec.image.repository",
            "docker.io/library/mariadb",
        ),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_images_of_known_custom_resources_are_rewritten(
    body: dict[str, Any], path: str, after: str
) -> None:
    found = images(body, SETTINGS)
    assert {where: new for where, (_, new) in changes(found).items()} == {
        path: f"{REGISTRY}/{after}"
    }
    assert not changes(images(found.body, SETTINGS))


def test_the_tag_of_an_image_in_parts_stays_where_it_is() -> None:
    spec = {"image": {"repository": "mariadb", "tag": "10"}}
    found = images(made("k8s.mariadb.com/v1alpha1", "MariaDB", spec=spec), SETTINGS)
    assert found.body["spec"]["image"]["tag"] == "10"


def test_the_tag_latest_with_the_default_pull_policy_is_pointed_out() -> None:
    spec = {
        "containers": [
            {"name": "a", "image": "a"},
            {"name": "b", "image": "b", "imagePullPolicy": "IfNotPresent"},
        ]
    }
    found = images(made("v1", "Pod", spec=spec), SETTINGS)
    assert list(of(found, Verdict.LEFT)) == ["spec.containers[0].imagePullPolicy"]


WORD = st.from_regex(r"[a-z0-9]+(?:[._-][a-z0-9]+)?", fullmatch=True)
HOST = st.sampled_from(["", "quay.io/", "host:5000/", "localhost/", "a.b-c.test:80/", "docker.io/"])
TAG = st.sampled_from(["", ":1", ":v1.2_x-y", ":latest"])
DIGESTS = st.sampled_from(["", f"@{DIGEST}"])


@given(HOST, st.lists(WORD, min_size=1, max_size=3), TAG, DIGESTS)
def test_whatever_is_an_image_keeps_its_name_tag_and_digest(
    host: str, words: list[str], tag: str, digest: str
) -> None:
    text = f"{host}{'/'.join(words)}{tag}{digest}"
    try:
        before = parse(text)
    except ImageReferenceError:
        return
    after = rewritten(text, SETTINGS)
    image = parse(after)
    assert image.domain == REGISTRY
    assert image.path == f"{before.domain.replace(':', '_')}/{before.path}"
    assert image.tag == (before.tag or ("" if before.digest else "latest"))
    assert image.digest == before.digest
    assert rewritten(after, SETTINGS) == after
