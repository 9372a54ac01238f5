"""The kinds that Kubernetes itself has: their typed classes, their fields, and which stand outside namespaces.

Owns the way from apiVersion and kind to a class of pulumi_kubernetes. Does not own custom resources: they have no
class, and their definition says whether they have a namespace.
"""

import importlib
import inspect
import re
from collections.abc import Mapping
from functools import cache
from types import ModuleType
from typing import Final

import pulumi

# The package of pulumi_kubernetes for each API group.
_PACKAGES: Final[Mapping[str, str]] = {
    "": "core",
    **{group: group for group in ("apps", "autoscaling", "batch", "extensions", "policy")},
    "flowcontrol.apiserver.k8s.io": "flowcontrol",
    "rbac.authorization.k8s.io": "rbac",
    **{
        f"{package}.k8s.io": package
        for package in (
            *("admissionregistration", "apiextensions", "apiregistration", "auditregistration"),
            *("certificates", "coordination", "discovery", "events", "networking", "node"),
            *("resource", "scheduling", "settings", "storage", "storagemigration"),
        )
    },
}
_CLUSTER: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("ComponentStatus", "Namespace", "Node", "PersistentVolume"),
    "admissionregistration.k8s.io": (
        *("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"),
        *("MutatingWebhookConfiguration", "ValidatingAdmissionPolicy"),
        *("ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"),
    ),
    "apiextensions.k8s.io": ("CustomResourceDefinition",),
    "apiregistration.k8s.io": ("APIService",),
    "auditregistration.k8s.io": ("AuditSink",),
    "authentication.k8s.io": ("SelfSubjectReview", "TokenReview"),
    "authorization.k8s.io": (
        *("SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"),
    ),
    "certificates.k8s.io": ("CertificateSigningRequest", "ClusterTrustBundle"),
    "extensions": ("PodSecurityPolicy",),
    "flowcontrol.apiserver.k8s.io": ("FlowSchema", "PriorityLevelConfiguration"),
    "internal.apiserver.k8s.io": ("StorageVersion",),
    "networking.k8s.io": ("ClusterCIDR", "IPAddress", "IngressClass", "ServiceCIDR"),
    "node.k8s.io": ("RuntimeClass",),
    "policy": ("PodSecurityPolicy",),
    "rbac.authorization.k8s.io": ("ClusterRole", "ClusterRoleBinding"),
    "resource.k8s.io": ("DeviceClass", "DeviceTaintRule", "ResourceClass", "ResourceSlice"),
    "scheduling.k8s.io": ("PriorityClass",),
    "storage.k8s.io": (
        *("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment", "VolumeAttributesClass"),
    ),
    "storagemigration.k8s.io": ("StorageVersionMigration",),
}


def is_built_in(group: str) -> bool:
    """Whether the API group is one of Kubernetes' own."""
    return group in _PACKAGES or group in _CLUSTER


def is_cluster_wide(group: str, kind: str) -> bool:
    """Whether objects of a built-in kind stand outside namespaces."""
    return kind in _CLUSTER.get(group, ())


def resource_class(api_version: str, kind: str) -> type[pulumi.CustomResource] | None:
    """The typed class of a kind; None for custom resources and for versions that pulumi_kubernetes does not know."""
    if kind not in known_kinds(api_version):
        return None
    found: type[pulumi.CustomResource] = getattr(_module(api_version), kind)
    return found


@cache
def known_kinds(api_version: str) -> tuple[str, ...]:
    """The kinds that pulumi_kubernetes has of a built-in API version; none if it does not know the version."""
    module = _module(api_version)
    ending = "InitArgs"
    # Lists and patches have classes too, but nothing to initialise: they are no objects.
    names = vars(module) if module else ()
    return tuple(sorted(name.removesuffix(ending) for name in names if name.endswith(ending)))


def arguments(api_version: str, kind: str) -> type | None:
    """The typed arguments of a built-in kind; None for custom resources and for unknown versions."""
    if kind not in known_kinds(api_version):
        return None
    found: type = getattr(_module(api_version), f"{kind}InitArgs")
    return found


@cache
def fields(api_version: str, kind: str) -> Mapping[str, str]:
    """The top-level fields of a built-in kind: as YAML spells them → as Python does."""
    arguments = getattr(_module(api_version), f"{kind}InitArgs")
    names = list(inspect.signature(arguments.__init__).parameters)[1:]
    return {camel_case(name): name for name in names}


def camel_case(name: str) -> str:
    """string_data → stringData."""
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


@cache
def _module(api_version: str) -> ModuleType | None:
    group, _, version = api_version.rpartition("/")
    if group not in _PACKAGES or not re.fullmatch(r"v[0-9]+((alpha|beta)[0-9]+)?", version):
        return None
    try:
        found = importlib.import_module(f"pulumi_kubernetes.{_PACKAGES[group]}.{version}")
    except ModuleNotFoundError:
        return None
    # What somebody has imported the parent of is an empty stand-in that loads itself when it is asked for a name.
    hasattr(found, "_inputs")
    return found
