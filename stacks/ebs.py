"""Volumes of EC2 as configured: the driver, and the wait for its volumes when the stack goes.

Owns the mapping of configuration keys to the components' arguments. Does not own whether there is a driver
(`storage.py`).
"""

import pulumi

from bundle.lock import Lock
from components.machines.aws.owner import CLUSTER
from components.storage import ebs as component
from components.storage.ebs import Ebs, EbsArgs
from components.storage.ebs_controller import MOST, EbsControllerArgs
from components.storage.ebs_end import EbsEnd, EbsEndArgs
from components.storage.ebs_node import EbsNodeArgs
from components.storage.storage_class import ClassName
from stacks.cloud import environment, group, known
from stacks.config import Configuration
from stacks.ground import Ground
from stacks.isolation import bounds
from stacks.references import references


def ebs(
    configuration: Configuration,
    class_name: ClassName,
    lock: Lock,
    ground: Ground,
    opts: pulumi.ResourceOptions,
) -> tuple[pulumi.Resource, ...]:
    """What there is when claims of the class are served, and when the stack's end sees to their volumes."""
    args = EbsArgs(
        controller=controller(configuration, lock, ground),
        node=node(configuration, lock),
        class_name=class_name,
        kms_key=group(configuration).kms_key,
        policies=configuration.network.policies,
        bounds=bounds(configuration, component.NAMESPACE),
        after=ground.ready,
    )
    made = Ebs("ebs", args, opts).ready
    end = EbsEndArgs(control_planes=ground.control_plane.sides, after=(*made, *ground.ready))
    # Whoever has claims depends on this too, and so is gone before the volumes are waited for.
    return (*made, EbsEnd("ebs-end", end).ready)


def controller(configuration: Configuration, lock: Lock, ground: Ground) -> EbsControllerArgs:
    """What makes volumes, one pod on each of two control planes where there are two."""
    planes = len(configuration.hosts.control_planes)
    return EbsControllerArgs(
        release=known(configuration),
        images=references(configuration, lock, images(configuration)),
        replicas=min(MOST, planes),
        cluster=ground.cluster.name,
        region=group(configuration).region,
        tags={**group(configuration).tags, CLUSTER: ground.cluster.name},
        environment=environment(ground.cluster, ground.proxy),
    )


def node(configuration: Configuration, lock: Lock) -> EbsNodeArgs:
    """What mounts volumes. The same everywhere: a machine without storage has room for one volume more than it says."""
    return EbsNodeArgs(
        release=known(configuration),
        images=references(configuration, lock, images(configuration)),
        disks=2 if configuration.storage.rook else 1,
    )


def images(configuration: Configuration) -> tuple[str, ...]:
    """The images of the driver and of what is beside it, by their makers' names."""
    return known(configuration).volume_images
