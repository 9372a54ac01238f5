"""Leases, runtime and priority classes, storage, flow control, old and new."""

from tests.components.application.rewrites.api_versions.old.objects import (
    Body,
    old,
    plain,
)


def pairs() -> list[tuple[Body, Body]]:
    storage = "storage.k8s.io"
    flow = "flowcontrol.apiserver.k8s.io"
    schema = {"priorityLevelConfiguration": {"name": "x"}}
    reject = {"limitResponse": {"type": "Reject"}}
    level = "PriorityLevelConfiguration"
    attached = {
        "attacher": "example.test",
        "nodeName": "n1",
        "source": {"persistentVolumeName": "v"},
    }
    return [
        plain(
            "coordination.k8s.io/v1beta1",
            "coordination.k8s.io/v1",
            "Lease",
            spec={"holderIdentity": "x"},
        ),
        plain("node.k8s.io/v1beta1", "node.k8s.io/v1", "RuntimeClass", handler="x"),
        (
            old(
                "node.k8s.io/v1alpha1",
                "RuntimeClass",
                spec={"runtimeHandler": "x", "scheduling": {"nodeSelector": {"a": "b"}}},
            ),
            old(
                "node.k8s.io/v1",
                "RuntimeClass",
                handler="x",
                scheduling={"nodeSelector": {"a": "b"}},
            ),
        ),
        plain("scheduling.k8s.io/v1alpha1", "scheduling.k8s.io/v1", "PriorityClass", value=1),
        plain("scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1", "PriorityClass", value=1),
        plain(f"{storage}/v1beta1", f"{storage}/v1", "StorageClass", provisioner="example.test"),
        plain(f"{storage}/v1beta1", f"{storage}/v1", "CSIDriver", spec={}),
        plain(f"{storage}/v1beta1", f"{storage}/v1", "CSINode", spec={"drivers": []}),
        plain(f"{storage}/v1beta1", f"{storage}/v1", "CSIStorageCapacity", storageClassName="x"),
        plain(f"{storage}/v1alpha1", f"{storage}/v1", "CSIStorageCapacity", storageClassName="x"),
        plain(f"{storage}/v1beta1", f"{storage}/v1", "VolumeAttachment", spec=attached),
        plain(f"{storage}/v1alpha1", f"{storage}/v1", "VolumeAttachment", spec=attached),
        *(
            plain(f"{flow}/{version}", f"{flow}/v1", "FlowSchema", spec=schema)
            for version in ("v1beta1", "v1beta2", "v1beta3")
        ),
        *(
            (
                old(
                    f"{flow}/{version}",
                    level,
                    spec={"type": "Limited", "limited": {"assuredConcurrencyShares": 5, **reject}},
                ),
                old(
                    f"{flow}/v1",
                    level,
                    spec={"type": "Limited", "limited": {"nominalConcurrencyShares": 5, **reject}},
                ),
            )
            for version in ("v1beta1", "v1beta2")
        ),
        (
            old(
                f"{flow}/v1beta3",
                level,
                spec={"type": "Limited", "limited": {"nominalConcurrencyShares": 0, **reject}},
            ),
            old(f"{flow}/v1", level, spec={"type": "Limited", "limited": reject}),
        ),
    ]
