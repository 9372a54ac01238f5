"""Volumes of EC2 for claims: AWS's driver, its rights in the cluster, and its StorageClass.

Owns everything in its namespace, the driver's object and the class. Does not own what its pods run (ebs_controller.py,
ebs_node.py), nor the volumes: those of a claim go with it, as long as the driver is there to delete them (ebs_end.py).
"""

from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
import pulumi_kubernetes as kubernetes

from components.isolation.bounds import Bounds
from components.isolation.namespace import ManagedNamespace, NamespaceArgs
from components.storage import ebs_access, ebs_controller, ebs_node
from components.storage.ebs_controller import EbsControllerArgs
from components.storage.ebs_node import DRIVER, EbsNodeArgs
from components.storage.storage_class import ClassName

NAMESPACE: Final = "aws-ebs-csi-driver"


@dataclass(frozen=True, kw_only=True)
class EbsArgs:
    """`controller` is what makes volumes, `node` what mounts them.

    `kms_key` is the ARN of the key that they are encrypted with, None for the account's own.
    """

    controller: EbsControllerArgs
    node: EbsNodeArgs
    class_name: ClassName
    kms_key: str | None
    policies: bool
    bounds: Bounds = field(default_factory=Bounds)
    after: tuple[pulumi.Resource, ...] = ()
    """What pods need to run: the network, and nodes that the cloud's controller has introduced."""


class Ebs(pulumi.ComponentResource):
    """EBS's driver.

    Children: `{name}-walls` (the namespace), `{name}-driver`, `{name}-controller` and `{name}-node`, each with its
    account and rights, `{name}-class`.
    """

    ready: tuple[pulumi.Resource, ...]

    def __init__(
        self, name: str, args: EbsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:storage:Ebs", name, None, opts)
        self._name = name
        walls = ManagedNamespace(
            f"{name}-walls",
            NamespaceArgs(
                name=NAMESPACE,
                # Its pods on nodes mount file systems for kubelet, and the others work in the host's network.
                level="privileged",
                policies=args.policies,
                bounds=args.bounds,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        # The API server refuses objects in a namespace that is not there.
        self._inside = pulumi.ResourceOptions(parent=self, depends_on=[*walls.ready])
        self._child = pulumi.ResourceOptions(parent=self)
        driver = kubernetes.storage.v1.CSIDriver(
            f"{name}-driver",
            metadata={"name": DRIVER},
            spec={"attach_required": True, "pod_info_on_mount": False, "fs_group_policy": "File"},
            opts=self._child,
        )
        controller = self._controller(args, driver)
        node = self._node(args, driver)
        storage_class = kubernetes.storage.v1.StorageClass(
            f"{name}-class",
            metadata=args.class_name.metadata,
            provisioner=DRIVER,
            parameters=parameters(args.kms_key),
            # A volume is in one zone for life, and only then is it known in which its pod is.
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy="Delete",
            # Claims that find the class should find who serves them.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[controller, node]),
        )
        self.ready = (controller, node, storage_class)
        self.register_outputs({})

    def _controller(self, args: EbsArgs, driver: pulumi.Resource) -> kubernetes.apps.v1.Deployment:
        name = f"{self._name}-controller"
        metadata = _metadata(ebs_controller.NAME, ebs_controller.LABELS)
        rights = [
            *self._rights(name, ebs_controller.NAME, list(ebs_access.CONTROLLER)),
            kubernetes.rbac.v1.Role(
                f"{name}-role", metadata=metadata, rules=list(ebs_access.LEADER), opts=self._inside
            ),
            kubernetes.rbac.v1.RoleBinding(
                f"{name}-role-binding",
                metadata=metadata,
                role_ref=_to("Role", ebs_controller.NAME),
                subjects=_subjects(ebs_controller.NAME),
                opts=self._inside,
            ),
        ]
        return kubernetes.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec=ebs_controller.deployment_spec(args.controller),
            # It ends without its rights; without the cloud's controller nodes have no zones to make volumes in.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*rights, driver, *args.after]),
        )

    def _node(self, args: EbsArgs, driver: pulumi.Resource) -> kubernetes.apps.v1.DaemonSet:
        name = f"{self._name}-node"
        rights = self._rights(name, ebs_node.NAME, list(ebs_access.NODE))
        return kubernetes.apps.v1.DaemonSet(
            name,
            metadata=_metadata(ebs_node.NAME, ebs_node.LABELS),
            spec=ebs_node.daemon_set_spec(args.node),
            # It ends without its rights; kubelet reads the driver's object when it hears of the driver; and without the
            # cloud's controller a node does not say in which zone it is.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*rights, driver, *args.after]),
        )

    def _rights(self, name: str, account: str, rules: list[Any]) -> list[pulumi.Resource]:
        """Who these pods are, and what they may do in the whole cluster."""
        everywhere: kubernetes.meta.v1.ObjectMetaArgsDict = {"name": f"aws-{account}"}
        return [
            kubernetes.core.v1.ServiceAccount(
                f"{name}-account", metadata=_metadata(account, {"app": account}), opts=self._inside
            ),
            kubernetes.rbac.v1.ClusterRole(
                f"{name}-cluster-role", metadata=everywhere, rules=rules, opts=self._child
            ),
            kubernetes.rbac.v1.ClusterRoleBinding(
                f"{name}-cluster-role-binding",
                metadata=everywhere,
                role_ref=_to("ClusterRole", f"aws-{account}"),
                subjects=_subjects(account),
                opts=self._child,
            ),
        ]


def parameters(kms_key: str | None) -> dict[str, str]:
    """What volumes are: gp3 and encrypted, with the account's own key for EBS unless another one is named."""
    found = {"type": "gp3", "encrypted": "true", "csi.storage.k8s.io/fstype": "ext4"}
    return {**found, "kmsKeyId": kms_key} if kms_key else found


def _metadata(name: str, labels: dict[str, str]) -> kubernetes.meta.v1.ObjectMetaArgsDict:
    return {"name": name, "namespace": NAMESPACE, "labels": labels}


def _subjects(account: str) -> list[kubernetes.rbac.v1.SubjectArgsDict]:
    return [{"kind": "ServiceAccount", "name": account, "namespace": NAMESPACE}]


def _to(kind: str, name: str) -> kubernetes.rbac.v1.RoleRefArgsDict:
    return {"api_group": "rbac.authorization.k8s.io", "kind": kind, "name": name}
