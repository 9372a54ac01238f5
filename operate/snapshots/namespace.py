"""The application's namespace in a running cluster, through kubectl.

Owns calling it. Does not own what is asked.
"""

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operate.failure import OperateError

Object = Mapping[str, Any]

ANSWER: Final = 60
"""Seconds for an answer; a busy server of a small machine takes a few."""
INTERVAL: Final = 1.0
MANAGER: Final = "appliance-restore"
"""Who changes workloads here. What it changed it gives back: nothing stays its own."""


@dataclass(frozen=True, kw_only=True)
class Namespace:
    """The namespace of this name, in the cluster of the kubeconfig that `environment` names."""

    name: str
    environment: Mapping[str, str]

    def kubectl(self, *words: str, stdin: str = "", limit: float = ANSWER) -> str:
        """What kubectl prints. Raises OperateError with its last words."""
        command = ["kubectl", "-n", self.name, *words]
        try:
            done = subprocess.run(
                command,
                env=dict(self.environment),
                input=stdin,
                capture_output=True,
                text=True,
                check=False,
                timeout=limit,
            )
        except subprocess.TimeoutExpired:
            raise OperateError(
                f"the cluster gave no answer to kubectl {words[0]} within {limit:.0f} s; see make status"
            ) from None
        if done.returncode != 0:
            last = next(reversed(done.stderr.strip().splitlines()), "it did not say why")
            raise OperateError(f"kubectl {words[0]} failed: {last}")
        return done.stdout

    def one(self, kind: str, name: str) -> Object | None:
        """An object; None if it is not there."""
        text = self.kubectl("get", kind, name, "--ignore-not-found", "-o", "json")
        return json.loads(text) if text.strip() else None

    def all(self, kinds: str) -> list[Object]:
        """The objects of some kinds."""
        found: list[Object] = json.loads(self.kubectl("get", kinds, "-o", "json"))["items"]
        return found

    def create(self, body: Object) -> None:
        """Makes an object."""
        self.kubectl("create", "-f", "-", stdin=json.dumps(body))

    def patch(self, kind: str, name: str, change: Object) -> None:
        """Changes an object, key by key; a key whose value is None goes."""
        words = ("patch", kind, name, "--type=merge", f"--field-manager={MANAGER}")
        self.kubectl(*words, "-p", json.dumps(change))

    def delete(self, kind: str, name: str) -> None:
        """Deletes an object with all that it made, and waits until it is gone."""
        words = ("delete", kind, name, "--ignore-not-found", "--cascade=foreground")
        self.kubectl(*words, "--timeout=120s", limit=150)


def wait(ready: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Asks again and again until something is so. Raises OperateError with the sentence when the time is over."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise OperateError(otherwise)
        time.sleep(INTERVAL)
