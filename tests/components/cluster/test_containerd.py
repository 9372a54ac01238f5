import tomllib
from typing import Any

import pytest

from components.cluster.containerd import config
from components.machines.machine import Profile


def cri(profile: Profile) -> Any:
    document = tomllib.loads(config("registry.k8s.io/pause:3.10.1", profile))
    assert document["version"] == 2
    return document["plugins"]["io.containerd.grpc.v1.cri"]


@pytest.mark.parametrize(("profile", "systemd"), [(Profile.LAB, False), (Profile.MACHINE, True)])
def test_containerd_and_kubelet_agree_on_who_makes_cgroups(
    profile: Profile, *, systemd: bool
) -> None:
    options = cri(profile)["containerd"]["runtimes"]["runc"]["options"]
    assert options["SystemdCgroup"] is systemd


def test_the_sandbox_image_is_the_one_that_the_bundle_holds() -> None:
    assert cri(Profile.MACHINE)["sandbox_image"] == "registry.k8s.io/pause:3.10.1"


def test_mirrors_are_read_from_the_directory_that_the_node_script_fills() -> None:
    assert cri(Profile.MACHINE)["registry"]["config_path"] == "/etc/containerd/certs.d"
