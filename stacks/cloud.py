"""The cloud's controller of a stack: which component it is, and what the layers above may know of it.

Owns the choice and the mapping of configuration keys to its arguments. Does not own its objects, nor the machines'
side: tags and rights (aws.py), and how nodes say which machine they are (appliance.py).
"""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_kubernetes as kubernetes

from bundle.lock import Lock
from components.cloud.aws_controller import AwsController, AwsControllerArgs
from components.cloud.releases import Release, release
from components.cluster.kubeadm import BALANCER_PORT, ClusterSettings
from components.cluster.prepare import always_direct
from components.cluster.proxy import Proxy, container_environment
from stacks.config import Configuration
from stacks.config.aws import Aws
from stacks.network import API_HOST
from stacks.references import references

METADATA: Final = "169.254.169.254"
"""Where a machine of EC2 asks who it is. Never through a proxy, which would answer for itself."""


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """`ready` is made when nodes are introduced, and take pods; empty where nobody needs to introduce them."""

    ready: tuple[pulumi.Resource, ...] = ()


def cloud(
    configuration: Configuration,
    lock: Lock,
    cluster: ClusterSettings,
    proxy: Proxy,
    opts: pulumi.ResourceOptions,
) -> Cloud:
    """Makes the controller where the configuration wants one."""
    if configuration.kubernetes.cloud_provider is None:
        return Cloud()
    image = images(configuration)[0]
    args = AwsControllerArgs(
        image=references(configuration, lock, [image])[image],
        cluster=cluster.name,
        api_host=API_HOST,
        api_port=BALANCER_PORT,
        environment=environment(cluster, proxy),
    )
    return Cloud(ready=AwsController("cloud", args, opts).ready)


def images(configuration: Configuration) -> tuple[str, ...]:
    """The image of the controller, by its maker's name."""
    if configuration.kubernetes.cloud_provider is None:
        return ()
    return (known(configuration).controller,)


def known(configuration: Configuration) -> Release:
    """The versions that go with the stack's Kubernetes; the configuration refuses one that has none."""
    found = release(configuration.kubernetes.version)
    if found is None:
        raise AssertionError(
            "a stack with the cloud's controller has a Kubernetes that it is made for"
        )
    return found


def group(configuration: Configuration) -> Aws:
    """Where the machines are; the configuration refuses the cloud's controller anywhere else."""
    if configuration.hosts.aws is None:
        raise AssertionError("a stack with the cloud's controller has its machines there")
    return configuration.hosts.aws


def environment(cluster: ClusterSettings, proxy: Proxy) -> list[kubernetes.core.v1.EnvVarArgsDict]:
    """The proxy for who asks AWS; the cluster itself and the metadata service are asked without it."""
    return container_environment(proxy, (*always_direct(cluster), METADATA))
