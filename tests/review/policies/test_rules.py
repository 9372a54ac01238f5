"""Each rule, by a graph that it objects to and one that it does not."""

from collections.abc import Mapping
from typing import Any

import pytest

from review.graph import Graph, Resource
from review.policies.bindings import bindings
from review.policies.finding import Case, Rule
from review.policies.images import images
from review.policies.plain_secrets import plain_secrets
from review.policies.privileges import ALLOWED, privileges
from review.policies.protection import protection
from review.policies.versions import versions
from review.policies.walls import bounded, denied
from stacks.config import Configuration, load
from tests.review.given import COMPONENT, claim, graph, pods, resource

HOSTS = {"provider": "local", "nodes": [{"name": "n1", "roles": ["control-plane", "worker"]}]}
SECRETS = {"rootSecret": "correct horse battery staple", "caCertificate": "public"}


def configuration(**groups: Any) -> Configuration:
    bundled = {"airgap": {"bundle": "local"}}
    return load({"hosts": HOSTS, **bundled, **groups}, stack="test", file="Pulumi.test.yaml")


def said(rule: Rule, given: Graph, **groups: Any) -> list[str]:
    """What a rule says of a graph, as NAME WHAT."""
    case = Case(graph=given, configuration=configuration(**groups), secrets=SECRETS)
    return [f"{each.name} {each.what}" for each in rule(case)]


def bound(kind: str, name: str, role: str = "cluster-admin", **subject: str) -> Resource:
    return resource(
        "binding",
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
        inputs={"roleRef": {"name": role}, "subjects": [{"kind": kind, "name": name, **subject}]},
    )


def namespaced(kind: str, group: str, spec: Mapping[str, Any], namespace: str = "app") -> Resource:
    return resource(
        kind,
        f"kubernetes:{group}:{kind}",
        inputs={"metadata": {"namespace": namespace}, "spec": spec},
    )


NAMESPACE = resource(
    "walls",
    "kubernetes:core/v1:Namespace",
    inside=COMPONENT,
    inputs={"metadata": {"name": "app"}},
)
DENY = {"podSelector": {}, "policyTypes": ["Ingress"]}


def test_an_image_from_elsewhere_is_named_with_its_registry() -> None:
    given = graph(pods("web", {"image": "quay.io/other/web:1"}))
    (what,) = said(images, given)
    assert what == "web quay.io/other/web:1 is from quay.io, which is not allowed"


@pytest.mark.parametrize(
    ("image", "groups"),
    [
        ("registry.k8s.io/pause:3", {}),
        ("10.96.0.101:9874/web:1", {"replicated": {"install": True}}),
        ("quay.io/other/web:1", {"policies": {"registries": ["quay.io"]}}),
    ],
)
def test_images_of_the_stack_of_its_own_registry_and_of_allowed_ones_are_fine(
    image: str, groups: dict[str, Any]
) -> None:
    if "replicated" in groups:
        address = configuration(**groups).replicated.registry(
            configuration(**groups).kubernetes.service_subnet
        )
        image = f"{address}:9874/web:1"
    assert said(images, graph(pods("web", {"image": image})), **groups) == []


@pytest.mark.parametrize(
    ("container", "spec", "what"),
    [
        ({"securityContext": {"privileged": True}}, {}, "has every privilege of the host in main"),
        ({}, {"hostNetwork": True}, "has the host's network"),
        ({}, {"hostPID": True}, "has the host's processes"),
        ({}, {"volumes": [{"name": "v", "hostPath": {"path": "/etc"}}]}, "has the host's /etc"),
    ],
)
def test_a_pod_that_has_something_of_its_host_is_named(
    container: dict[str, Any], spec: dict[str, Any], what: str
) -> None:
    assert said(privileges, graph(pods("web", container, **spec))) == [f"web {what}"]


def test_the_list_is_for_the_appliances_own_pods_only() -> None:
    own = pods("weave-daemon-set", {}, "appliance:network:Weave", hostNetwork=True)
    vendors = pods("weave-daemon-set", {}, hostNetwork=True)
    assert said(privileges, graph(own)) == []
    assert said(privileges, graph(vendors)) != []


def test_every_entry_of_the_list_has_a_reason() -> None:
    assert all(each.what and each.why for each in ALLOWED.values())


def test_a_namespace_without_default_deny_is_named() -> None:
    policy = namespaced("NetworkPolicy", "networking.k8s.io/v1", DENY)
    assert said(denied, graph(NAMESPACE)) != []
    assert said(denied, graph(NAMESPACE, policy)) == []


@pytest.mark.parametrize(
    "policy",
    [
        namespaced("NetworkPolicy", "networking.k8s.io/v1", DENY, "other"),
        namespaced("NetworkPolicy", "networking.k8s.io/v1", {**DENY, "policyTypes": ["Egress"]}),
        namespaced(
            "NetworkPolicy",
            "networking.k8s.io/v1",
            {**DENY, "podSelector": {"matchLabels": {"a": "b"}}},
        ),
    ],
)
def test_a_policy_for_others_for_some_or_for_what_goes_out_denies_nothing(policy: Resource) -> None:
    assert said(denied, graph(NAMESPACE, policy)) != []


def test_quota_and_limits_are_both_wanted() -> None:
    quota, limits = (namespaced(kind, "core/v1", {}) for kind in ("ResourceQuota", "LimitRange"))
    assert len(said(bounded, graph(NAMESPACE))) == 2
    assert len(said(bounded, graph(NAMESPACE, quota))) == 1
    assert said(bounded, graph(NAMESPACE, quota, limits)) == []


@pytest.mark.parametrize(
    "binding",
    [
        bound("ServiceAccount", "default", namespace="app"),
        bound("Group", "system:serviceaccounts:app"),
        bound("Group", "system:authenticated"),
    ],
)
def test_who_makes_everybody_an_administrator_is_named(binding: Resource) -> None:
    assert len(said(bindings, graph(binding))) == 1


@pytest.mark.parametrize(
    "binding",
    [bound("ServiceAccount", "own", namespace="app"), bound("ServiceAccount", "default", "view")],
)
def test_an_account_of_its_own_and_lesser_rights_are_fine(binding: Resource) -> None:
    assert said(bindings, graph(binding)) == []


def test_a_claim_without_protection_is_named() -> None:
    assert said(protection, graph(claim())) == ["data holds data and is not protected"]
    kept = Resource(**{**claim().__dict__, "retained": True})
    safe = Resource(**{**claim().__dict__, "protected": True})
    assert [said(protection, graph(each)) for each in (kept, safe)] == [[], []]


def test_a_member_of_the_cluster_holds_data_too() -> None:
    member = resource("n1-member", "command:local:Command", inside="appliance:cluster:ControlPlane")
    assert len(said(protection, graph(member))) == 1


def test_without_any_protection_there_is_one_line_for_the_stack() -> None:
    (what,) = said(protection, graph(claim(), claim("other")), protection=False)
    assert what.startswith("the stack nodes and data may be deleted")


@pytest.mark.parametrize(
    ("inputs", "secret", "what"),
    [
        ({"stdin": "x correct horse battery staple"}, (), "stdin holds a secret of the stack"),
        (
            {"stdin": "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ=="},
            (),
            "stdin holds a secret of the stack",
        ),
        ({"stdin": "-----BEGIN EC PRIVATE KEY-----"}, (), "stdin holds a private key"),
        ({"stdin": "correct horse battery staple"}, ("stdin",), None),
        ({"stdin": "public"}, (), None),
    ],
)
def test_a_secret_in_clear_is_named_without_being_shown(
    inputs: dict[str, Any], secret: tuple[str, ...], what: str | None
) -> None:
    made = resource("n1", "command:remote:Command", inputs=inputs, secret=secret)
    assert said(plain_secrets, graph(made)) == ([f"n1 {what}"] if what else [])


def test_the_content_of_a_secret_must_be_secret() -> None:
    made = resource("s", "kubernetes:core/v1:Secret", inputs={"stringData": {"a": "b"}})
    assert said(plain_secrets, graph(made)) == ["s stringData of a Secret is not secret"]


def test_parts_that_their_makers_do_not_support_together_are_named() -> None:
    contour = {"ingress": {"provider": "contour"}}
    (what,) = said(versions, graph(), kubernetes={"version": "1.35.4"}, **contour)
    assert "Contour 1.33 is tested by its makers with Kubernetes 1.32 to 1.34" in what
    assert said(versions, graph(), kubernetes={"version": "1.34.2"}, **contour) == []
