"""The ingress of a stack: which component makes it, and what the layers above may know of it.

Owns the choice and the mapping of configuration keys to its arguments. Does not own any controller's objects, nor what
is in the user's certificate (`stacks/ingress_certificate.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pulumi

from bundle import manifests
from bundle.lock import Lock
from components.ingress import contour, nginx, nginx_controller, upstream
from components.ingress.certificate import Certificate, Issuer, issued
from components.ingress.serving import Serving
from stacks import ingress_certificate
from stacks.config import Configuration
from stacks.ground import Ground
from stacks.isolation import bounds
from stacks.references import references
from stacks.secrets import Secrets, derive


@dataclass(frozen=True, kw_only=True)
class Ingress:
    """HTTP and HTTPS from outside, whoever serves them.

    Its proxies are pods of `namespace`: a namespace whose pods they are to reach admits that one. `class_name` is what
    Ingresses name. `names` are those of the default certificate (empty: those of the user's own), which the Secret
    `certificate` (namespace/name) holds. `ready` are made only when every node serves.
    """

    provider: str
    namespace: str
    class_name: str
    addresses: pulumi.Output[str]
    certificate: str
    names: tuple[str, ...]
    authority: pulumi.Output[str] | None
    """The authority of the default certificate as PEM, if it is the stack's own."""
    ready: tuple[pulumi.Resource, ...]


def ingress(
    configuration: Configuration,
    secrets: Secrets,
    lock: Lock,
    ground: Ground,
    opts: pulumi.ResourceOptions,
) -> Ingress | None:
    """Makes the ingress that the configuration names; None if it names none."""
    match configuration.ingress.provider:
        case "contour":
            args = contour_arguments(configuration, secrets, lock, ground)
            ready = contour.Contour("contour", args, opts).ready
            where, class_name = contour.NAMESPACE, contour.CLASS
        case "nginx":
            arguments = nginx_arguments(configuration, secrets, lock, ground)
            ready = nginx.Nginx("nginx", arguments, opts).ready
            where, class_name = nginx.NAMESPACE, nginx_controller.CLASS
        case _:
            return None
    own = configuration.ingress.certificate.file
    return Ingress(
        provider=configuration.ingress.provider,
        namespace=where,
        class_name=class_name,
        addresses=addresses(configuration, ground),
        certificate=f"{where}/{contour.CERTIFICATE}",
        names=() if own else ingress_certificate.default_names(configuration),
        authority=None if own else pulumi.Output.unsecret(secrets.ca_certificate),
        ready=ready,
    )


def images(configuration: Configuration) -> tuple[str, ...]:
    """The images of the ingress, by the names that the lock has."""
    match configuration.ingress.provider:
        case "contour":
            return contour.images()
        case "nginx":
            return nginx.images()
        case _:
            return ()


def upstream_manifests(configuration: Configuration) -> tuple[str, ...]:
    """The items of upstream's manifests that the program reads."""
    return (upstream.MANIFEST,) if configuration.ingress.provider == "contour" else ()


def faults(
    configuration: Configuration,
    lock: Lock,
    key: ingress_certificate.PublicHalf | None,
    now: datetime,
) -> Iterator[str]:
    """What keeps the ingress from being made, as `key: sentence`; `key` is None for who has no secrets."""
    if configuration.bundled and (missing := lock.missing(images(configuration))):
        yield (
            f"ingress.provider: the lock {lock.path} lacks {', '.join(missing)}; add recipes to bundle/recipes.py and "
            "run python -m bundle lock"
        )
    yield from ingress_certificate.faults(configuration, key, now)


def addresses(configuration: Configuration, ground: Ground) -> pulumi.Output[str]:
    """What Ingresses show as their addresses, with commas between them."""
    given: Sequence[str] = configuration.ingress.addresses
    return pulumi.Output.from_input(",".join(given)) if given else ground.addresses.apply(",".join)


def default_certificate(configuration: Configuration, secrets: Secrets) -> Certificate:
    """The user's own, or one of the stack's authority."""
    if configuration.ingress.certificate.file is None:
        names = ingress_certificate.default_names(configuration)
        return _issued(secrets, "certificate", names)
    if secrets.ingress_key is None:
        raise AssertionError("the refusals name a certificate without its key")
    return Certificate(chain=ingress_certificate.chain(configuration), key=secrets.ingress_key)


def serving(
    configuration: Configuration,
    secrets: Secrets,
    lock: Lock,
    ground: Ground,
    *,
    where: str,
    used: Sequence[str],
) -> Serving:
    """What each of the controllers is told; `used` are the names of its images, `where` is its namespace."""
    return Serving(
        images=references(configuration, lock, used),
        policies=configuration.network.policies,
        bounds=bounds(configuration, where),
        addresses=addresses(configuration, ground),
        authority=pulumi.Output.unsecret(secrets.ca_certificate),
        certificate=default_certificate(configuration, secrets),
        default_class=configuration.ingress.default_class,
        proxy_protocol=configuration.ingress.proxy_protocol,
        after=ground.ready,
    )


def contour_arguments(
    configuration: Configuration, secrets: Secrets, lock: Lock, ground: Ground
) -> contour.ContourArgs:
    """Contour as configured."""
    texts = manifests.read(lock, upstream.MANIFEST)
    return contour.ContourArgs(
        serving=serving(
            configuration, secrets, lock, ground, where=contour.NAMESPACE, used=contour.images()
        ),
        upstream=upstream.objects(texts, contour.NAMESPACE),
        server=_issued(secrets, "contour", contour.service_names("contour")),
        client=_issued(secrets, "envoy", contour.service_names("envoy"), client=True),
    )


def nginx_arguments(
    configuration: Configuration, secrets: Secrets, lock: Lock, ground: Ground
) -> nginx.NginxArgs:
    """ingress-nginx as configured."""
    return nginx.NginxArgs(
        serving=serving(
            configuration, secrets, lock, ground, where=nginx.NAMESPACE, used=nginx.images()
        ),
        webhook=_issued(secrets, "nginx-webhook", nginx.webhook_names()),
    )


def _issued(
    secrets: Secrets, label: str, names: Sequence[str], *, client: bool = False
) -> Certificate:
    issuer = Issuer(certificate=secrets.ca_certificate, key=secrets.ca_key)
    return issued(issuer, derive(secrets.root, f"ingress/{label}"), names, client=client)
