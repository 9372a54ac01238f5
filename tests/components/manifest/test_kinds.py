import importlib
import inspect
import subprocess
import sys

import pulumi_kubernetes
import pytest
from pulumi.runtime import rpc

from components.manifest.kinds import (
    fields,
    is_built_in,
    is_cluster_wide,
    known_kinds,
    resource_class,
)


def tokens() -> list[tuple[str, str, str]]:
    """Every class that pulumi_kubernetes registers: apiVersion, kind, and its module's name."""
    assert pulumi_kubernetes
    found = []
    for modules in rpc._RESOURCE_MODULES.values():
        for module in modules:
            info = module.mod_info  # type: ignore[attr-defined]
            for token, name in info["classes"].items():
                package, version, kind = token.split(":")
                if package != "kubernetes":
                    # Another test in this process may have brought another provider's package.
                    continue
                found.append((version.removeprefix("core/"), kind, f"{info['fqn']}.{name}"))
    # The package's own ways to apply YAML and charts, which are no kinds.
    others = ("helm.sh/", "yaml/", "kustomize/", "meta/")
    return [
        one for one in found if "/" in one[0] or one[0] == "v1" if not one[0].startswith(others)
    ]


def test_every_kind_that_can_be_made_has_its_class() -> None:
    checked = 0
    for version, kind, path in tokens():
        module, _, name = path.rpartition(".")
        if hasattr(importlib.import_module(module), f"{name}InitArgs"):
            found = resource_class(version, kind)
            assert found is not None, (version, kind)
            assert f"{found.__module__}.{found.__name__}".startswith(module)
            assert found.__name__ == kind
            checked += 1
    assert checked > 120


def test_every_field_of_every_kind_is_spelt_as_the_api_does() -> None:
    for version, kind, _ in tokens():
        found = resource_class(version, kind)
        if found is not None:
            parameters = inspect.signature(found._internal_init).parameters  # type: ignore[attr-defined]
            spelt = fields(version, kind)
            assert set(spelt.values()) <= set(parameters), (version, kind)
            assert {"apiVersion", "kind", "metadata"} <= set(spelt), (version, kind)


def test_fields_are_found_under_the_name_that_yaml_has_for_them() -> None:
    assert fields("v1", "Secret")["stringData"] == "string_data"
    assert fields("v1", "ServiceAccount")["automountServiceAccountToken"] == (
        "automount_service_account_token"
    )
    assert fields("rbac.authorization.k8s.io/v1", "ClusterRoleBinding")["roleRef"] == "role_ref"


@pytest.mark.parametrize("kind", ["DeploymentList", "DeploymentPatch", "Deploymnt"])
def test_lists_and_patches_are_no_kinds(kind: str) -> None:
    assert resource_class("apps/v1", kind) is None


@pytest.mark.parametrize(
    "version",
    [
        "example.com/v1",
        "apps/v9",
        "policy.networking.k8s.io/v1",
        "snapshot.storage.k8s.io/v1",
        "../v1",
        "apps/__init__",
    ],
)
def test_other_groups_and_versions_have_no_class(version: str) -> None:
    assert known_kinds(version) == ()
    assert resource_class(version, "Deployment") is None


def test_groups_of_others_are_not_kubernetes_own_even_below_its_domain() -> None:
    assert is_built_in("")
    assert is_built_in("rbac.authorization.k8s.io")
    assert not is_built_in("snapshot.storage.k8s.io")


def test_what_stands_outside_namespaces_is_known() -> None:
    assert is_cluster_wide("", "Namespace")
    assert is_cluster_wide("storage.k8s.io", "StorageClass")
    assert not is_cluster_wide("apps", "DaemonSet")
    # The same word in another group is another kind.
    assert not is_cluster_wide("example.com", "Namespace")


def test_a_version_that_pulumi_has_not_loaded_yet_has_its_kinds_too() -> None:
    program = (
        "import pulumi_kubernetes; pulumi_kubernetes.apiextensions.CustomResource\n"
        "from components.manifest.kinds import known_kinds\n"
        "print(known_kinds('apiextensions.k8s.io/v1'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "CustomResourceDefinition" in done.stdout
