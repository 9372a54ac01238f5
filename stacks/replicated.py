"""The Replicated daemon of a stack: whether there is one, and how the configuration maps to its arguments.

Owns the mapping, and the walls of the daemon's namespace. Does not own the daemon's objects (components/replicated).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from bundle.lock import Lock
from components.cluster.prepare import always_direct
from components.cluster.proxy import environment
from components.isolation.namespace import ManagedNamespace, NamespaceArgs
from components.replicated import places
from components.replicated.admissions import admissions
from components.replicated.claims import Claims
from components.replicated.replicated import Replicated, ReplicatedArgs
from components.replicated.services import Console
from stacks.config import Configuration
from stacks.ground import Ground
from stacks.isolation import bounds
from stacks.overview import overview
from stacks.references import references
from stacks.secrets import Secrets, derive


@dataclass(frozen=True, kw_only=True)
class Daemon:
    """A daemon that runs. `console` is its address from outside; both passwords are secret."""

    console: pulumi.Output[str]
    registry: str
    console_password: pulumi.Output[str]
    push_password: pulumi.Output[str]
    ready: tuple[pulumi.Resource, ...]


def registry(configuration: Configuration) -> str:
    """HOST:PORT of the daemon's registry as images are named by it; empty where there is no daemon."""
    if not configuration.replicated.install:
        return ""
    address = configuration.replicated.registry(configuration.kubernetes.service_subnet)
    return f"{address}:{places.REGISTRY_PORT}"


def images(configuration: Configuration) -> tuple[str, ...]:
    """The daemon's images, by the names that the lock has."""
    replicated = configuration.replicated
    return (replicated.image, replicated.ui_image) if replicated.install else ()


def faults(configuration: Configuration, lock: Lock) -> Iterator[str]:
    """What keeps the daemon from being made, as `key: sentence`."""
    if not configuration.bundled:
        return
    for key, name in zip(("image", "uiImage"), images(configuration), strict=False):
        if lock.missing((name,)):
            yield (
                f"replicated.{key}: the lock {lock.path} lacks {name}; add a recipe to bundle/recipes.py and run "
                "python -m bundle lock"
            )


def daemon(
    configuration: Configuration,
    secrets: Secrets,
    lock: Lock,
    ground: Ground,
    opts: pulumi.ResourceOptions,
) -> Daemon | None:
    """Makes the daemon where the configuration wants one."""
    if not configuration.replicated.install:
        return None
    walls = ManagedNamespace(
        places.NAMESPACE,
        NamespaceArgs(
            name=places.NAMESPACE,
            # Others may have put pods there, which a stricter level would refuse; the daemon's own would pass that too.
            level="baseline",
            policies=configuration.network.policies,
            admits=admissions(),
            bounds=bounds(configuration, places.NAMESPACE),
            exists=True,
        ),
        opts,
    )
    args = arguments(configuration, secrets, lock, ground, walls)
    made = Replicated("replicated", args, opts)
    return Daemon(
        console=ground.addresses.apply(lambda addresses: console_address(configuration, addresses)),
        registry=args.registry,
        console_password=args.console_password,
        push_password=args.push_password,
        ready=made.ready,
    )


def arguments(
    configuration: Configuration,
    secrets: Secrets,
    lock: Lock,
    ground: Ground,
    walls: ManagedNamespace,
) -> ReplicatedArgs:
    """The daemon as configured."""
    given, services = configuration.replicated, configuration.kubernetes.service_subnet
    used = references(configuration, lock, images(configuration))
    return ReplicatedArgs(
        image=used[given.image],
        ui_image=used[given.ui_image],
        channel=given.channel,
        log_level=given.log_level,
        airgapped=configuration.bundled,
        conf=given.conf.written(),
        claims=Claims(
            storage_class=given.storage_class,
            data=given.data_claim(airgapped=configuration.bundled),
            premkit=given.claims.premkit,
            statsd=given.claims.statsd,
        ),
        console=Console(service_type=given.ui.service_type, node_port=given.ui.node_port),
        registry_address=str(given.registry(services)),
        overview=overview(configuration),
        fallback=ground.registries,
        addresses=ground.addresses,
        ca_certificate=secrets.ca_certificate,
        ca_key=secrets.ca_key,
        seed=derive(secrets.root, "replicated/certificate"),
        console_password=secrets.replicated_password
        or derive(secrets.root, "replicated/console", length=12),
        push_password=derive(secrets.root, "replicated/registry"),
        pull_secret=secrets.pull_secret,
        proxy=proxy_variables(ground),
        walls=(*walls.ready, *ground.ready),
        protect=configuration.protection,
    )


def proxy_variables(ground: Ground) -> Mapping[str, pulumi.Input[str]]:
    """The proxy as variables of a container, which reaches the cluster itself without it; none without a proxy."""
    inside = always_direct(ground.cluster)

    def variable(name: str) -> pulumi.Output[str]:
        return ground.addresses.apply(
            lambda addresses: environment(ground.proxy, (*inside, *addresses))[name]
        )

    return {name: variable(name) for name in environment(ground.proxy, inside)}


def console_address(configuration: Configuration, control_planes: Sequence[str]) -> str:
    """Where a browser finds the console; inside the cluster where nothing leads there from outside."""
    ui = configuration.replicated.ui
    if ui.service_type == "NodePort":
        return f"https://{control_planes[0]}:{ui.node_port}"
    return f"https://{places.UI}.{places.NAMESPACE}.svc:{places.UI_PORT}"
