"""Asking a provider plugin which version it is: by running it, as the engine does."""

import select
import subprocess
from pathlib import Path
from typing import Final

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderStub

PATIENCE: Final = 20
"""Seconds until a plugin must have said which port it listens on, and again until it must have answered."""

NO_ENGINE: Final = "127.0.0.1:1"
"""Plugins want the engine's address as an argument and dial it only when they have something to say."""


def version(plugin: Path) -> str | None:
    """The version that a plugin reports, without a leading `v`; None if it does not run or does not answer."""
    try:
        process = subprocess.Popen(
            [plugin, NO_ENGINE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    except OSError:
        return None
    with process:
        try:
            return _ask(process)
        finally:
            process.kill()


def _ask(process: subprocess.Popen[str]) -> str | None:
    assert process.stdout is not None  # noqa: S101 - asked for with PIPE
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE)
    port = process.stdout.readline().strip() if ready else ""
    if not port.isdigit():
        return None
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        try:
            answer = ResourceProviderStub(channel).GetPluginInfo(
                Empty(), timeout=PATIENCE, wait_for_ready=True
            )
        except grpc.RpcError:
            return None
    return str(answer.version).removeprefix("v")
