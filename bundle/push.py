"""`python -m bundle.push`: move what is missing of a bundle to a host's registry, through SSH.

Owns the command line and the checks before anything moves. The private key comes on standard input or in
SSH_PRIVATE_KEY, never as an argument. Prints one line of JSON: digest, items, blobs, moved, bytes.
"""

import argparse
import dataclasses
import http.client
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bundle import layout, lock, verify
from bundle.tunnel import Host, TunnelError, writable_registry
from bundle.upload import UnixConnection, Upload, UploadError


class BundleError(Exception):
    """The bundle is not one that can be pushed; the message says why and what to run."""


def main(arguments: list[str]) -> int:
    """Pushes; 0, or 1 with one sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m bundle.push", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True, help="a bundle's directory")
    parser.add_argument("--host", required=True, help="the host's address")
    parser.add_argument("--port", type=int, default=22)
    parser.add_argument("--user", default="root", help="root, or who has sudo without password")
    parser.add_argument("--host-key", required=True, help='the host\'s public key, "TYPE BASE64"')
    parser.add_argument(
        "--lock", type=Path, help="the lock to hold the bundle against; else the usual one"
    )
    given = parser.parse_args(arguments)
    host = Host(
        address=given.host,
        port=given.port,
        user=given.user,
        host_key=given.host_key,
        private_key=private_key(),
    )
    try:
        print(json.dumps(push(given.bundle, host, lock.load(given.lock))))
    except (BundleError, TunnelError, UploadError) as fault:
        print(f"error: {fault}.", file=sys.stderr)
        return 1
    except (OSError, http.client.HTTPException) as fault:
        print(f"error: the connection to {given.host} broke: {fault}.", file=sys.stderr)
        return 1
    return 0


def private_key() -> str:
    """The SSH private key, with the line end that ssh insists on."""
    text = os.environ.pop("SSH_PRIVATE_KEY", "") or sys.stdin.read()
    return text.strip() + "\n"


def push(directory: Path, host: Host, locked: lock.Lock) -> dict[str, object]:
    """Moves what is missing; gives what it did. Raises BundleError, TunnelError, UploadError or OSError."""
    items = check(directory, locked)
    with writable_registry(host, registry_program(directory, items)) as path:
        upload = Upload(directory=directory, connect=lambda: UnixConnection(path), say=_say)
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


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
