"""Where the values come from that a release's text only has stand-ins for.

Owns the way from a source to an Output: results of commands, secret options, addresses of the release's own Services.
Does not own what the appliance's other layers know (the object store, the ingress): they are handed in.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.application.commands import Ground, is_secret, result
from components.application.description import Description
from components.application.functions import SERVICE_ADDRESS
from components.application.options import COMMAND, SECRET_OPTION
from components.application.template.late import Source, StandIns


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What secret values follow from: a seed (hexadecimal), the authority (PEM), the secret options (JSON)."""

    seed: pulumi.Output[str]
    ca_certificate: pulumi.Output[str]
    ca_key: pulumi.Output[str]
    options: pulumi.Output[str] | None = None


class Sources:
    """The Outputs of one release's sources; each is made once. Services are told when they are made (`made`)."""

    def __init__(
        self,
        description: Description,
        namespace: str,
        secrets: Secrets,
        appliance: Mapping[Source, pulumi.Output[str]],
    ) -> None:
        self.description = description
        self.namespace = namespace
        self.secrets = secrets
        self.known: dict[Source, pulumi.Output[str]] = dict(appliance)
        self.services: dict[str, kubernetes.core.v1.Service] = {}

    def made(self, service: kubernetes.core.v1.Service, name: str) -> None:
        """A Service of the release is there, under its name in Kubernetes."""
        self.services[name] = service

    def settled(self, value: Any, stand_ins: StandIns) -> Any:  # noqa: ANN401 - any JSON
        """A value of an object with Outputs in place of texts that hold stand-ins."""
        if isinstance(value, dict):
            return {key: self.settled(inner, stand_ins) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.settled(inner, stand_ins) for inner in value]
        if not isinstance(value, str) or not (found := stand_ins.found(value)):
            return value
        sources = tuple(dict.fromkeys(source for late in found for source in late.sources))
        return pulumi.Output.all(*map(self.output, sources)).apply(
            lambda known: stand_ins.filled(value, dict(zip(sources, known, strict=True)))
        )

    def output(self, source: Source) -> pulumi.Output[str]:
        """A source's value. Raises ValueError for one that nobody gave."""
        if source not in self.known:
            self.known[source] = self._output(source)
        return self.known[source]

    def _output(self, source: Source) -> pulumi.Output[str]:
        if source.kind == COMMAND:
            return self._command(*source.arguments)
        if source.kind == SECRET_OPTION and self.secrets.options is not None:
            name = source.arguments[0]
            return pulumi.Output.secret(self.secrets.options.apply(partial(_option, name=name)))
        if source.kind == SERVICE_ADDRESS and source.arguments[0] in self.services:
            return self._address(*source.arguments)
        raise ValueError(f"nothing gives {source}")

    def _command(self, name: str, at: str) -> pulumi.Output[str]:
        secrets = self.secrets
        made = pulumi.Output.all(secrets.seed, secrets.ca_certificate, secrets.ca_key).apply(
            lambda known: result(
                self.description,
                name,
                int(at),
                Ground(
                    seed=known[0],
                    ca_certificate=known[1],
                    ca_key=known[2],
                    namespace=self.namespace,
                ),
            )
        )
        return pulumi.Output.secret(made) if is_secret(self.description, name) else made

    def _address(self, name: str, port: str) -> pulumi.Output[str]:
        """Where a Service answers in the cluster. Its id is unknown until it is made, and so then is this."""
        service = self.services[name]
        inside = f"{name}.{self.namespace}.svc"
        return pulumi.Output.all(service.id, service.spec).apply(
            lambda known: f"{_cluster_ip(known[1]) or inside}:{port}"
        )


def _option(text: str, name: str) -> str:
    return str(json.loads(text)[name])


def _cluster_ip(spec: object) -> str:
    """The address of a Service; "" for a headless one, which only has a name."""
    found = getattr(spec, "cluster_ip", None)
    if found is None and isinstance(spec, Mapping):
        found = spec.get("cluster_ip") or spec.get("clusterIP")
    return "" if found in (None, "None") else str(found)
