"""Roles, bindings and requests for certificates, old and new."""

from base64 import b64encode

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.components.application.rewrites.api_versions.old.objects import (
    Body,
    old,
    plain,
)


def request_for(name: str) -> str:
    """A request for a certificate, as the API server takes it; the same in every run."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, None)
    return b64encode(made.public_bytes(Encoding.PEM)).decode()


ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
RULES = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
CREDENTIALS = {
    "signerName": "example.test/signer",
    "request": request_for("x"),
    "usages": ["client auth"],
}


def pairs() -> list[tuple[Body, Body]]:
    group, today = "rbac.authorization.k8s.io", "rbac.authorization.k8s.io/v1"
    subjects = [{"kind": "ServiceAccount", "name": "x", "namespace": "app"}]
    before = [
        {"kind": "User", "apiVersion": f"{group}/v1alpha1", "name": "*"},
        {"kind": "User", "name": "ann"},
        {"kind": "ServiceAccount", "apiVersion": "v1", "name": "x", "namespace": "app"},
    ]
    after = [
        {"kind": "Group", "name": "system:authenticated", "apiGroup": group},
        {"kind": "User", "name": "ann", "apiGroup": group},
        subjects[0],
    ]
    both = [
        pair
        for version in ("v1alpha1", "v1beta1")
        for kind in ("Role", "ClusterRole")
        for pair in [plain(f"{group}/{version}", today, kind, rules=RULES)]
    ]
    bindings = [
        plain(f"{group}/v1beta1", today, kind, subjects=subjects, roleRef=ROLE)
        for kind in ("RoleBinding", "ClusterRoleBinding")
    ]
    first = [
        (
            old(f"{group}/v1alpha1", kind, subjects=before, roleRef=ROLE),
            old(today, kind, subjects=after, roleRef=ROLE),
        )
        for kind in ("RoleBinding", "ClusterRoleBinding")
    ]
    request = plain(
        "certificates.k8s.io/v1beta1",
        "certificates.k8s.io/v1",
        "CertificateSigningRequest",
        spec=CREDENTIALS,
    )
    return [*both, *bindings, *first, request]
