"""The Replicated daemon: everything of it in the namespace default, as typed resources.

Owns putting its parts together and their order. Does not own the namespace's walls (components/isolation), nor how
containerd on the nodes comes to trust the registry (components/cluster/prepare.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes

from components.replicated import places
from components.replicated.access import access
from components.replicated.certificate import tls_data
from components.replicated.claims import Claims, claims
from components.replicated.conf import conf, fingerprint
from components.replicated.deployment import REPLICAS, PodArgs, spec
from components.replicated.overview import FILE, Overview, document
from components.replicated.places import NAME, NAMESPACE
from components.replicated.services import Console, specs
from components.rollout import recreated


@dataclass(frozen=True, kw_only=True)
class ReplicatedArgs:
    """How the daemon is to be.

    `image` and `ui_image` are the references to run. `conf` are keys of /etc/replicated.conf without the password.
    `registry_address` is the cluster IP, `fallback` the host registries (HOST:PORT), `addresses` where the console is
    reached from outside. `seed` (hex) is what the pod's key is derived from. `walls` are in place, and pods can run,
    before the pod does.
    """

    image: str
    ui_image: str
    channel: str
    log_level: str
    airgapped: bool
    conf: Mapping[str, object]
    claims: Claims
    console: Console
    registry_address: str
    overview: Overview
    fallback: pulumi.Output[list[str]]
    addresses: pulumi.Output[list[str]]
    ca_certificate: pulumi.Output[str]
    ca_key: pulumi.Output[str]
    seed: pulumi.Output[str]
    console_password: pulumi.Output[str]
    push_password: pulumi.Output[str]
    pull_secret: pulumi.Output[str] | None = None
    proxy: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    walls: Sequence[pulumi.Resource] = ()
    protect: bool = True

    @property
    def registry(self) -> str:
        """The registry as images are named by it."""
        return f"{self.registry_address}:{places.REGISTRY_PORT}"


class Replicated(pulumi.ComponentResource):
    """`{name}-deployment`; before it account, rights, secrets, claims and overview, after it the three Services."""

    ready: tuple[pulumi.Resource, ...]
    """Made only when the pod is ready and its registry answers at its address."""

    def __init__(
        self, name: str, args: ReplicatedArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:replicated:Replicated", name, None, opts)
        text = pulumi.Output.all(args.console_password).apply(
            lambda known: conf(args.conf, args.log_level, known[0])
        )
        kept = claims(name, args.claims, pulumi.ResourceOptions(parent=self, protect=args.protect))
        before = [*access(name, self), *self._secrets(name, args, text), *kept]
        before.append(self._overview(name, args))
        deployment = kubernetes.apps.v1.Deployment(
            f"{name}-deployment",
            metadata={
                "name": NAME,
                "namespace": NAMESPACE,
                "labels": places.SELECTOR,
                "annotations": recreated(REPLICAS),
            },
            spec=spec(self._pod(args, text)),
            # A pod does not start without what it mounts, and one that started before the walls stood would run without
            # them. Destroying runs backwards: a claim is not given back while a pod mounts it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*args.walls, *before]),
        )
        self.ready = self._services(name, args, deployment)
        self.register_outputs({})

    def _secrets(
        self, name: str, args: ReplicatedArgs, text: pulumi.Output[str]
    ) -> list[pulumi.Resource]:
        """`{name}-conf`, `-tls`, `-push` and, where given, `-pull`."""
        tls = pulumi.Output.all(args.ca_certificate, args.ca_key, args.seed, args.addresses).apply(
            lambda known: tls_data(
                ca_certificate=known[0],
                ca_key=known[1],
                seed=known[2],
                addresses=[args.registry_address, *known[3]],
                hostname=str(args.conf.get("TlsBootstrapHostname", "")),
            )
        )
        made: list[tuple[str, str, str, pulumi.Input[Mapping[str, pulumi.Input[str]]]]] = [
            ("conf", places.CONF_SECRET, "Opaque", {places.CONF_KEY: text}),
            ("tls", places.TLS_SECRET, "kubernetes.io/tls", tls),
            ("push", places.PUSH_SECRET, "Opaque", {"password": args.push_password}),
        ]
        if args.pull_secret is not None:
            data = {".dockerconfigjson": args.pull_secret}
            kind = "kubernetes.io/dockerconfigjson"
            made.append(("pull", places.PULL_SECRET, kind, data))
        return [
            kubernetes.core.v1.Secret(
                f"{name}-{key}",
                metadata={"name": called, "namespace": NAMESPACE},
                type=kind,
                string_data=data,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for key, called, kind, data in made
        ]

    def _overview(self, name: str, args: ReplicatedArgs) -> pulumi.Resource:
        return kubernetes.core.v1.ConfigMap(
            f"{name}-overview",
            metadata={"name": places.OVERVIEW, "namespace": NAMESPACE},
            data={FILE: overview_text(args)},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _pod(self, args: ReplicatedArgs, text: pulumi.Output[str]) -> PodArgs:
        sequence = args.conf.get("ReleaseSequence")
        # A fingerprint under a secret seed tells nothing of what it is made of.
        mark = pulumi.Output.unsecret(
            pulumi.Output.all(args.seed, text, args.push_password, overview_text(args)).apply(
                lambda known: fingerprint(*map(str, known))
            )
        )
        return PodArgs(
            image=args.image,
            ui_image=args.ui_image,
            channel=args.channel,
            release_sequence=sequence if isinstance(sequence, int) else None,
            log_level=args.log_level,
            airgapped=args.airgapped,
            storage_class=args.claims.storage_class,
            registry=args.registry,
            fingerprint=mark,
            pull_secret=args.pull_secret is not None,
            proxy=args.proxy,
        )

    def _services(
        self, name: str, args: ReplicatedArgs, deployment: pulumi.Resource
    ) -> tuple[pulumi.Resource, ...]:
        """`{name}-service`, `-registry-service` and `-ui-service`."""
        # Nobody here waits for an address from outside, which a cluster without a cloud never gets.
        waits = args.console.service_type != "LoadBalancer"
        return tuple(
            kubernetes.core.v1.Service(
                f"{name}{called.removeprefix(NAME)}-service",
                metadata={
                    "name": called,
                    "namespace": NAMESPACE,
                    "labels": places.SELECTOR,
                    "annotations": {} if waits else {"pulumi.com/skipAwait": "true"},
                },
                spec=wanted,
                # Pulumi waits until a Service has a ready pod, so one before its pod would wait for ever.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
            )
            for called, wanted in specs(args.registry_address, args.console).items()
        )


def overview_text(args: ReplicatedArgs) -> pulumi.Output[str]:
    """The page's file, once the host registries are known."""
    return args.fallback.apply(
        lambda registries: document(args.overview, args.registry, registries)
    )
