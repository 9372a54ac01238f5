"""Which properties of a resource cannot change in place: their change replaces it.

Owns the table for what this program registers: of Kubernetes' API (its own documentation of each field as immutable,
and the provider's list of properties that force a new object), of remote commands, and of EC2. Does not own what the
engine decides: it asks the plugins, this table is for previews without them.
"""

from collections.abc import Mapping
from typing import Final

_METADATA: Final = ("metadata.name", "metadata.namespace")
_SELECTED: Final = ("spec.selector",)
IMMUTABLE: Final[Mapping[str, tuple[str, ...]]] = {
    "kubernetes:core/v1:PersistentVolumeClaim": (
        *("spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"),
        *("spec.volumeMode", "spec.dataSource", "spec.dataSourceRef"),
    ),
    "kubernetes:core/v1:Secret": ("type",),
    "kubernetes:core/v1:Service": ("spec.clusterIP",),
    "kubernetes:core/v1:ResourceQuota": ("spec.scopes",),
    "kubernetes:core/v1:Pod": ("spec",),
    "kubernetes:apps/v1:Deployment": _SELECTED,
    "kubernetes:apps/v1:DaemonSet": _SELECTED,
    "kubernetes:apps/v1:StatefulSet": (
        *("spec.selector", "spec.serviceName", "spec.podManagementPolicy"),
        *("spec.volumeClaimTemplates", "spec.revisionHistoryLimit"),
    ),
    "kubernetes:batch/v1:Job": (
        *("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ),
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": ("roleRef",),
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": ("roleRef",),
    "kubernetes:storage.k8s.io/v1:StorageClass": (
        *("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
    ),
    "kubernetes:scheduling.k8s.io/v1:PriorityClass": ("value",),
    "kubernetes:networking.k8s.io/v1:IngressClass": ("spec.controller",),
    "command:remote:Command": ("triggers",),
    "command:local:Command": ("triggers",),
    "command:remote:CopyToRemote": ("triggers",),
    "aws:ec2/instance:Instance": (
        *("ami", "subnetId", "availabilityZone", "keyName", "privateIp", "userData"),
    ),
    "aws:ebs/volume:Volume": ("availabilityZone", "encrypted", "kmsKeyId", "snapshotId"),
    "aws:ec2/subnet:Subnet": ("availabilityZone", "cidrBlock", "vpcId"),
    "aws:ec2/vpc:Vpc": ("cidrBlock",),
    "aws:lb/loadBalancer:LoadBalancer": ("internal", "loadBalancerType", "name"),
}


def replaces(type_: str, path: str) -> bool:
    """Whether a change at a path (`spec.storageClassName`) of a resource makes another one of it."""
    fixed = IMMUTABLE.get(type_, ())
    if type_.startswith("kubernetes:"):
        fixed = (*fixed, *_METADATA)
    return any(path == each or path.startswith((f"{each}.", f"{each}[")) for each in fixed)
