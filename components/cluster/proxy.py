"""The HTTP proxy to what is outside, and what never goes through it.

Owns the environment in its forms: for programs on a host, and for containers of pods. Does not own who gets it:
containerd and the package manager do (the node script sets it for these alone); kubelet, kubeadm, the API server and
the other parts of the cluster talk to the cluster only, and get none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi_kubernetes as kubernetes

ALWAYS_DIRECT = ("127.0.0.1", "localhost", ".svc", ".cluster.local")


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """Where the proxy is ("http://host:port"), and what goes past it besides the cluster itself."""

    http: str | None = None
    https: str | None = None
    direct: tuple[str, ...] = ()


def environment(proxy: Proxy, cluster: Iterable[str]) -> Mapping[str, str]:
    """The variables, upper and lower case, since programs differ in which they read; none without a proxy.

    `cluster` are the cluster's own names, networks and addresses.
    """
    if proxy.http is None and proxy.https is None:
        return {}
    direct = ",".join(dict.fromkeys((*ALWAYS_DIRECT, *cluster, *proxy.direct)))
    values = {"HTTP_PROXY": proxy.http, "HTTPS_PROXY": proxy.https, "NO_PROXY": direct}
    return {
        name: value
        for key, value in values.items()
        if value is not None
        for name in (key, key.lower())
    }


def words(proxy: Proxy, cluster: Iterable[str]) -> str:
    """KEY=VALUE words, as env(1) and a unit's Environment= take them; no value holds a space."""
    return " ".join(f"{name}={value}" for name, value in environment(proxy, cluster).items())


def container_environment(
    proxy: Proxy, cluster: Iterable[str]
) -> list[kubernetes.core.v1.EnvVarArgsDict]:
    """The same as the `env` of a container, for pods that talk to what is outside."""
    return [{"name": name, "value": value} for name, value in environment(proxy, cluster).items()]
