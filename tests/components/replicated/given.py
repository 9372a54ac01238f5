"""A daemon to look at."""

import datetime as dt
from typing import Any

import pulumi

from components.certificates import Authority, new_authority
from components.replicated.claims import Claims
from components.replicated.overview import Layer, Overview, Workload
from components.replicated.replicated import Replicated, ReplicatedArgs
from components.replicated.services import Console

AUTHORITY: Authority = new_authority("test", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
CONF = {"DaemonAuthenticationType": "password", "TlsBootstrapType": "server-path"}


def known(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


def args(**more: Any) -> ReplicatedArgs:
    given: dict[str, Any] = {
        "image": "docker.io/replicated/replicated:1@sha256:00",
        "ui_image": "docker.io/replicated/replicated-ui:1@sha256:11",
        "channel": "stable",
        "log_level": "info",
        "airgapped": True,
        "conf": CONF,
        "claims": Claims(storage_class="default", data="100Gi", premkit="1Gi", statsd="10Gi"),
        "console": Console(),
        "registry_address": "10.100.100.101",
        "overview": Overview(
            stack="test",
            kubernetes="v1.35.4",
            layers=(
                Layer(
                    name="Network",
                    summary="weave carries pod traffic",
                    workloads=(Workload(namespace="kube-system", name="weave-net"),),
                ),
            ),
        ),
        "fallback": known(["192.0.2.11:5000"]),
        "addresses": known(["192.0.2.11"]),
        "ca_certificate": known(AUTHORITY.certificate_pem),
        "ca_key": pulumi.Output.secret(AUTHORITY.key_pem),
        "seed": pulumi.Output.secret("ab" * 32),
        "console_password": pulumi.Output.secret("open sesame"),
        "push_password": pulumi.Output.secret("push it"),
        "protect": False,
    }
    return ReplicatedArgs(**{**given, **more})


async def made(**more: Any) -> Replicated:
    """The component, once everything of it is registered."""
    component = Replicated("replicated", args(**more))
    for service in component.ready:
        assert isinstance(service, pulumi.CustomResource)
        await service.id.future()
    return component
