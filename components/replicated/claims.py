"""The daemon's claims: its data and its registry's images, and those of premkit and statsd, which a real daemon starts.

Owns the three PersistentVolumeClaims. Does not own the storage class.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.replicated.places import DATA_CLAIM, NAMESPACE, SELECTOR


@dataclass(frozen=True, kw_only=True)
class Claims:
    """The class for all, and a size for each ("10Gi")."""

    storage_class: str
    data: str
    premkit: str
    statsd: str


def claims(
    prefix: str, args: Claims, opts: pulumi.ResourceOptions
) -> tuple[kubernetes.core.v1.PersistentVolumeClaim, ...]:
    """`{prefix}-data-claim`, `-premkit-claim`, `-statsd-claim`."""
    wanted = (
        ("data", DATA_CLAIM, args.data),
        ("premkit", "replicated-premkit-data-volume", args.premkit),
        ("statsd", "replicated-statsd-graphite-storage", args.statsd),
    )
    return tuple(
        kubernetes.core.v1.PersistentVolumeClaim(
            f"{prefix}-{key}-claim",
            metadata={
                "name": name,
                "namespace": NAMESPACE,
                "labels": SELECTOR,
                # A class may wait for the first pod that mounts a claim, and two of these have none yet.
                "annotations": {"pulumi.com/skipAwait": "true"},
            },
            spec={
                "access_modes": ["ReadWriteOnce"],
                "storage_class_name": args.storage_class,
                "resources": {"requests": {"storage": size}},
            },
            opts=opts,
        )
        for key, name, size in wanted
    )
