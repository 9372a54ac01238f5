import pytest

from components.application.admission import Rules
from tests.components.application.made import HEAD, faults, release

CLUSTER_WIDE = Rules(cluster_wide=("CustomResourceDefinition", "ValidatingWebhookConfiguration"))


def objects(*texts: str) -> str:
    return HEAD + "".join(f"---\n# kind: scheduler-kubernetes\n{text}\n" for text in texts)


CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}"


def test_the_same_object_twice_is_refused() -> None:
    (found,) = faults(objects(CONFIG_MAP, CONFIG_MAP))
    assert found == (
        "release.yaml, document 3, line 11: ConfigMap/replicated-guestbook/a is given already: "
        "release.yaml, document 2, line 6"
    )


def test_an_object_in_a_foreign_namespace_is_refused() -> None:
    (found,) = faults(objects("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}"))
    assert "stands in the namespace b, and an application has only replicated-guestbook" in found


def test_an_object_outside_of_namespaces_is_refused_unless_its_kind_is_allowed() -> None:
    text = objects(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}",
        CONFIG_MAP,
    )
    (found,) = faults(text)
    assert "release.clusterWide allows a kind" in found
    assert faults(text, rules=Rules(cluster_wide=("ClusterRole",))) == []


def test_a_namespace_of_its_own_is_refused() -> None:
    (found,) = faults(objects("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}"))
    assert "cannot be made" in found


@pytest.mark.parametrize(
    "version",
    [
        "policy/v1beta1",
        "batch/v1beta1",
        "extensions/v1beta1",
        "flowcontrol.apiserver.k8s.io/v1beta3",
    ],
)
def test_a_version_that_no_api_server_serves_is_refused(version: str) -> None:
    kind = {
        "policy/v1beta1": "PodDisruptionBudget",
        "batch/v1beta1": "CronJob",
        "extensions/v1beta1": "Deployment",
    }.get(version, "FlowSchema")
    found = faults(
        objects(f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}"),
        rules=Rules(cluster_wide=("FlowSchema",)),
    )
    assert "no API server serves" in found[0]


def test_a_custom_resource_that_nothing_defines_is_refused() -> None:
    text = objects("apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a}")
    assert "nothing serves Thing of example.org/v1" in faults(text)[0]
    assert faults(text, rules=Rules(served_groups=("example.org",))) == []


def test_two_claims_of_one_name_are_refused() -> None:
    stateful_set = (
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\n"
        "spec: {volumeClaimTemplates: [{metadata: {name: www}}]}"
    )
    claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: www-web-0}"
    (found,) = faults(objects(stateful_set, claim))
    assert "www-web-0 is a claim that StatefulSet/replicated-guestbook/web" in found
    assert faults(objects(stateful_set, claim.replace("www-web-0", "www-web"))) == []


@pytest.mark.parametrize(
    "line",
    [
        "metadata: {name: '{{repl ServiceAddress `a` 80}}'}",
        "metadata: {name: a}\ndata: {'{{repl ServiceAddress `a` 80}}': b}",
    ],
)
def test_a_late_value_cannot_be_a_name_or_a_key(line: str) -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}"
    (found,) = faults(objects(service, f"apiVersion: v1\nkind: ConfigMap\n{line}"))
    assert "is made of ServiceAddress a 80" in found
    assert "document 3" in found


def test_the_address_of_a_service_that_is_not_there_is_refused_with_its_line() -> None:
    text = objects(f"{CONFIG_MAP}\ndata:\n  a: {{{{repl ServiceAddress `b` 80}}}}")
    assert faults(text) == [
        "release.yaml, document 2, line 10: ServiceAddress b 80: the release has no Service b"
    ]


def test_services_that_ask_for_each_others_addresses_are_refused() -> None:
    service = (
        "apiVersion: v1\nkind: Service\n"
        "metadata: {{name: {0}, annotations: {{a: '{{{{repl ServiceAddress `{1}` 80}}}}'}}}}\n"
        "spec: {{ports: [{{port: 80}}]}}"
    )
    (found,) = faults(objects(service.format("a", "b"), service.format("b", "a")))
    assert "objects wait for each other's values: Service a → Service b → Service a" in found
    (found,) = faults(objects(service.format("a", "a")))
    assert "Service a → Service a" in found


def test_objects_that_stand_in_the_applications_own_namespace_by_name_are_fine() -> None:
    assert len(release("order", rules=CLUSTER_WIDE).objects) == 9
