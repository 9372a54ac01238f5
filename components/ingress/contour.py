"""Contour: Ingresses and HTTPProxies, served by an Envoy on every node, as typed resources.

Owns the objects in heptio-contour, the ingress class `contour`, and the definitions and rights that its maker
publishes. Does not own its images (the bundle builds them), nor the Ingresses and HTTPProxies: those are of who wants
to be reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.ingress import contour_server, envoy
from components.ingress.certificate import Certificate, tls_secret
from components.ingress.contour_server import ServerArgs
from components.ingress.envoy import EnvoyArgs
from components.ingress.serving import Serving
from components.isolation.namespace import Admits, ManagedNamespace, NamespaceArgs
from components.manifest.manifest import resource
from components.manifest.objects import KubernetesObject

NAMESPACE = "heptio-contour"
CLASS = "contour"
CONTROLLER = "projectcontour.io/ingress-controller"
CERTIFICATE = "default-certificate"


def images() -> tuple[str, ...]:
    """The two images, by upstream's names."""
    return (contour_server.IMAGE, envoy.IMAGE)


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """A TLSCertificateDelegation: who else may show the certificate of a Secret."""

    secret: str
    namespaces: tuple[str, ...]

    def spec(self) -> dict[str, object]:
        """As the API server takes it."""
        one = {"secretName": self.secret, "targetNamespaces": list(self.namespaces)}
        return {"delegations": [one]}


@dataclass(frozen=True, kw_only=True)
class ContourArgs:
    """How HTTP and HTTPS are to come in.

    `upstream` are the objects of `upstream.py`. `server` and `client` are what Contour and Envoy show each other, both
    of the authority of `serving`.
    """

    serving: Serving
    upstream: tuple[KubernetesObject, ...]
    server: Certificate
    client: Certificate


class Contour(pulumi.ComponentResource):
    """Contour: `{name}-deployment`, `{name}-service`, `{name}-class`, and Envoy as `{name}-envoy`; and what they need.

    Upstream's objects are `{name}/{kind}/{object's name}`.
    """

    ready: tuple[pulumi.Resource, ...]
    """Made only when every node of that time serves; who makes Ingresses depends on them."""

    def __init__(
        self, name: str, args: ContourArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:ingress:Contour", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        walls = ManagedNamespace(NAMESPACE, namespace_arguments(args.serving), child)
        before = [*walls.ready, *self._upstream(name, args, walls)]
        # The API server refuses objects in a namespace that is not there.
        inside = pulumi.ResourceOptions(parent=self, depends_on=[*walls.ready])
        before += self._accounts(name, inside)
        before += self._certificates(name, args, inside)
        server = self._server(name, args, before, inside)
        # An Envoy is ready when Contour has told it what to serve, and finds it by the name of its service.
        running = pulumi.ResourceOptions(parent=self, depends_on=server)
        proxies = kubernetes.apps.v1.DaemonSet(
            f"{name}-envoy",
            metadata=_metadata(envoy.NAME, envoy.LABELS),
            spec=envoy.daemon_set_spec(
                EnvoyArgs(
                    envoy=args.serving.images[envoy.IMAGE],
                    contour=args.serving.images[contour_server.IMAGE],
                )
            ),
            opts=running,
        )
        self.ready = (proxies, *self._offers(name, args, running))
        self.register_outputs({})

    def _upstream(
        self, name: str, args: ContourArgs, walls: ManagedNamespace
    ) -> list[pulumi.Resource]:
        """Definitions and rights as they were published."""
        return [
            resource(
                f"{name}/{one}",
                one,
                # The API server refuses objects in a namespace that is not there.
                pulumi.ResourceOptions(
                    parent=self, depends_on=[*walls.ready] if one.namespace else []
                ),
            )
            for one in args.upstream
        ]

    def _accounts(self, name: str, inside: pulumi.ResourceOptions) -> list[pulumi.Resource]:
        """Contour's rights are upstream's; Envoy has none, and no token."""
        return [
            kubernetes.core.v1.ServiceAccount(
                f"{name}-{role}account",
                metadata=_metadata(account, labels),
                automount_service_account_token=account == contour_server.NAME,
                opts=inside,
            )
            for role, account, labels in (
                ("", contour_server.NAME, contour_server.LABELS),
                ("envoy-", envoy.NAME, envoy.LABELS),
            )
        ]

    def _certificates(
        self, name: str, args: ContourArgs, inside: pulumi.ResourceOptions
    ) -> list[pulumi.Resource]:
        """How Contour and Envoy know each other, and what clients are shown."""
        mutual = (
            ("server", contour_server.SERVER_SECRET, contour_server.LABELS, args.server),
            ("client", envoy.CLIENT_SECRET, envoy.LABELS, args.client),
        )
        return [
            *(
                tls_secret(
                    f"{name}-{side}-certificate",
                    _metadata(secret, labels),
                    certificate,
                    inside,
                    authority=args.serving.authority,
                )
                for side, secret, labels, certificate in mutual
            ),
            tls_secret(
                f"{name}-certificate",
                _metadata(CERTIFICATE, contour_server.LABELS),
                args.serving.certificate,
                inside,
            ),
        ]

    def _server(
        self,
        name: str,
        args: ContourArgs,
        before: list[pulumi.Resource],
        inside: pulumi.ResourceOptions,
    ) -> list[pulumi.Resource]:
        """Contour's pods and the name that Envoy finds them by."""
        told = ServerArgs(
            image=args.serving.images[contour_server.IMAGE],
            addresses=args.serving.addresses,
            fallback=(NAMESPACE, CERTIFICATE),
            default_class=args.serving.default_class,
            proxy_protocol=args.serving.proxy_protocol,
        )
        metadata = _metadata(contour_server.NAME, contour_server.LABELS)
        file = kubernetes.core.v1.ConfigMap(
            f"{name}-configuration",
            metadata=metadata,
            data={contour_server.CONFIGURATION: contour_server.configuration(told)},
            opts=inside,
        )
        budget = kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-disruption-budget",
            metadata=metadata,
            spec={"selector": {"match_labels": contour_server.LABELS}, "max_unavailable": 1},
            opts=inside,
        )
        deployment = kubernetes.apps.v1.Deployment(
            f"{name}-deployment",
            metadata=metadata,
            spec=contour_server.deployment_spec(told),
            # Without its rights, its definitions and its files a pod ends again and again, and without a network and
            # nodes it does not start: all would be counted against its time to become ready.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[*before, file, *args.serving.after]
            ),
        )
        service = kubernetes.core.v1.Service(
            f"{name}-service",
            # Pulumi would look at its endpoints for ten seconds, to see whether they stay: Envoy just asks again.
            metadata={**metadata, "annotations": {"pulumi.com/skipAwait": "true"}},
            spec={
                "selector": contour_server.LABELS,
                "ports": [{"name": "xds", "port": contour_server.XDS_PORT}],
            },
            opts=inside,
        )
        return [deployment, service, budget]

    def _offers(
        self, name: str, args: ContourArgs, running: pulumi.ResourceOptions
    ) -> list[pulumi.Resource]:
        """What others use: the class of their Ingresses, and the default certificate, wherever they are."""
        default = {"ingressclass.kubernetes.io/is-default-class": "true"}
        ingress_class = kubernetes.networking.v1.IngressClass(
            f"{name}-class",
            metadata={
                "name": CLASS,
                "labels": contour_server.LABELS,
                **({"annotations": default} if args.serving.default_class else {}),
            },
            spec={"controller": CONTROLLER},
            opts=running,
        )
        delegation = kubernetes.apiextensions.CustomResource(
            f"{name}-delegation",
            api_version="projectcontour.io/v1",
            kind="TLSCertificateDelegation",
            metadata=_metadata(CERTIFICATE, contour_server.LABELS),
            spec=Delegation(secret=CERTIFICATE, namespaces=("*",)).spec(),
            opts=running,
        )
        return [ingress_class, delegation]


def namespace_arguments(serving: Serving) -> NamespaceArgs:
    """The namespace's walls: everybody may reach Envoy's two ports, and nobody else anything."""
    return NamespaceArgs(
        name=NAMESPACE,
        # Envoy has ports of the host, which no stricter level allows; its pods have no other privilege.
        level="privileged",
        policies=serving.policies,
        bounds=serving.bounds,
        admits=(
            Admits(name="clients", pods=envoy.LABELS, ports=(envoy.HTTP_PORT, envoy.HTTPS_PORT)),
        ),
    )


def service_names(service: str) -> tuple[str, ...]:
    """The names of a service within the cluster, from the shortest on."""
    longer = f"{service}.{NAMESPACE}"
    return (service, longer, f"{longer}.svc", f"{longer}.svc.cluster.local")


def _metadata(name: str, labels: Mapping[str, str]) -> kubernetes.meta.v1.ObjectMetaArgsDict:
    return {"name": name, "namespace": NAMESPACE, "labels": dict(labels)}
