from copy import deepcopy
from typing import Any

import pytest

from components.application.rewrites.finding import Verdict
from components.application.rewrites.storage_class import (
    ANNOTATION,
    OPT_OUT,
    StorageClassSettings,
    storage_class,
)
from tests.components.application.rewrites.objects import changes, in_every_kind, made, name, of

SETTINGS = StorageClassSettings(name="default", shared="shared", namespace="app")
PLACE = "spec.storageClassName"


def claim(annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    metadata = {"name": "data", **({"annotations": annotations} if annotations else {})}
    return made("v1", "PersistentVolumeClaim", metadata=metadata, spec=spec)


def stateful(one: dict[str, Any]) -> dict[str, Any]:
    template = {"metadata": one["metadata"], "spec": one["spec"]}
    return made("apps/v1", "StatefulSet", spec={"volumeClaimTemplates": [template]})


def live(**claims: str) -> StorageClassSettings:
    known = {("app", each.replace("_", "-")): found for each, found in claims.items()}
    return StorageClassSettings(name="default", namespace="app", live=known)


@pytest.mark.parametrize("before", [{}, {"storageClassName": "gp2"}, {"storageClassName": None}])
def test_a_claim_gets_the_class_whatever_it_had(before: dict[str, Any]) -> None:
    body = claim(**before)
    untouched = deepcopy(body)
    found = storage_class(body, SETTINGS)
    assert found.body["spec"]["storageClassName"] == "default"
    assert changes(found) == {PLACE: (before.get("storageClassName"), "default")}
    assert body == untouched
    assert not storage_class(found.body, SETTINGS).findings


def test_the_old_annotation_is_rewritten_too_since_it_wins() -> None:
    found = storage_class(claim({ANNOTATION: "gp2", "own": "kept"}), SETTINGS)
    assert found.body["metadata"]["annotations"] == {ANNOTATION: "default", "own": "kept"}
    assert found.body["spec"]["storageClassName"] == "default"


@pytest.mark.parametrize("mode", ["ReadWriteMany", "ReadOnlyMany"])
def test_claims_of_several_nodes_get_the_shared_class(mode: str) -> None:
    found = storage_class(claim(accessModes=[mode]), SETTINGS)
    assert found.body["spec"]["storageClassName"] == "shared"


def test_without_a_shared_class_all_claims_get_the_same() -> None:
    found = storage_class(claim(accessModes=["ReadWriteMany"]), StorageClassSettings(name="one"))
    assert found.body["spec"]["storageClassName"] == "one"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (claim(storageClassName=""), "empty class"),
        (claim({ANNOTATION: ""}, storageClassName="gp2"), "empty class"),
        (claim(volumeName="pv-1", storageClassName="gp2"), "volumeName"),
        (claim(dataSource={"kind": "VolumeSnapshot", "name": "s"}), "filled from"),
        (claim(dataSourceRef={"kind": "VolumeSnapshot", "name": "s"}), "filled from"),
        (claim({OPT_OUT: "true"}, storageClassName="gp2"), OPT_OUT),
        (claim({OPT_OUT: ""}, storageClassName="gp2"), OPT_OUT),
    ],
)
@pytest.mark.parametrize("form", ["claim", "template"])
def test_what_is_the_vendors_own_business_is_left_alone_and_says_why(
    body: dict[str, Any], why: str, form: str
) -> None:
    body = stateful(body) if form == "template" else body
    found = storage_class(body, SETTINGS)
    assert found.body == body
    ((_, reason),) = of(found, Verdict.LEFT).items()
    assert why in reason


def test_an_empty_field_beside_a_class_in_the_annotation_is_no_static_volume() -> None:
    found = storage_class(claim({ANNOTATION: "gp2"}, storageClassName=""), SETTINGS)
    assert found.body["spec"]["storageClassName"] == "default"


def test_claim_templates_get_the_class() -> None:
    found = storage_class(stateful(claim(storageClassName="gp2")), SETTINGS)
    assert list(changes(found)) == ["spec.volumeClaimTemplates[0].spec.storageClassName"]


@pytest.mark.parametrize(
    "body",
    in_every_kind({"volumes": [{"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}}]}),
    ids=name,
)
def test_generic_ephemeral_volumes_of_every_kind_get_the_class(body: dict[str, Any]) -> None:
    (path,) = changes(storage_class(body, SETTINGS))
    assert path.endswith("volumes[0].ephemeral.volumeClaimTemplate.spec.storageClassName")


def test_a_live_claim_keeps_its_class_and_the_report_says_so() -> None:
    found = storage_class(claim(storageClassName="gp2"), live(data="older"))
    assert found.body["spec"]["storageClassName"] == "older"
    assert "would replace it" in of(found, Verdict.LEFT)[PLACE]


def test_a_live_claim_that_has_the_class_already_is_rewritten_like_any_other() -> None:
    found = storage_class(claim(storageClassName="gp2"), live(data="default"))
    assert changes(found) == {PLACE: ("gp2", "default")}
    assert not of(found, Verdict.LEFT)


@pytest.mark.parametrize("given", [{}, {"storageClassName": "gp2"}])
def test_a_live_claim_without_a_class_gets_none(given: dict[str, Any]) -> None:
    settings = StorageClassSettings(name="default", live={("default", "data"): None})
    found = storage_class(claim({ANNOTATION: "gp2", "own": "kept"}, **given), settings)
    assert found.body["spec"] == {}
    assert found.body["metadata"]["annotations"] == {"own": "kept"}


def test_a_live_claim_of_another_namespace_counts_for_nothing() -> None:
    settings = StorageClassSettings(name="default", namespace="app", live={("b", "data"): "older"})
    assert storage_class(claim(), settings).body["spec"]["storageClassName"] == "default"


def test_a_template_keeps_the_class_of_its_live_claims() -> None:
    settings = live(data_x_0="older", data_x_10="older", data_x_y="other", data_xy_0="other")
    found = storage_class(stateful(claim()), settings)
    (template,) = found.body["spec"]["volumeClaimTemplates"]
    assert template["spec"]["storageClassName"] == "older"


def test_a_template_whose_live_claims_differ_is_refused() -> None:
    found = storage_class(stateful(claim()), live(data_x_0="older", data_x_1="default"))
    (reason,) = of(found, Verdict.REFUSED).values()
    assert "default, older" in reason
    assert not changes(found)
