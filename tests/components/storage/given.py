"""Rook's manifests in small, and what components are given."""

from collections.abc import Mapping
from typing import Any

from components.storage.releases import RELEASES, Release

BUNDLED = RELEASES["1.12.11"]
MODERN = RELEASES["1.19.4"]

_CRDS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: cephclusters.ceph.rook.io}
spec:
  group: ceph.rook.io
  names: {kind: CephCluster, plural: cephclusters}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true}]
"""
_COMMON = """
apiVersion: v1
kind: Namespace
metadata:
  name: rook-ceph # namespace:cluster
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: rook-ceph-system
  namespace: rook-ceph # namespace:operator
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: rook-ceph-osd
  namespace: rook-ceph # namespace:cluster
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: rook-ceph-system
rules:
- {apiGroups: [ceph.rook.io], resources: ["*"], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: rook-ceph-system
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: rook-ceph-system}
subjects:
- kind: ServiceAccount
  name: rook-ceph-system
  namespace: rook-ceph # namespace:operator
"""
_CSI = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: ceph-csi-controller-manager
  namespace: rook-ceph # namespace:operator
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      containers: [{name: manager, image: "quay.io/cephcsi/ceph-csi-operator:v0.6.0"}]
"""
TEXTS: Mapping[str, str] = {"crds.yaml": _CRDS, "common.yaml": _COMMON, "csi-operator.yaml": _CSI}


def pinned(release: Release) -> dict[str, str]:
    """A release's images, each by a digest."""
    return {name: f"{name}@sha256:00" for name in release.images}


def conditions(recorded: Any) -> str:
    """What Pulumi waits for."""
    annotations = recorded.inputs["metadata"].get("annotations", {})
    return str(annotations.get("pulumi.com/waitFor", ""))
