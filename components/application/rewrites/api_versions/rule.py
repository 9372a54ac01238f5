"""Objects of API versions that are no longer served as objects of those that are, where one right answer exists.

Owns which versions these are. Does not own what changes between two of them: that is a file for each family. An object
means what it meant: where defaults differ and what runs depends on them, the old one is written down. Source: the
guide to removed APIs of Kubernetes up to 1.35, and the defaults and conversions in its own code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from components.application.rewrites.api_versions import (
    access,
    autoscalers,
    budgets,
    definitions,
    flow_control,
    ingresses,
    nodes,
    webhooks,
    workloads,
)
from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Rewritten
from components.manifest.body import Body

RULE: Final = "API version"
Kind = tuple[str, str]
"""apiVersion and kind."""


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """The version that is served, and what changes besides."""

    to: str
    change: Callable[[Draft], None] | None = None


def _same(old: str, new: str, *kinds: str) -> Mapping[Kind, Conversion]:
    """Kinds that only moved."""
    return {(old, kind): Conversion(to=new) for kind in kinds}


_RBAC: Final = ("ClusterRole", "Role", "ClusterRoleBinding", "RoleBinding")
_STORAGE: Final = ("CSIDriver", "CSINode", "CSIStorageCapacity", "StorageClass", "VolumeAttachment")
_HOOKS: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_POLICIES: Final = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")

CONVERSIONS: Final[Mapping[Kind, Conversion]] = {
    ("extensions/v1beta1", "Deployment"): Conversion(
        to="apps/v1", change=workloads.first_deployment
    ),
    ("extensions/v1beta1", "DaemonSet"): Conversion(to="apps/v1", change=workloads.first_daemons),
    ("extensions/v1beta1", "ReplicaSet"): Conversion(to="apps/v1", change=workloads.labelled),
    ("apps/v1beta1", "Deployment"): Conversion(to="apps/v1", change=workloads.deployment),
    ("apps/v1beta1", "StatefulSet"): Conversion(to="apps/v1", change=workloads.first_stateful),
    ("apps/v1beta2", "Deployment"): Conversion(to="apps/v1", change=workloads.selecting),
    ("apps/v1beta2", "DaemonSet"): Conversion(to="apps/v1", change=workloads.daemons),
    ("apps/v1beta2", "ReplicaSet"): Conversion(to="apps/v1", change=workloads.selecting),
    ("apps/v1beta2", "StatefulSet"): Conversion(to="apps/v1", change=workloads.selecting),
    **_same("apps/v1beta1", "apps/v1", "ControllerRevision"),
    **_same("apps/v1beta2", "apps/v1", "ControllerRevision"),
    **_same("batch/v1beta1", "batch/v1", "CronJob"),
    **_same("batch/v2alpha1", "batch/v1", "CronJob"),
    **{
        (f"{group}/v1beta1", "Ingress"): Conversion(
            to="networking.k8s.io/v1", change=ingresses.ingress
        )
        for group in ("extensions", "networking.k8s.io")
    },
    **_same("extensions/v1beta1", "networking.k8s.io/v1", "NetworkPolicy"),
    **_same("networking.k8s.io/v1beta1", "networking.k8s.io/v1", "IngressClass"),
    ("policy/v1beta1", "PodDisruptionBudget"): Conversion(to="policy/v1", change=budgets.budget),
    **_same("rbac.authorization.k8s.io/v1beta1", "rbac.authorization.k8s.io/v1", *_RBAC),
    **_same("rbac.authorization.k8s.io/v1alpha1", "rbac.authorization.k8s.io/v1", *_RBAC[:2]),
    **{
        ("rbac.authorization.k8s.io/v1alpha1", kind): Conversion(
            to="rbac.authorization.k8s.io/v1", change=access.binding
        )
        for kind in _RBAC[2:]
    },
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): Conversion(
        to="apiextensions.k8s.io/v1", change=definitions.definition
    ),
    **_same("apiregistration.k8s.io/v1beta1", "apiregistration.k8s.io/v1", "APIService"),
    **{
        ("admissionregistration.k8s.io/v1beta1", kind): Conversion(
            to="admissionregistration.k8s.io/v1", change=webhooks.webhooks
        )
        for kind in _HOOKS
    },
    **_same("admissionregistration.k8s.io/v1beta1", "admissionregistration.k8s.io/v1", *_POLICIES),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): Conversion(
        to="autoscaling/v2", change=autoscalers.first_autoscaler
    ),
    # It wrote everything as v2 does.
    **_same("autoscaling/v2beta2", "autoscaling/v2", "HorizontalPodAutoscaler"),
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest"): Conversion(
        to="certificates.k8s.io/v1", change=access.request
    ),
    **_same("coordination.k8s.io/v1beta1", "coordination.k8s.io/v1", "Lease"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice"): Conversion(
        to="discovery.k8s.io/v1", change=ingresses.endpoints
    ),
    **{
        (f"flowcontrol.apiserver.k8s.io/{version}", kind): Conversion(
            to="flowcontrol.apiserver.k8s.io/v1", change=change
        )
        for version, shares in (
            ("v1beta1", flow_control.first_shares),
            ("v1beta2", flow_control.first_shares),
            ("v1beta3", flow_control.shares),
        )
        for kind, change in (("FlowSchema", None), ("PriorityLevelConfiguration", shares))
    },
    **_same("node.k8s.io/v1beta1", "node.k8s.io/v1", "RuntimeClass"),
    ("node.k8s.io/v1alpha1", "RuntimeClass"): Conversion(
        to="node.k8s.io/v1", change=nodes.runtime_class
    ),
    **_same("scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1", "PriorityClass"),
    **_same("scheduling.k8s.io/v1alpha1", "scheduling.k8s.io/v1", "PriorityClass"),
    **_same("storage.k8s.io/v1beta1", "storage.k8s.io/v1", *_STORAGE),
    **_same(
        "storage.k8s.io/v1alpha1", "storage.k8s.io/v1", "CSIStorageCapacity", "VolumeAttachment"
    ),
}

_SECURITY: Final = (
    "Kubernetes has no PodSecurityPolicy since 1.25, and nothing means the same; take it out and label the namespace "
    "pod-security.kubernetes.io/enforce"
)
REFUSALS: Final[Mapping[Kind, str]] = {
    ("extensions/v1beta1", "PodSecurityPolicy"): _SECURITY,
    ("policy/v1beta1", "PodSecurityPolicy"): _SECURITY,
    (
        "extensions/v1beta1",
        "ThirdPartyResource",
    ): "became CustomResourceDefinition in 1.7; write one",
    ("extensions/v1beta1", "Job"): "selects pods by labels of its own there; write a batch/v1 Job",
    ("extensions/v1beta1", "HorizontalPodAutoscaler"): "write an autoscaling/v2 one",
    (
        "apps/v1alpha1",
        "PetSet",
    ): "became StatefulSet in 1.5, with other rules; write an apps/v1 one",
    ("batch/v2alpha1", "ScheduledJob"): "became CronJob in 1.5; write a batch/v1 one",
    (
        "settings.k8s.io/v1alpha1",
        "PodPreset",
    ): "was removed in 1.20; write the fields into the pods",
    ("auditregistration.k8s.io/v1alpha1", "AuditSink"): "was removed in 1.19; the API server's own "
    "configuration says where its audit goes",
    (
        "networking.k8s.io/v1alpha1",
        "ClusterCIDR",
    ): "was removed in 1.29, and nothing took its place",
}

_GONE: Final = frozenset(
    {
        *("extensions/v1beta1", "apps/v1alpha1", "apps/v1beta1", "apps/v1beta2"),
        *("batch/v1beta1", "batch/v2alpha1", "policy/v1alpha1", "policy/v1beta1"),
        *("autoscaling/v2alpha1", "autoscaling/v2beta1", "autoscaling/v2beta2"),
        *(f"rbac.authorization.k8s.io/{version}" for version in ("v1alpha1", "v1beta1")),
        *(f"{group}.k8s.io/v1beta1" for group in ("apiextensions", "apiregistration", "node")),
        *("settings.k8s.io/v1alpha1", "auditregistration.k8s.io/v1alpha1"),
        *(f"scheduling.k8s.io/{version}" for version in ("v1alpha1", "v1beta1")),
    }
)
"""Versions of which nothing at all is served."""


def api_versions(body: Body) -> Rewritten:
    """An object of a version that clusters serve; refused, with the reason, where no one answer exists."""
    draft = Draft(RULE, body)
    version, kind = body.get("apiVersion"), body.get("kind")
    if not isinstance(version, str) or not isinstance(kind, str):
        return draft.done()
    found = CONVERSIONS.get((version, kind))
    if found is not None:
        draft.set(("apiVersion",), found.to, f"no cluster serves {version} {kind} any more")
        if found.change is not None:
            found.change(draft)
    elif reason := REFUSALS.get((version, kind)):
        draft.refuse(("kind",), f"{version} {kind}: {reason}")
    elif version in _GONE:
        draft.refuse(
            ("apiVersion",), f"no cluster serves {version} any more, and it had no kind {kind}"
        )
    autoscalers.modern(draft)
    return draft.done()
