"""The HTTP proxy that hosts use for what is outside, as containerd's unit needs it.

Owns what is always reached directly. Does not own the configuration's form of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """Where the proxy is ("http://host:port") and what goes past it; `ca` is a PEM that hosts have to trust."""

    http: str | None = None
    https: str | None = None
    direct: tuple[str, ...] = ()
    ca: str = ""


def unit_environment(proxy: Proxy, always_direct: Iterable[str]) -> str:
    """Environment= lines for a systemd unit, upper and lower case, since programs differ in which they read.

    Empty without a proxy. `always_direct` are the cluster's own names, networks and addresses.
    """
    if proxy.http is None and proxy.https is None:
        return ""
    direct = ",".join(
        dict.fromkeys(
            ("127.0.0.1", "localhost", ".svc", ".cluster.local", *always_direct, *proxy.direct)
        )
    )
    values = {"HTTP_PROXY": proxy.http, "HTTPS_PROXY": proxy.https, "NO_PROXY": direct}
    return "\n".join(
        f'Environment="{name}={value}"'
        for key, value in values.items()
        if value is not None
        for name in (key, key.lower())
    )
