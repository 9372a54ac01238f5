"""`python -m bundle.push`: move what is missing of a bundle to a host's registry, through SSH.

Owns the command line and the checks before anything moves. Logs in with the SSH agent of the environment
(SSH_AUTH_SOCK). Prints one line of JSON: digest, items, blobs, moved, bytes.
"""

import argparse
import dataclasses
import http.client
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bundle import layout, lock, verify
from bundle.tunnel import TunnelError, writable_registry
from bundle.upload import UnixConnection, Upload, UploadError
from components.machines.session import Endpoint


class BundleError(Exception):
    """The bundle is not one that can be pushed; the message says why and what to run."""


def main(arguments: list[str]) -> int:
    """Pushes; 0, or 1 with one sentence on standard error."""
    given = command_line().parse_args(arguments)
    host = endpoint(given)
    try:
        print(json.dumps(push(given.bundle, host, lock.load(given.lock))))
    except (BundleError, TunnelError, UploadError) as fault:
        print(f"error: {fault}.", file=sys.stderr)
        return 1
    except (OSError, http.client.HTTPException) as fault:
        print(f"error: the connection to {given.host} broke: {fault}.", file=sys.stderr)
        return 1
    return 0


def command_line() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(prog="python -m bundle.push", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True, help="a bundle's directory")
    parser.add_argument(
        "--lock", type=Path, help="the lock to hold the bundle against; else the usual one"
    )
    add_host(parser)
    return parser


def add_host(parser: argparse.ArgumentParser) -> None:
    """The options that name a host and the way there."""
    parser.add_argument("--host", required=True, help="the host's address")
    parser.add_argument("--port", type=int, default=22)
    parser.add_argument("--user", default="root", help="root, or who has sudo without password")
    parser.add_argument("--host-key", required=True, help='the host\'s public key, "TYPE BASE64"')
    parser.add_argument("--bastion", help="the address of a host to go through")
    parser.add_argument("--bastion-port", type=int, default=22)
    parser.add_argument("--bastion-user", default="root")
    parser.add_argument("--bastion-host-key", default="", help="its public key")


def endpoint(given: argparse.Namespace) -> Endpoint:
    """The host that the options name, and the way there."""
    bastion = None
    if given.bastion:
        bastion = Endpoint(
            address=given.bastion,
            port=given.bastion_port,
            user=given.bastion_user,
            host_key=given.bastion_host_key,
        )
    return Endpoint(
        address=given.host,
        port=given.port,
        user=given.user,
        host_key=given.host_key,
        bastion=bastion,
    )


def push(directory: Path, host: Endpoint, locked: lock.Lock) -> dict[str, object]:
    """Moves what is missing; gives what it did. Raises BundleError, TunnelError, UploadError or OSError."""
    items = check(directory, locked)
    with writable_registry(host, registry_program(directory, items)) as path:
        upload = Upload(directory=directory, connect=lambda: UnixConnection(path), say=say)
        moved = upload.run()
    digest = lock.content((item.name, item.digest) for item in items)
    return {"digest": digest, **dataclasses.asdict(moved)}


def check(directory: Path, locked: lock.Lock) -> list[lock.Item]:
    """The bundle's items. Raises BundleError for what shows without reading every byte; the registry sees the rest."""
    if not directory.is_dir():
        raise BundleError(f"{directory} is not there; make bundle builds it and prints its path")
    if faults := verify.quick_faults(directory):
        raise BundleError(f"{faults[0]} ({len(faults)} faults in all); make bundle builds it anew")
    items, _ = layout.read(directory)
    for item in items:
        if item.name in locked.items and locked.items[item.name].digest != item.digest:
            raise BundleError(
                f"{directory} holds {item.name} as {item.digest}, {locked.path} says "
                f"{locked.items[item.name].digest}; make bundle builds the one of the lock"
            )
    return items


def registry_program(directory: Path, items: Sequence[lock.Item]) -> Path:
    """The registry's program, which is a blob of the bundle like any other."""
    for item in items:
        if file := item.files.get("registry"):
            return layout.blobs(directory) / file.sha256
    raise BundleError(f"{directory} holds no host/registry, which the host needs to serve it")


def say(line: str) -> None:
    """Progress goes to standard error."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
