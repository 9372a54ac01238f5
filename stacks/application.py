"""The vendor's application of a stack: whether there is one, and what it is told of the layers below.

Owns the mapping, and the walls of the application's namespace. Does not own the release (`release.py`), the license
(`license.py`), nor the objects (components/application).
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pulumi

from bundle.lock import Lock
from components.application.application import Application, ApplicationArgs
from components.application.functions import (
    INGRESS_ADDRESS,
    OBJECT_STORE_ENDPOINT,
    OBJECT_STORE_HOST,
    OBJECT_STORE_KEYS,
)
from components.application.release import Release
from components.application.rewrites.transformation import transformation
from components.application.sources import Secrets as Given
from components.application.template.late import Late, Source
from components.isolation.namespace import Admits, NamespaceArgs
from stacks import license as licenses
from stacks import release as releases
from stacks import snapshots
from stacks.config import Configuration
from stacks.delivery import delivery
from stacks.ground import Ground
from stacks.ingress import Ingress
from stacks.isolation import bounds
from stacks.secrets import Secrets, derive
from stacks.storage import Storage

NO_REGISTRIES = '{"auths": {}}'
"""What stands in the pull secret that releases name where no registry asks for a name."""


@dataclass(frozen=True, kw_only=True)
class Below:
    """The layers that an application can ask for something."""

    ground: Ground
    storage: Storage
    ingress: Ingress | None
    lock: Lock


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """An application that is there. `notes` say what of its release was kept and not acted on."""

    name: str
    version: str
    namespace: str
    sequence: int
    notes: tuple[str, ...]
    rewrites: tuple[Mapping[str, str], ...]
    """The report: one row for each thing that was rewritten, or left alone for a reason."""
    ready: tuple[pulumi.Resource, ...]


def application(
    configuration: Configuration, secrets: Secrets, below: Below, opts: pulumi.ResourceOptions
) -> Deployed | None:
    """Makes the application; None without a license or a release, and for one that is to stay as it is."""
    license_ = licenses.license_(configuration)
    if license_ is None or licenses.frozen(os.environ):
        return None
    reading = releases.reading(configuration, license_, secrets.release_names)
    if reading is None:
        return None
    release = reading.release
    if release is None:
        raise AssertionError("the refusals name everything that is wrong with a release")
    args = arguments(configuration, secrets, below, release)
    settings = replace(
        reading.settings, snapshots=snapshots.settings(configuration, release, args.snapshots)
    )
    rewritten = pulumi.ResourceOptions(transformations=[transformation(settings, reading.report)])
    made = Application(
        "application",
        args,
        pulumi.ResourceOptions.merge(opts, rewritten),
    )
    return Deployed(
        name=release.description.name,
        version=release.description.version,
        namespace=made.namespace,
        sequence=release.facts.sequence,
        notes=(*release.notes, *snapshots.notes(configuration, release)),
        rewrites=tuple(reading.report.rows()),
        ready=made.ready,
    )


def arguments(
    configuration: Configuration,
    secrets: Secrets,
    below: Below,
    release: Release,
) -> ApplicationArgs:
    """The application as configured."""
    namespace = release.facts.namespace
    served = below.ingress
    return ApplicationArgs(
        release=release,
        walls=NamespaceArgs(
            name=namespace,
            level=configuration.release.pod_security,
            policies=configuration.network.policies,
            # What comes in from outside comes through the proxies.
            admits=(Admits(name="ingress", from_namespaces=(served.namespace,)),) if served else (),
            bounds=bounds(configuration, namespace),
            keep=True,
        ),
        secrets=Given(
            seed=derive(secrets.root, f"application/{release.facts.license.app_id}"),
            ca_certificate=secrets.ca_certificate,
            ca_key=secrets.ca_key,
            options=secrets.release_secrets,
        ),
        control_planes=below.ground.control_plane.sides,
        appliance=dict(_values(release, below)),
        object_keys=dict(_object_keys(release, below)),
        store=below.storage.ready,
        pull_secret=secrets.pull_secret or pulumi.Output.secret(NO_REGISTRIES),
        delivery=delivery(configuration, secrets, below.ground),
        snapshots=snapshots.arguments(
            configuration,
            secrets,
            below.lock,
            storage=below.storage,
            control_planes=below.ground.control_plane.sides,
            namespace=namespace,
        ),
        served=served is not None,
        # Claims are bound by the classes that storage makes, and an Ingress gets its address from the proxies.
        after=(*below.ground.ready, *below.storage.ready, *(served.ready if served else ())),
    )


def _values(release: Release, below: Below) -> Iterator[tuple[Source, pulumi.Output[str]]]:
    """The values that the layers below give, as far as the release asks for them."""
    endpoint = below.storage.object_endpoint
    for source in _asked(release):
        if source.kind == INGRESS_ADDRESS and below.ingress is not None:
            yield source, _first(below.ingress.addresses, source.arguments[1])
        elif source.kind == OBJECT_STORE_ENDPOINT and endpoint is not None:
            yield source, pulumi.Output.from_input(endpoint)
        elif source.kind == OBJECT_STORE_HOST and endpoint is not None:
            yield source, pulumi.Output.from_input(endpoint.partition("://")[2])


def _object_keys(release: Release, below: Below) -> Iterator[tuple[Source, str]]:
    """The keys of the object store that the release asks for, by their names in the store's own Secret."""
    if below.storage.object_endpoint is not None:
        for source in _asked(release):
            if source.kind in OBJECT_STORE_KEYS:
                yield source, OBJECT_STORE_KEYS[source.kind]


def _asked(release: Release) -> list[Source]:
    properties = (value for value in release.properties.values() if isinstance(value, Late))
    late = [*release.stand_ins.values, *properties]
    return sorted({source for each in late for source in each.sources})


def _first(addresses: pulumi.Output[str], port: str) -> pulumi.Output[str]:
    return addresses.apply(lambda text: f"{text.partition(',')[0]}:{port}")
