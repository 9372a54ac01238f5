"""What the snapshot containers of the application said lately.

Owns finding them among the pods, and asking for their words. Does not own what these mean (sections/snapshots.py).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from components.application.rewrites.snapshot_container import CLAIMS, CONTAINER, variables_of
from operate.status.cluster import Cluster, KubectlError
from operate.status.facts import Object, SnapshotContainer

LINES: Final = 500
"""restic says some twenty for a claim."""


def containers(
    cluster: Cluster, namespace: str, pods: Sequence[Object], address: str | None
) -> tuple[SnapshotContainer, ...]:
    """The containers of the running pods of a namespace, in the pods' order; one without an answer said nothing."""
    found = [(pod["metadata"]["name"], claims) for pod, claims in _making(namespace, pods)]
    asked = [
        cluster.pool.submit(cluster.said, namespace, pod, CONTAINER, LINES, address)
        for pod, _ in found
    ]
    said = []
    for one in asked:
        try:
            said.append(one.result())
        except KubectlError:
            said.append(())
    return tuple(
        SnapshotContainer(claims=claims, said=words)
        for (_, claims), words in zip(found, said, strict=True)
    )


def _making(namespace: str, pods: Sequence[Object]) -> Iterator[tuple[Object, tuple[str, ...]]]:
    """The pods that make snapshots, each with the claims of which it makes them."""
    for pod in pods:
        if pod["metadata"]["namespace"] != namespace or pod["status"].get("phase") != "Running":
            continue
        if told := variables_of(pod["spec"]):
            yield pod, _claims(told[CLAIMS], told.get("SNAPSHOT_ONLY", ""), pod["metadata"]["name"])


def _claims(told: str, only: str, pod: str) -> tuple[str, ...]:
    """The claims in a container's variables, in which Kubernetes put the pod's name where the container runs."""
    names = re.sub(r"\$\(POD_NAME\)", pod, told).split()
    claims = [one.partition("=")[0] for one in names]
    meant = only.split()
    return tuple(claim for claim in claims if not meant or claim in meant)
