"""What the table of properties that cannot change in place says."""

import pytest

from review.immutable import replaces


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        ("kubernetes:batch/v1:Job", "spec.parallelism"),
        ("kubernetes:batch/v1:Job", "spec.template.spec.containers[0].image"),
        ("kubernetes:apps/v1:StatefulSet", "spec.revisionHistoryLimit"),
        ("kubernetes:core/v1:ResourceQuota", "spec.scopes[0]"),
        ("kubernetes:core/v1:ConfigMap", "metadata.namespace"),
        ("command:local:Command", "triggers[0]"),
    ],
)
def test_what_the_plugins_replace_is_in_the_table(type_: str, path: str) -> None:
    assert replaces(type_, path)


@pytest.mark.parametrize(
    ("type_", "path"),
    [
        ("kubernetes:batch/v1:Job", "spec.parallelisms"),
        ("kubernetes:apps/v1:StatefulSet", "spec.replicas"),
        ("command:local:Command", "environment.APPLIANCE_CONTENT"),
    ],
)
def test_what_changes_in_place_is_not(type_: str, path: str) -> None:
    assert not replaces(type_, path)
