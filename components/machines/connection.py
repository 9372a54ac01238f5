"""How a host is reached: SSH with a host key that is known beforehand.

Owns the address and its two renderings: for pulumi-command's remote resources, and for our own local commands that
talk to more than one host. No private key is in either: both log in with the SSH agent of the environment
(SSH_AUTH_SOCK), so that no key stands in the state, and a new key changes no resource.
"""

from dataclasses import dataclass

import pulumi
from pulumi_command import remote

from components.outputs import together

# A host that is booting refuses or drops connections for a while; a host that is gone should not hold an `up` for long.
DIAL_ATTEMPTS = 12
DIAL_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Connection:
    """An SSH endpoint. `host_key` is "type base64"."""

    address: pulumi.Input[str]
    host_key: pulumi.Input[str]
    user: str = "root"
    port: int = 22
    bastion: "Connection | None" = None

    def arguments(self) -> remote.ConnectionArgs:
        """The connection block of a remote command."""
        return remote.ConnectionArgs(
            host=self.address,
            port=self.port,
            user=self.user,
            host_key=self.host_key,
            dial_error_limit=DIAL_ATTEMPTS,
            per_dial_timeout=DIAL_SECONDS,
            proxy=self._proxy(),
        )

    def _proxy(self) -> remote.ProxyConnectionArgs | None:
        if self.bastion is None:
            return None
        return remote.ProxyConnectionArgs(
            host=self.bastion.address,
            port=self.bastion.port,
            user=self.bastion.user,
            host_key=self.bastion.host_key,
            dial_error_limit=DIAL_ATTEMPTS,
            per_dial_timeout=DIAL_SECONDS,
        )

    def document(self) -> pulumi.Output[dict[str, object]]:
        """The connection as plain data for a local command's standard input."""
        proxy = self.bastion.document() if self.bastion else None
        return together(
            {
                "address": self.address,
                "port": self.port,
                "user": self.user,
                "hostKey": self.host_key,
                "bastion": proxy,
            },
            dict,
        )
