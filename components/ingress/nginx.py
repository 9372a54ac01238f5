"""ingress-nginx: Ingresses, served by an nginx on every node, as typed resources. Upstream retired it in March 2026.

Owns the objects in ingress-nginx and the ingress class `nginx`. Does not own its image, which no bundle holds yet.
"""

import base64
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.ingress import nginx_access, ports
from components.ingress import nginx_controller as controller
from components.ingress.certificate import Certificate, tls_secret
from components.ingress.nginx_controller import ControllerArgs
from components.ingress.serving import Serving
from components.isolation.namespace import Admits, ManagedNamespace, NamespaceArgs

NAMESPACE = "ingress-nginx"
CERTIFICATE = "default-certificate"
WEBHOOK = "ingress-nginx-controller-admission"
_RBAC = "rbac.authorization.k8s.io"


def images() -> tuple[str, ...]:
    """Its one image, by upstream's name."""
    return (controller.IMAGE,)


@dataclass(frozen=True, kw_only=True)
class NginxArgs:
    """How HTTP and HTTPS are to come in; `webhook` is what the API server sees of who checks Ingresses for it."""

    serving: Serving
    webhook: Certificate


class Nginx(pulumi.ComponentResource):
    """ingress-nginx: `{name}-daemon-set`, `{name}-webhook`, `{name}-class`, and what they need."""

    ready: tuple[pulumi.Resource, ...]
    """Made only when every node of that time serves; who makes Ingresses depends on them."""

    def __init__(
        self, name: str, args: NginxArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("appliance:ingress:Nginx", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        walls = ManagedNamespace(NAMESPACE, namespace_arguments(args.serving), child)
        # The API server refuses objects in a namespace that is not there.
        inside = pulumi.ResourceOptions(parent=self, depends_on=[*walls.ready])
        before = [*walls.ready, *self._access(name, inside), *self._files(name, args, inside)]
        proxies = kubernetes.apps.v1.DaemonSet(
            f"{name}-daemon-set",
            metadata=_metadata(controller.NAME),
            spec=controller.daemon_set_spec(
                ControllerArgs(
                    image=args.serving.images[controller.IMAGE],
                    addresses=args.serving.addresses,
                    certificate=f"{NAMESPACE}/{CERTIFICATE}",
                    default_class=args.serving.default_class,
                )
            ),
            # Without its rights and files a pod ends again and again, and without a network and nodes it does not
            # start: all would be counted against its time to become ready.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*before, *args.serving.after]),
        )
        self.ready = self._offers(name, args, proxies)
        self.register_outputs({})

    def _access(self, name: str, inside: pulumi.ResourceOptions) -> list[pulumi.Resource]:
        """Who it is and what it may do."""
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-account", metadata=_metadata(controller.ACCOUNT), opts=inside
        )
        child = pulumi.ResourceOptions(parent=self)
        cluster_wide: kubernetes.meta.v1.ObjectMetaArgsDict = {
            "name": controller.ACCOUNT,
            "labels": controller.LABELS,
        }
        own = _metadata(controller.ACCOUNT)
        subject = {
            "kind": "ServiceAccount",
            "name": controller.ACCOUNT,
            "namespace": NAMESPACE,
        }
        return [
            account,
            kubernetes.rbac.v1.ClusterRole(
                f"{name}-cluster-role",
                metadata=cluster_wide,
                rules=[*nginx_access.CLUSTER],
                opts=child,
            ),
            kubernetes.rbac.v1.ClusterRoleBinding(
                f"{name}-cluster-role-binding",
                metadata=cluster_wide,
                role_ref=_role("ClusterRole"),
                subjects=[subject],
                opts=child,
            ),
            kubernetes.rbac.v1.Role(
                f"{name}-role", metadata=own, rules=[*nginx_access.OWN], opts=inside
            ),
            kubernetes.rbac.v1.RoleBinding(
                f"{name}-role-binding",
                metadata=own,
                role_ref=_role("Role"),
                subjects=[subject],
                opts=inside,
            ),
        ]

    def _files(
        self, name: str, args: NginxArgs, inside: pulumi.ResourceOptions
    ) -> list[pulumi.Resource]:
        """Its configuration and its two certificates."""
        return [
            kubernetes.core.v1.ConfigMap(
                f"{name}-configuration",
                metadata=_metadata(controller.NAME),
                data=controller.configuration(proxy_protocol=args.serving.proxy_protocol),
                opts=inside,
            ),
            tls_secret(
                f"{name}-webhook-certificate",
                _metadata(controller.WEBHOOK_SECRET),
                args.webhook,
                inside,
            ),
            tls_secret(
                f"{name}-certificate", _metadata(CERTIFICATE), args.serving.certificate, inside
            ),
        ]

    def _offers(
        self, name: str, args: NginxArgs, proxies: pulumi.Resource
    ) -> tuple[pulumi.Resource, ...]:
        """The class of others' Ingresses, and the check of each Ingress before it is taken."""
        running = pulumi.ResourceOptions(parent=self, depends_on=[proxies])
        default = {"ingressclass.kubernetes.io/is-default-class": "true"}
        ingress_class = kubernetes.networking.v1.IngressClass(
            f"{name}-class",
            metadata={
                "name": controller.CLASS,
                "labels": controller.LABELS,
                **({"annotations": default} if args.serving.default_class else {}),
            },
            spec={"controller": controller.CONTROLLER},
            opts=running,
        )
        service = kubernetes.core.v1.Service(
            f"{name}-webhook-service",
            metadata=_metadata(WEBHOOK),
            spec={
                "selector": controller.LABELS,
                "ports": [{"name": "https", "port": 443, "target_port": "webhook"}],
            },
            opts=running,
        )
        webhook = kubernetes.admissionregistration.v1.ValidatingWebhookConfiguration(
            f"{name}-webhook",
            metadata={"name": "ingress-nginx-admission", "labels": controller.LABELS},
            webhooks=[webhook_arguments(args.serving.authority)],
            # From now on the API server takes no Ingress that was not checked, so somebody must answer.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[service]),
        )
        return (proxies, ingress_class, webhook)


def namespace_arguments(serving: Serving) -> NamespaceArgs:
    """The namespace's walls: clients reach its two ports; the webhook's, whoever stands where API servers may."""
    return NamespaceArgs(
        name=NAMESPACE,
        # The controller has ports of the host, which no stricter level allows; it has no other privilege.
        level="privileged",
        policies=serving.policies,
        bounds=serving.bounds,
        admits=(
            # API servers ask from addresses that depend on the pod network; TLS says who answers.
            Admits(
                name="clients",
                pods=controller.LABELS,
                ports=(*ports.EVERY, controller.WEBHOOK_PORT),
            ),
        ),
    )


def webhook_names() -> tuple[str, ...]:
    """The names by which the API server knows who checks Ingresses."""
    return (f"{WEBHOOK}.{NAMESPACE}.svc",)


def webhook_arguments(
    authority: pulumi.Input[str],
) -> kubernetes.admissionregistration.v1.ValidatingWebhookArgsDict:
    """Every new and changed Ingress is checked, and none taken that was not."""
    return {
        "name": "validate.nginx.ingress.kubernetes.io",
        "match_policy": "Equivalent",
        "rules": [
            {
                "api_groups": ["networking.k8s.io"],
                "api_versions": ["v1"],
                "operations": ["CREATE", "UPDATE"],
                "resources": ["ingresses"],
            }
        ],
        "failure_policy": "Fail",
        "side_effects": "None",
        "admission_review_versions": ["v1"],
        "client_config": {
            "service": {
                "name": WEBHOOK,
                "namespace": NAMESPACE,
                "path": "/networking/v1/ingresses",
                "port": 443,
            },
            "ca_bundle": pulumi.Output.from_input(authority).apply(
                lambda pem: base64.b64encode(pem.encode()).decode()
            ),
        },
    }


def _role(kind: str) -> kubernetes.rbac.v1.RoleRefArgsDict:
    return {"api_group": _RBAC, "kind": kind, "name": controller.ACCOUNT}


def _metadata(name: str) -> kubernetes.meta.v1.ObjectMetaArgsDict:
    return {"name": name, "namespace": NAMESPACE, "labels": controller.LABELS}
