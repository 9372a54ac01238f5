"""What a killed command leaves behind, and putting it right before the next one starts.

Owns three things in this order: processes of the dead command, the engine's lock, operations that Pulumi's state calls
pending. Runs only under the stack's own lock (`lock.py`), so that no living command of ours can be meant.
"""

import json
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from operate import processes
from operate.engine import Engine
from operate.environment import RUN
from operate.failure import OperateError
from operate.lock import Owner
from operate.stack import PROJECT, Stack

REPEATABLE: Final = ("command:", "kubernetes:", "pulumi:", "appliance:")
"""Types whose interrupted creation may be forgotten: our commands look first and go on where they were, and the
Kubernetes provider finds an object by its name. A machine of a cloud would be paid for twice."""


@dataclass(frozen=True, kw_only=True)
class EngineLock:
    """A lock file of Pulumi's file backend."""

    file: Path
    pid: int
    host: str
    since: datetime


def recover(stack: Stack, engine: Engine, previous: Owner | None) -> None:
    """Put right what a dead command left. Raises OperateError where that needs a person."""
    if previous is not None:
        print(f"`{previous.command}` (pid {previous.pid}) died; cleaning up after it", flush=True)
        end_processes(previous)
    release(stack, engine)
    forget_pending(engine)


def end_processes(previous: Owner) -> None:
    """End what the dead command started and what is still running."""
    orphans = processes.left_behind(previous.sessions, f"{RUN}={previous.run}")
    if orphans:
        print(f"ending {len(orphans)} processes of it: {', '.join(map(str, orphans))}", flush=True)
        processes.end(orphans)


def release(stack: Stack, engine: Engine) -> None:
    """Remove the engine's lock if its owner is dead. Raises OperateError if it lives or cannot be looked at."""
    locks = list(engine_locks(engine.environment["PULUMI_BACKEND_URL"], stack.name))
    for lock in locks:
        if lock.host != socket.gethostname():
            raise OperateError(
                f"stack {stack.name} is locked by pid {lock.pid} on host {lock.host} since {lock.since:%F %T}, which "
                "cannot be looked at from here; if it is dead, run `pulumi cancel` in `make shell`"
            )
        if lives(lock):
            raise OperateError(
                f"stack {stack.name} is being changed by pid {lock.pid} since {lock.since:%F %T}, perhaps a plain "
                "`pulumi up`; wait for it to end, or end it"
            )
    if locks:
        print("removing the engine's lock of a dead process", flush=True)
        engine.ask("cancel", "--yes")


def lives(lock: EngineLock) -> bool:
    """Whether the process that made a lock still runs; a younger process may have got its number."""
    started = processes.started_at(lock.pid)
    return started is not None and started <= lock.since.timestamp() and processes.alive(lock.pid)


def engine_locks(backend: str, stack: str) -> Iterable[EngineLock]:
    """The locks on a stack in a file backend; other backends keep theirs to themselves, or have none."""
    if not backend.startswith("file://"):
        return
    root = Path(os.path.expanduser(backend.removeprefix("file://")))  # noqa: PTH111 - as Pulumi reads it
    for file in sorted((root / ".pulumi" / "locks").glob(f"*/{PROJECT}/{stack}/*.json")):
        content = json.loads(file.read_text())
        yield EngineLock(
            file=file,
            pid=content["pid"],
            host=content["hostname"],
            since=datetime.fromisoformat(content["timestamp"]),
        )


def forget_pending(engine: Engine) -> None:
    """Drop interrupted operations from Pulumi's state where they can be repeated; raises OperateError otherwise."""
    exported = json.loads(engine.ask("stack", "export"))
    deployment: dict[str, Any] = exported.get("deployment") or {}
    pending = deployment.get("pending_operations") or []
    if not pending:
        return
    doubtful = [urn for urn in map(urn_of, filter(creates, pending)) if not repeatable(urn)]
    if doubtful:
        raise OperateError(
            f"the creation of {', '.join(doubtful)} was interrupted, and it may exist unknown to Pulumi; look for "
            "it, then run `pulumi refresh` in `make shell`, which asks whether to import or forget it"
        )
    deployment["pending_operations"] = []
    print(f"forgetting {len(pending)} interrupted operations: they are repeated", flush=True)
    engine.ask("stack", "import", stdin=json.dumps(exported))


def creates(operation: dict[str, Any]) -> bool:
    """Whether an interrupted operation may have made something that the state does not have."""
    return operation.get("type") == "creating"


def urn_of(operation: dict[str, Any]) -> str:
    """The URN of an interrupted operation's resource."""
    return str(operation["resource"]["urn"])


def repeatable(urn: str) -> bool:
    """Whether creating this resource once more does no harm."""
    kind = urn.split("::")[2].rpartition("$")[2]
    return kind.startswith(REPEATABLE)
