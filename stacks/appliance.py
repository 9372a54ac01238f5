"""The appliance, layer by layer. This list is the architecture: each line hands typed outputs to the next.

Owns the order and the wiring. Does not own any resource: each layer's component does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from bundle.lock import Lock
from bundle.lock import load as load_lock
from components.cluster.control_plane import ControlPlane, ControlPlaneArgs
from components.cluster.kubeadm import ClusterSettings
from components.cluster.prepare import Minimum, PrepareArgs
from components.cluster.proxy import Proxy
from components.cluster.worker import Worker, WorkerArgs
from components.field_manager import under_one_name
from components.ingress import ports
from components.machines.machine import Machine
from components.registry.registry import Registry, RegistryArgs
from stacks.application import Below, Deployed
from stacks.application import application as make_application
from stacks.cloud import cloud as make_cloud
from stacks.config import Configuration
from stacks.config.checks import mebibytes
from stacks.ground import Ground
from stacks.ingress import Ingress
from stacks.ingress import ingress as make_ingress
from stacks.ingress_certificate import PublicHalf
from stacks.limits import refuse
from stacks.machines import machines as make_machines
from stacks.needs import content
from stacks.network import PodNetwork, pod_network
from stacks.replicated import Daemon, daemon
from stacks.replicated import registry as daemon_registry
from stacks.secrets import Secrets, derive
from stacks.sources import source
from stacks.storage import Storage
from stacks.storage import storage as make_storage
from stacks.trust import authorities


@dataclass(frozen=True, kw_only=True)
class Appliance:
    """What a finished stack is, as its outputs show it."""

    configuration: Configuration
    machines: tuple[Machine, ...]
    registries: tuple[Registry, ...]
    """Empty where hosts are installed from the vendors' repositories."""
    control_plane: ControlPlane
    network: PodNetwork
    workers: tuple[Worker, ...]
    storage: Storage
    ingress: Ingress | None
    """None where the configuration names none."""
    replicated: Daemon | None
    """None where the configuration has none."""
    application: Deployed | None
    """None without a license, and where the license has ended: then it stays as it is."""


def appliance(configuration: Configuration, secrets: Secrets) -> Appliance:
    """Builds every layer of the stack. Raises ConfigurationError before anything is made."""
    lock = load_lock(configuration.airgap.lock_path)
    refuse(
        configuration,
        lock,
        PublicHalf(key=secrets.ingress_public),
        secrets.release_names,
        snapshot_keys=secrets.snapshot_keys is not None,
    )
    made = make_machines(configuration, secrets)
    machines = made.machines
    control_planes = tuple(machine for machine in machines if machine.is_control_plane)
    registries = tuple(
        Registry(machine.name, registry_arguments(configuration, secrets, lock, machine))
        for machine in control_planes
        if configuration.bundled
    )
    cluster = cluster_settings(configuration)
    prepared = prepare_arguments(configuration, secrets, lock, registries, control_planes)
    control_plane = ControlPlane(
        "control-plane",
        ControlPlaneArgs(
            machines=control_planes,
            cluster=cluster,
            prepare=prepared,
            identity=f"{cluster.name}-{configuration.kubernetes.generation}",
            operator_endpoint=configuration.kubernetes.endpoint or made.api,
            operator_name=made.api,
            operator_proxy=operator_proxy(configuration),
        ),
    )
    inside = pulumi.ResourceOptions(
        provider=control_plane.provider, transformations=[under_one_name]
    )
    network = pod_network(configuration, secrets, lock, machines[0].profile, inside)
    # Beside the network: its own pods may wait for nodes that are introduced, and the controller needs no network.
    cloud = make_cloud(configuration, lock, cluster, proxy_settings(configuration), inside)
    workers = tuple(
        Worker(
            machine.name,
            WorkerArgs(
                machine=machine,
                control_plane=control_plane,
                cluster=cluster,
                prepare=prepared,
                settled=(*network.ready, *cloud.ready),
            ),
        )
        for machine in machines
        if not machine.is_control_plane
    )
    ground = Ground(
        machines=machines,
        cluster=cluster,
        control_plane=control_plane,
        addresses=prepared.control_planes,
        registries=pulumi.Output.all(*(registry.endpoint for registry in registries)),
        proxy=proxy_settings(configuration),
        ready=(*network.ready, *cloud.ready, *workers),
    )
    storage = make_storage(configuration, secrets, lock, ground, inside)
    ingress = make_ingress(configuration, secrets, lock, ground, inside)
    # The daemon's claims are bound by the provider of their class, and by no other.
    bound = storage.behind(configuration.replicated.storage_class)
    replicated = daemon(configuration, secrets, lock, ground.after(bound), inside)
    # The application may want any class, and the object store.
    whole = ground.after((*storage.ready, *(replicated.ready if replicated else ())))
    below = Below(ground=whole, storage=storage, ingress=ingress, lock=lock)
    application = make_application(configuration, secrets, below, inside)
    return Appliance(
        configuration=configuration,
        machines=machines,
        registries=registries,
        control_plane=control_plane,
        network=network,
        workers=workers,
        storage=storage,
        ingress=ingress,
        replicated=replicated,
        application=application,
    )


def registry_arguments(
    configuration: Configuration, secrets: Secrets, lock: Lock, machine: Machine
) -> RegistryArgs:
    """The registry on a control plane, with a certificate from the stack's own CA."""
    return RegistryArgs(
        machine=machine,
        content=content(configuration, lock),
        lock=str(configuration.airgap.lock_path or ""),
        api_name=cluster_settings(configuration).api_name,
        ca_certificate=secrets.ca_certificate,
        ca_key=secrets.ca_key,
        seed=derive(secrets.root, f"registry/{machine.name}"),
    )


def cluster_settings(configuration: Configuration) -> ClusterSettings:
    """What the configuration says of the cluster as a whole."""
    kubernetes = configuration.kubernetes
    return ClusterSettings(
        name=kubernetes.cluster_name,
        version=kubernetes.version,
        pod_subnet=str(kubernetes.pod_subnet),
        service_subnet=str(kubernetes.service_subnet),
        proxy_mode=kubernetes.proxy_mode,
        network=configuration.network.provider,
        cloud=kubernetes.cloud_provider or "",
        extra_sans=operator_names(configuration),
    )


def operator_proxy(configuration: Configuration) -> str:
    """Where the operator's own commands find a cluster behind a bastion; `make` opens it (operate/tunnel.py)."""
    bastion = configuration.hosts.bastion
    return f"socks5://127.0.0.1:{bastion.tunnel_port}" if bastion else ""


def operator_names(configuration: Configuration) -> tuple[str, ...]:
    """Names that the API server's certificate must carry beside its own."""
    kubernetes = configuration.kubernetes
    endpoint = (
        (kubernetes.endpoint.rpartition(":")[0] or kubernetes.endpoint,)
        if kubernetes.endpoint
        else ()
    )
    return (*endpoint, *kubernetes.extra_sans)


def prepare_arguments(
    configuration: Configuration,
    secrets: Secrets,
    lock: Lock,
    registries: Sequence[Registry],
    control_planes: Sequence[Machine],
) -> PrepareArgs:
    """The same for every host: of the nodes it names the control planes, so that one more worker changes no other."""
    return PrepareArgs(
        cluster=cluster_settings(configuration),
        profile=control_planes[0].profile,
        source=source(
            configuration, lock, pulumi.Output.all(*(registry.endpoint for registry in registries))
        ),
        control_planes=pulumi.Output.all(*(machine.address for machine in control_planes)),
        ca_certificate=secrets.ca_certificate,
        minimum=Minimum(
            memory=mebibytes(configuration.hosts.checks.memory.fail),
            disk=mebibytes(configuration.hosts.checks.disk.fail),
        ),
        proxy=proxy_settings(configuration),
        authorities=authorities(configuration),
        host_ports=ports.EVERY if configuration.ingress.provider else (),
        daemon_registry=daemon_registry(configuration),
    )


def proxy_settings(configuration: Configuration) -> Proxy:
    """The proxy as configured. Local hosts have a network of their own, which never lies behind a proxy."""
    proxy, lab = configuration.proxy, configuration.hosts.lab
    return Proxy(
        http=proxy.http,
        https=proxy.https,
        direct=(*proxy.no_proxy, *((str(lab.subnet),) if lab else ())),
    )
