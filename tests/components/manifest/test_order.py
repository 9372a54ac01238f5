import random

from hypothesis import given
from hypothesis import strategies as st

from components.manifest.objects import KubernetesObject, read
from components.manifest.order import dependencies

# An operator with its definition and rights, a resource that it looks after, an application, and hooks that the
# operator serves.
OPERATOR = """
{apiVersion: v1, kind: Namespace, metadata: {name: op}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: operator, namespace: op}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: operator}
rules: [{apiGroups: [example.com], resources: ["*"], verbs: [get, update]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: operator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: operator}
subjects: [{kind: ServiceAccount, name: operator, namespace: op}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec: {group: example.com, scope: Namespaced, names: {kind: Thing, plural: things}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: op}}
---
{apiVersion: v1, kind: Secret, metadata: {name: unrelated, namespace: op}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator, namespace: op}
spec:
  template:
    spec:
      serviceAccountName: operator
      containers: [{name: a, image: a, envFrom: [{configMapRef: {name: settings}}]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: application, namespace: op}
spec: {template: {spec: {containers: [{name: a, image: a}], volumes: [{persistentVolumeClaim: {claimName: disk}}]}}}
---
{apiVersion: example.com/v1, kind: Thing, metadata: {name: one, namespace: op}}
---
{apiVersion: v1, kind: Service, metadata: {name: hooks, namespace: op}, spec: {selector: {a: b}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: hooks}
webhooks: [{name: a.example.com, clientConfig: {service: {name: hooks, namespace: op}}}]
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.metrics.example.com}
spec: {service: {name: hooks, namespace: op}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: example.com/disk}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: disk, namespace: op}, spec: {storageClassName: fast}}
"""


def objects(text: str = OPERATOR) -> list[KubernetesObject]:
    reading = read(text, "f")
    assert reading.faults == ()
    return list(reading.objects)


def waits(of: list[KubernetesObject]) -> dict[str, set[str]]:
    """What each object waits for, by kind and name."""
    found = dependencies(of)
    return {
        f"{kind}/{name}": {f"{other[1]}/{other[3]}" for other in before}
        for (_, kind, _, name), before in found.items()
    }


def test_everything_waits_for_its_namespace() -> None:
    inside = {f"{one.kind}/{one.name}" for one in objects() if one.namespace}
    found = waits(objects())
    assert len(inside) > 6
    assert {name for name in found if "Namespace/op" in found[name]} == inside


def test_pods_wait_for_what_they_name_and_for_the_rights_that_they_act_with() -> None:
    assert waits(objects())["Deployment/operator"] == {
        *("Namespace/op", "ServiceAccount/operator", "ConfigMap/settings"),
        *("ClusterRole/operator", "ClusterRoleBinding/operator"),
        "CustomResourceDefinition/things.example.com",
    }


def test_a_custom_resource_waits_for_its_definition_and_for_its_controller_alone() -> None:
    assert waits(objects())["Thing/one"] == {
        *("Namespace/op", "CustomResourceDefinition/things.example.com", "Deployment/operator")
    }


def test_an_administrator_is_a_controller_of_everything() -> None:
    text = OPERATOR.replace(
        "kind: ClusterRole, name: operator}", "kind: ClusterRole, name: cluster-admin}"
    )
    assert "Deployment/operator" in waits(objects(text))["Thing/one"]


def test_who_may_only_read_a_resource_is_not_its_controller() -> None:
    text = OPERATOR.replace("verbs: [get, update]", "verbs: [get, list, watch]")
    assert waits(objects(text))["Thing/one"] == {
        "Namespace/op",
        "CustomResourceDefinition/things.example.com",
    }


def test_rights_in_a_namespace_count_too() -> None:
    text = (
        OPERATOR.replace(
            "kind: ClusterRole\nmetadata: {name: operator}",
            "kind: Role\nmetadata: {name: operator, namespace: op}",
        )
        .replace(
            "kind: ClusterRoleBinding\nmetadata: {name: operator}",
            "kind: RoleBinding\nmetadata: {name: operator, namespace: op}",
        )
        .replace("kind: ClusterRole, name: operator}", "kind: Role, name: operator}")
        .replace("name: operator, namespace: op}]", "name: operator}]")
    )
    found = waits(objects(text))
    assert {"Role/operator", "RoleBinding/operator"} <= found["Deployment/operator"]
    assert "Deployment/operator" in found["Thing/one"]


def test_nothing_that_pods_could_be_needed_for_holds_pods_up() -> None:
    # A claim can wait for its first pod, a service for ready pods, a resource for its controller.
    assert waits(objects())["Deployment/application"] == {"Namespace/op"}


def test_calls_of_the_api_server_wait_for_the_service_that_answers_them() -> None:
    found = waits(objects())
    assert found["ValidatingWebhookConfiguration/hooks"] == {"Service/hooks"}
    assert found["APIService/v1.metrics.example.com"] == {"Service/hooks"}
    assert found["Service/hooks"] == {"Namespace/op"}


def test_a_claim_waits_for_its_storage_class() -> None:
    found = waits(objects())["PersistentVolumeClaim/disk"]
    assert found == {"Namespace/op", "StorageClass/fast"}


def test_what_is_not_in_the_manifest_is_not_waited_for() -> None:
    one = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: kube-system}}"
    assert waits(objects(one)) == {"ConfigMap/a": set()}


@given(st.randoms(use_true_random=False), st.sets(st.integers(0, 14)))
def test_in_whatever_order_they_are_written_each_comes_after_all_that_it_waits_for(
    chance: random.Random, left_out: set[int]
) -> None:
    shuffled = [one for n, one in enumerate(objects()) if n not in left_out]
    chance.shuffle(shuffled)
    found = dependencies(shuffled)
    seen: set[object] = set()
    for identity, before in found.items():
        assert set(before) <= seen
        seen.add(identity)
    assert seen == {one.identity for one in shuffled}
