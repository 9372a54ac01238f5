"""The pod network of a stack: which component makes it, and what the layers above may know of it.

Owns the choice and the mapping of configuration keys to its arguments. Does not own any network's objects.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi

from bundle.lock import Lock
from components.cluster.kubeadm import BALANCER_PORT
from components.machines.machine import Profile
from components.manifest.manifest import Manifest, ManifestArgs
from components.network import flannel, weave
from stacks import network_manifest
from stacks.config import Configuration
from stacks.references import references
from stacks.secrets import Secrets, derive

# Each node's own load balancer, which needs no kube-proxy.
API_HOST = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class PodNetwork:
    """A network that carries the pods' traffic, whichever it is.

    `encrypted` and `policies` say what it does; of a manifest's network they say what the configuration claims. `ready`
    are made only when it works on every node of that time. `summary` is one clause for the operator, `warnings` is what
    works and should be known.
    """

    provider: str
    encrypted: bool
    policies: bool
    ready: tuple[pulumi.Resource, ...]
    summary: str
    warnings: tuple[str, ...] = ()


def pod_network(
    configuration: Configuration,
    secrets: Secrets,
    lock: Lock,
    profile: Profile,
    opts: pulumi.ResourceOptions,
) -> PodNetwork:
    """Makes the network that the configuration names."""
    ready: tuple[pulumi.Resource, ...]
    warnings: tuple[str, ...] = ()
    match configuration.network.provider:
        case "flannel":
            args = flannel_arguments(configuration, lock)
            ready = (flannel.Flannel("flannel", args, opts).ready,)
        case "manifest":
            own = ManifestArgs(objects=network_manifest.pinned(configuration, lock))
            ready = Manifest("network", own, opts).of_kind(*network_manifest.DAEMON_SET)
            warnings = tuple(network_manifest.warnings(configuration))
        case _:
            weaving = weave_arguments(configuration, secrets, lock, profile)
            ready = (weave.Weave("weave", weaving, opts).ready,)
    return PodNetwork(
        provider=configuration.network.provider,
        encrypted=configuration.network.encryption,
        policies=configuration.network.policies,
        ready=ready,
        summary=summary(configuration),
        warnings=warnings,
    )


def images(configuration: Configuration) -> tuple[str, ...]:
    """The images of the network, by the names that the lock has. Raises ConfigurationError for a faulty manifest."""
    match configuration.network.provider:
        case "flannel":
            return flannel.images()
        case "manifest":
            return network_manifest.images(configuration)
        case _:
            return weave.images()


def faults(configuration: Configuration, lock: Lock) -> Iterator[str]:
    """What keeps the network from being made, as `key: sentence`."""
    if configuration.network.provider == "manifest":
        yield from network_manifest.faults(configuration, lock)
    elif configuration.bundled and (missing := lock.missing(images(configuration))):
        yield (
            f"network.provider: the lock {lock.path} lacks {', '.join(missing)}; add recipes to bundle/recipes.py and "
            "run python -m bundle lock"
        )


def summary(configuration: Configuration) -> str:
    """What the network does, in one clause."""
    network = configuration.network
    traffic = "encrypted" if network.encryption else "in clear"
    policies = "enforced" if network.policies else "not enforced"
    if network.provider == "manifest":
        return (
            f"{network.manifest} carries pod traffic, by its settings {traffic} between hosts, with NetworkPolicies "
            f"{policies}"
        )
    return f"{network.provider} carries pod traffic, {traffic} between hosts; NetworkPolicies are {policies}"


def weave_arguments(
    configuration: Configuration, secrets: Secrets, lock: Lock, profile: Profile
) -> weave.WeaveArgs:
    """Weave as configured."""
    network = configuration.network
    return weave.WeaveArgs(
        pod_subnet=str(configuration.kubernetes.pod_subnet),
        api_host=API_HOST,
        api_port=BALANCER_PORT,
        images=references(configuration, lock, weave.images()),
        # The lab's machines share a kernel that need not have openvswitch; user space works on every kernel.
        fast_datapath=profile is Profile.MACHINE,
        password=derive(secrets.root, "weave") if network.encryption else None,
        mtu=network.mtu,
    )


def flannel_arguments(configuration: Configuration, lock: Lock) -> flannel.FlannelArgs:
    """Flannel as configured."""
    return flannel.FlannelArgs(
        pod_subnet=str(configuration.kubernetes.pod_subnet),
        api_host=API_HOST,
        api_port=BALANCER_PORT,
        images=references(configuration, lock, flannel.images()),
        backend=configuration.network.backend,
        mtu=configuration.network.mtu,
    )
