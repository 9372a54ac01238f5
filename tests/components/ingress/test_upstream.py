import pytest

from bundle.lock import COMMITTED, read
from components.ingress import upstream

CRDS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: %s}
spec: {group: projectcontour.io, scope: Namespaced, names: {kind: X, plural: x}, versions: []}
"""
RBAC = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: contour}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: contour}
subjects: [{kind: ServiceAccount, name: contour, namespace: projectcontour}]
"""
ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: contour}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: contour, namespace: projectcontour}
rules: [{apiGroups: [""], resources: [events], verbs: [create]}]
"""
TEXTS = {
    "01-crds.yaml": CRDS % "httpproxies.projectcontour.io",
    "02-rbac.yaml": RBAC,
    "02-role-contour.yaml": ROLE,
    "02-job-certgen.yaml": "{apiVersion: batch/v1, kind: Job, metadata: {name: certgen}}",
}


def test_definitions_and_rights_are_taken_and_nothing_else() -> None:
    assert [str(one) for one in upstream.objects(TEXTS, "here")] == [
        "CustomResourceDefinition/httpproxies.projectcontour.io",
        "ClusterRoleBinding/contour",
        "ClusterRole/contour",
        "Role/here/contour",
    ]


def test_what_only_the_gateway_provisioner_reads_is_left_out() -> None:
    texts = {**TEXTS, "01-crds.yaml": CRDS % "contourdeployments.projectcontour.io"}
    kinds = {one.kind for one in upstream.objects(texts, "here")}
    assert "CustomResourceDefinition" not in kinds


def test_rights_are_given_to_the_account_in_our_namespace() -> None:
    binding = upstream.objects(TEXTS, "here")[1]
    assert binding.body["subjects"] == [
        {"kind": "ServiceAccount", "name": "contour", "namespace": "here"}
    ]
    assert "namespace" not in binding.body["metadata"]


def test_a_file_that_is_no_manifest_is_named() -> None:
    with pytest.raises(ValueError, match=r"manifest/contour:v1\.33\.8/02-rbac\.yaml, document 1"):
        upstream.objects({**TEXTS, "02-rbac.yaml": "kind: x"}, "here")


def test_the_lock_names_every_file_that_is_read() -> None:
    assert set(upstream.FILES) <= set(read(COMMITTED).item(upstream.MANIFEST).files)
