"""`python -m bundle.deliver`: move what is missing of an application's bundle into the registry in the daemon's pod.

Owns the command line, and the way to that registry: through SSH to a host of the cluster, from there to the registry's
own address, with TLS to its very end. Standard input is a JSON object {password, authority}: the registry's password
for writing, and the certificate of who vouches for it (PEM). Prints one line of JSON: items, blobs, moved, bytes.
"""

import argparse
import base64
import dataclasses
import http.client
import json
import ssl
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bundle import lock
from bundle.push import BundleError, add_host, check, endpoint, say
from bundle.tunnel import TunnelError, forwarded
from bundle.upload import Moved, UnixConnection, Upload, UploadError
from components.machines.session import Endpoint

PATIENCE, INTERVAL = 60.0, 0.5
"""Seconds that the registry may be away, and between two looks."""

USER = "appliance"
"""Any name will do: the registry asks for the password alone."""


class RegistryConnection(UnixConnection):
    """HTTPS over the forwarded socket, to a server that must be who `name` says, with a password in each request."""

    def __init__(self, path: Path, name: str, context: ssl.SSLContext, password: str) -> None:
        super().__init__(path)
        self._name, self._context = name, context
        self._authorization = "Basic " + base64.b64encode(f"{USER}:{password}".encode()).decode()

    def connect(self) -> None:
        """Opens the socket, and TLS in it."""
        super().connect()
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self._name)

    def putrequest(self, method: str, url: str, *options: bool, **more: bool) -> None:
        """Begins a request, with the password."""
        super().putrequest(method, url, *options, **more)
        self.putheader("Authorization", self._authorization)


def main(arguments: list[str]) -> int:
    """Delivers; 0, or 1 with one sentence on standard error."""
    given = command_line().parse_args(arguments)
    host = endpoint(given)
    secret = json.load(sys.stdin)
    try:
        check(given.bundle, lock.read(given.lock))
        moved = deliver(given.bundle, host, given.registry, secret["authority"], secret["password"])
    except (BundleError, TunnelError, UploadError) as fault:
        print(f"error: {fault}.", file=sys.stderr)
        return 1
    except (OSError, http.client.HTTPException) as fault:
        print(
            f"error: the registry {given.registry} does not answer {given.host}, or broke off: {fault}; see whether "
            "the pod replicated runs (kubectl get pods), and run make up again.",
            file=sys.stderr,
        )
        return 1
    print(json.dumps(dataclasses.asdict(moved)))
    return 0


def command_line() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(prog="python -m bundle.deliver", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True, help="a bundle's directory")
    parser.add_argument("--lock", type=Path, required=True, help="the lock of the bundle")
    parser.add_argument("--registry", required=True, help="HOST:PORT of the registry")
    add_host(parser)
    return parser


def deliver(directory: Path, host: Endpoint, registry: str, authority: str, password: str) -> Moved:
    """Moves what is missing. Raises TunnelError, UploadError or OSError."""
    context = ssl.create_default_context(cadata=authority)
    name = registry.rpartition(":")[0]
    with forwarded(host, registry) as path:

        def connect() -> RegistryConnection:
            return RegistryConnection(path, name, context, password)

        await_registry(connect)
        return Upload(directory=directory, connect=connect, say=say).run()


def await_registry(connect: Callable[[], RegistryConnection], seconds: float = PATIENCE) -> None:
    """Waits until the registry answers: its pod may have been replaced a moment ago. Raises what it failed with last.

    Who is not the registry is not waited for.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            with closing(connect()) as connection:
                connection.request("GET", "/v2/")
                connection.getresponse().read()
        except ssl.SSLCertVerificationError:
            raise
        except (OSError, http.client.HTTPException):
            if time.monotonic() > deadline:
                raise
            time.sleep(INTERVAL)
        else:
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
