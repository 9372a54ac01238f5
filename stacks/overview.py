"""What the console's page says of each layer: a clause, and the workloads that carry it.

Owns the words for the layers that every stack has. Does not own the layers.
"""

from collections.abc import Iterator, Mapping

from components.cloud import aws_controller
from components.ingress import contour, nginx
from components.network import flannel, weave
from components.replicated import places
from components.replicated.overview import Layer, Overview, Workload
from components.storage import ebs, host_path, names
from stacks import license as licenses
from stacks import storage
from stacks.config import Configuration
from stacks.config.storage import Provider
from stacks.network import summary


def overview(configuration: Configuration) -> Overview:
    """The stack, as far as the configuration says it."""
    return Overview(
        stack=configuration.stack,
        kubernetes=f"v{configuration.kubernetes.version}",
        layers=layers(configuration),
    )


def layers(configuration: Configuration) -> tuple[Layer, ...]:
    """From the bottom up."""
    return (
        _kubernetes(configuration),
        _network(configuration),
        *_cloud(configuration),
        *_storage(configuration),
        *_ingress(configuration),
        _replicated(configuration),
        *_application(configuration),
    )


def _kubernetes(configuration: Configuration) -> Layer:
    return Layer(
        name="Kubernetes",
        summary=f"DNS, and kube-proxy by {configuration.kubernetes.proxy_mode}",
        workloads=(
            Workload(namespace="kube-system", name="coredns"),
            Workload(namespace="kube-system", name="kube-proxy"),
        ),
    )


def _network(configuration: Configuration) -> Layer:
    carries = {
        "flannel": (Workload(namespace=flannel.NAMESPACE),),
        "weave": (Workload(namespace=weave.NAMESPACE, name=weave.NAME),),
    }
    # What a manifest of the operator's own runs is not known here.
    workloads = carries.get(configuration.network.provider, ())
    return Layer(name="Network", summary=summary(configuration), workloads=workloads)


def _cloud(configuration: Configuration) -> Iterator[Layer]:
    if configuration.kubernetes.cloud_provider is not None:
        yield Layer(
            name="Cloud",
            summary="AWS's controller introduces nodes and makes load balancers",
            workloads=(Workload(namespace=aws_controller.NAMESPACE, name=aws_controller.NAME),),
        )


def _storage(configuration: Configuration) -> Iterator[Layer]:
    of: Mapping[Provider, tuple[str, ...]] = {
        "hostpath": (host_path.NAMESPACE,),
        "rook": (names.SYSTEM, names.CEPH),
        "ebs": (ebs.NAMESPACE,),
    }
    namespaces = [each for name in storage.providers(configuration) for each in of[name]]
    if not namespaces:
        return
    yield Layer(
        name="Storage",
        summary=storage.summary(configuration),
        workloads=tuple(Workload(namespace=each) for each in namespaces),
    )


def _ingress(configuration: Configuration) -> Iterator[Layer]:
    provider = configuration.ingress.provider
    if provider is None:
        return
    namespace = {"contour": contour.NAMESPACE, "nginx": nginx.NAMESPACE}[provider]
    yield Layer(
        name="Ingress",
        summary=f"{provider} serves ports 80 and 443 of every node",
        workloads=(Workload(namespace=namespace),),
    )


def _replicated(configuration: Configuration) -> Layer:
    return Layer(
        name="Replicated",
        summary=f"Registry, APIs and console; release channel {configuration.replicated.channel}",
        workloads=(Workload(namespace=places.NAMESPACE, name=places.NAME),),
    )


def _application(configuration: Configuration) -> Iterator[Layer]:
    license_ = licenses.license_(configuration)
    if license_ is None or configuration.release.file is None:
        return
    app, sequence = configuration.release.app, configuration.release.sequence
    yield Layer(
        name="Application",
        summary=f"{app}, release {sequence} of channel {license_.channel}, licensed to {license_.assignee}",
        workloads=(Workload(namespace=license_.namespace),),
    )
