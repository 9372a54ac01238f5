import re

import pytest

from bundle.programs import kubernetes_module
from bundle.recipe import Artifact, Image, PackageSet
from bundle.recipes import RECIPES
from components.cluster import images as cluster
from components.network import flannel, weave


def image(name: str) -> Image:
    recipe = RECIPES[name]
    assert isinstance(recipe, Image)
    return recipe


def artifact(name: str) -> Artifact:
    recipe = RECIPES[name]
    assert isinstance(recipe, Artifact)
    return recipe


@pytest.mark.parametrize("version", ["1.35.4", "1.34.2"])
def test_everything_that_the_cluster_and_its_network_name_has_a_recipe(version: str) -> None:
    networks = {*weave.images(), *flannel.images()}
    wanted = {*cluster.images(version), *cluster.host_artifacts(version), *networks}
    assert wanted <= set(RECIPES)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("registry.k8s.io/kube-apiserver:v1.35.4", "usr/local/bin/kube-apiserver"),
        (
            "registry.k8s.io/kube-controller-manager:v1.35.4",
            "usr/local/bin/kube-controller-manager",
        ),
        ("registry.k8s.io/kube-scheduler:v1.35.4", "usr/local/bin/kube-scheduler"),
        ("registry.k8s.io/kube-proxy:v1.35.4", "usr/local/bin/kube-proxy"),
        ("registry.k8s.io/etcd:3.6.6-0", "usr/local/bin/etcd"),
        ("registry.k8s.io/coredns/coredns:v1.13.1", "coredns"),
        ("registry.k8s.io/pause:3.10.1", "pause"),
    ],
)
def test_programs_lie_where_kubeadm_s_manifests_call_them(name: str, path: str) -> None:
    assert path in image(name).files


def test_nodes_get_the_files_that_the_node_script_installs() -> None:
    assert set(artifact("host/kubernetes:v1.35.4").files) == {"kubelet", "kubeadm", "kubectl"}
    assert {"loopback", "portmap", "host-local", "bridge"} <= set(
        artifact("host/cni-plugins:v1.9.1").files
    )


def test_a_host_gets_a_runtime_and_a_load_balancer_and_keeps_what_it_has() -> None:
    debs = RECIPES["host/debian-bookworm:1"]
    assert isinstance(debs, PackageSet)
    assert {"containerd", "runc", "haproxy", "conntrack", "ipset"} <= set(debs.packages)
    assert "systemd" in debs.base
    assert not set(debs.base) & set(debs.packages)


def test_both_weave_images_have_one_root() -> None:
    kube, npc = (image(name) for name in weave.images())
    assert kube.packages == npc.packages != ()


def test_every_image_says_what_it_was_made_from() -> None:
    for name, recipe in RECIPES.items():
        if isinstance(recipe, Image):
            label = recipe.command.labels["org.opencontainers.image.description"]
            assert label == recipe.origin != "", name


def test_every_name_has_a_tag() -> None:
    assert all(re.fullmatch(r"[a-z0-9./-]+:[A-Za-z0-9._-]+", name) for name in RECIPES)


def test_kubernetes_programs_say_their_version() -> None:
    module = kubernetes_module("1.35.4")
    assert "gitVersion=v1.35.4" in module.ldflags
    assert "gitMinor=35" in module.ldflags


def test_the_substitute_of_flannels_plugin_says_that_it_is_one() -> None:
    plugin = image("ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel1")
    said = plugin.command.labels["org.opencontainers.image.description"]
    assert said.startswith("not flannel-io/cni-plugin v1.9.1-flannel1 but its ancestor")
    assert plugin.command.labels["org.opencontainers.image.version"] == "0.9.1"


def test_flannel_stands_on_the_root_that_every_node_has_already() -> None:
    base = image("registry.k8s.io/kube-proxy:v1.35.4").packages
    assert {image(name).packages for name in flannel.images()} == {base}


def test_rook_and_ceph_are_one_content_so_that_nodes_keep_it_once() -> None:
    operator, daemons = image("docker.io/rook/ceph:v1.12.11"), image("quay.io/ceph/ceph:v18.2.7")
    assert operator == daemons
    assert "usr/local/bin/rook" in operator.files
    # The init container that hands Rook's program to Ceph's pods gives arguments only.
    assert operator.command.entrypoint == ("/usr/local/bin/rook",)
    assert operator.command.user == ""


def test_ceph_s_daemons_have_the_numbers_that_rook_gives_their_directories() -> None:
    root = image("quay.io/ceph/ceph:v18.2.7").root
    assert root is not None
    assert {user.name: user.number for user in root.users} == {"ceph": 167, "rook": 2016}


def test_what_stands_before_debian_s_own_is_found_first() -> None:
    files = image("quay.io/ceph/ceph:v18.2.7").files
    search = image("quay.io/ceph/ceph:v18.2.7").command.environment[0].removeprefix("PATH=")
    assert search.startswith("/usr/local/sbin:")
    assert "usr/local/sbin/dmsetup" in files
    # Of the Python that Debian 13 has.
    assert "usr/local/lib/python3.13/dist-packages/bcrypt.py" in files


def test_what_faces_the_world_has_no_shell_and_no_package_manager() -> None:
    envoy = image("docker.io/envoyproxy/envoy:v1.38.2")
    assert envoy.root is not None
    assert (envoy.root.unpacked, envoy.root.packages) == (True, ("libc6",))
    assert list(envoy.files) == ["usr/local/bin/envoy"]
    assert image("ghcr.io/projectcontour/contour:v1.33.8").root is None


def test_contour_lies_where_its_manifests_call_it() -> None:
    assert list(image("ghcr.io/projectcontour/contour:v1.33.8").files) == ["bin/contour"]


def test_the_helper_s_scripts_find_a_shell() -> None:
    links = image("docker.io/library/busybox:1.35.0").links
    assert {links[f"bin/{name}"] for name in ("sh", "mkdir", "rm", "chmod")} == {"busybox"}
