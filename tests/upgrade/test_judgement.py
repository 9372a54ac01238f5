"""What counts as a fault in a preview over a kept state."""

import pytest

from review.change import Change, Field, Operation
from tests.upgrade.judgement import faults

WEAVE = "appliance:network:Weave"


def change(
    operation: Operation,
    name: str,
    types: str = f"{WEAVE}$kubernetes:core/v1:Service",
    *fields: Field,
) -> Change:
    urn = f"urn:pulumi:dev::appliance::{types}::{name}"
    return Change(operation=operation, urn=urn, layer="network", fields=fields)


def field(path: str, *, replaces: bool) -> Field:
    return Field(path=path, old="a", new="b", replaces=replaces)


def test_updates_and_new_resources_are_what_a_new_version_is_for() -> None:
    port = field("spec.ports", replaces=False)
    service = f"{WEAVE}$kubernetes:core/v1:Service"
    assert faults([change("update", "a", service, port), change("create", "b")]) == ()


def test_a_replacement_names_the_resource_and_the_property() -> None:
    (fault,) = faults(
        [
            change(
                "replace", "a", "kubernetes:core/v1:Service", field("spec.clusterIP", replaces=True)
            )
        ]
    )
    assert fault == (
        "a (kubernetes:core/v1:Service) would be replaced because of spec.clusterIP: a → b; "
        "leave that as it was, or change it in place"
    )


def test_a_renamed_resource_is_named_with_the_alias_that_it_needs() -> None:
    (fault,) = faults([change("delete", "old"), change("create", "new")])
    assert fault.startswith(f"old ({WEAVE}$kubernetes:core/v1:Service) would be deleted while new ")
    assert 'pulumi.Alias(name="old")' in fault


def test_a_resource_of_another_type_needs_an_alias_of_its_type_or_parent() -> None:
    other = "appliance:network:Net$kubernetes:core/v1:Service"
    (fault,) = faults([change("delete", "a"), change("create", "a", other)])
    assert f"made anew as {other}: add an alias" in fault
    assert "pulumi.Alias(type_=…)" in fault


def test_a_deletion_is_a_fault_also_where_nothing_new_is_like_it() -> None:
    (fault,) = faults([change("delete", "a"), change("create", "b", "command:local:Command")])
    assert fault.endswith(
        "would be deleted: keep it, or let the one before this version take it away first"
    )


def test_an_update_that_the_api_server_never_allows_is_a_fault() -> None:
    # The plugin's list of such properties is shorter than Kubernetes' own.
    reclaim = field("reclaimPolicy", replaces=False)
    (fault,) = faults([change("update", "a", "kubernetes:storage.k8s.io/v1:StorageClass", reclaim)])
    assert "refused by the API server, which does not change reclaimPolicy" in fault


@pytest.mark.parametrize("name", ["default_1_2_1", "default"])
def test_the_engine_s_note_of_an_older_plugin_may_go(name: str) -> None:
    assert faults([change("delete", name, "pulumi:providers:command")]) == ()
    assert faults([change("delete", "control-plane-provider", "pulumi:providers:kubernetes")])
