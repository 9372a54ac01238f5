"""The operator's kubeconfig out of the stack's state, before the stack has outputs: while its first `up` is at work.

Owns finding it there. Does not own its content, which the control plane's host says, nor writing it when an `up` ended
(commands/up.py).
"""

import json
from typing import Any, Final

from operate import settings
from operate.engine import Engine
from operate.stack import Stack

RESOURCE: Final = "::control-plane-kubeconfig"
"""How the URN of the resource ends that reads it from the first control plane."""


def bring(stack: Stack, engine: Engine) -> None:
    """Write the kubeconfig where there is none yet and the state already has one; else do nothing."""
    if stack.kubeconfig.exists():
        return
    exported = engine.ask("stack", "export", "--show-secrets")
    if (text := found(exported)) is not None:
        settings.write(stack.kubeconfig, text)


def found(exported: str) -> str | None:
    """The text in an export with secrets shown; None where no control plane has said it yet."""
    resources = (json.loads(exported).get("deployment") or {}).get("resources") or ()
    made: dict[str, Any] = next((one for one in resources if one["urn"].endswith(RESOURCE)), {})
    # A secret's value stands beside its mark as JSON.
    secret: dict[str, Any] = (made.get("outputs") or {}).get("stdout") or {}
    return str(json.loads(secret["plaintext"])) if "plaintext" in secret else None
