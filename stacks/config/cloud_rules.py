"""What must hold between `kubernetes.cloudProvider` and the other groups.

Owns these rules. Does not own what machines in EC2 need without it (`aws_rules.py`), nor the table of versions:
`components/cloud/releases.py` has it.
"""

from collections.abc import Iterator
from typing import Final

from components.cloud.releases import KNOWN, release
from stacks.config.airgap import Airgap
from stacks.config.hosts import Hosts
from stacks.config.kubernetes import Kubernetes
from stacks.config.report import Fault
from stacks.config.schema import Path

_KEY: Final[Path] = ("kubernetes", "cloudProvider")
_AWS: Final[Path] = ("hosts", "aws")


def faults(kubernetes: Kubernetes, hosts: Hosts, airgap: Airgap) -> Iterator[Fault]:
    """Where AWS's controller and driver would have nothing to do, cannot come from, or are not made for."""
    if kubernetes.cloud_provider is None:
        return
    if hosts.provider != "aws":
        yield Fault(
            path=_KEY,
            text=f"only with hosts.provider aws, and it is {hosts.provider}; remove the key",
            reads=(("hosts", "provider"),),
        )
    if airgap.bundle is not None:
        yield Fault(
            path=_KEY,
            text="not with airgap.bundle: no bundle holds the images of AWS's controller and driver, and both call AWS "
            "all the time; remove this key or that one",
            reads=(("airgap", "bundle"),),
        )
    if release(kubernetes.version) is None:
        yield Fault(
            path=_KEY,
            text=f"this release knows AWS's controller for Kubernetes {KNOWN}, and kubernetes.version is "
            f"{kubernetes.version}; choose a version of those, or remove the key",
            reads=(("kubernetes", "version"),),
        )


def warnings(kubernetes: Kubernetes, hosts: Hosts) -> Iterator[Fault]:
    """What an owner of things that exist must do, since they are not made here."""
    if kubernetes.cloud_provider is None or hosts.aws is None:
        return
    if hosts.aws.instance_profile is not None:
        yield Fault(
            path=(*_AWS, "instanceProfile"),
            text="every node has its rights, and control planes need those of AWS's controller and driver "
            "(docs/user/aws.md)",
        )
    if hosts.aws.vpc.id is not None:
        yield Fault(
            path=(*_AWS, "vpc", "id"),
            text="load balancers of Services may be put into every subnet of it that carries no other cluster's tag "
            "(docs/user/aws.md)",
        )
