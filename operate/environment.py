"""The environment variables in which a stack's commands run: of pulumi, of its plugins and of a person's shell.

Owns which variables there are and which of the user's own win. Does not own the files they name.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operate.stack import Stack

RUN = "APPLIANCE_RUN"
"""Marks every process of one command, so that what a killed command left behind can be told from anything else."""


@dataclass(frozen=True, kw_only=True)
class ToolChain:
    """Where the programs are: `directory` with `bin/` and `home/`, or None for what the machine itself has."""

    directory: Path | None

    @property
    def home(self) -> Path | None:
        """The PULUMI_HOME of this tool chain."""
        return None if self.directory is None else self.directory / "home"


def environment(
    given: Mapping[str, str],
    *,
    stack: Stack,
    state: Path,
    tool_chain: ToolChain,
    programs: Path,
    bundle: Path | None = None,
) -> dict[str, str]:
    """The whole environment: what the user gave, with what the stack needs.

    `state` is the state directory of this machine, `programs` the directory of the Python environment's programs. The
    user's own backend and passphrase win; which stack, settings and tools are used does not depend on the user's.
    """
    made = {
        "PATH": search_path(given, tool_chain, programs),
        "KUBECONFIG": str(stack.kubeconfig),
        "PULUMI_STACK": stack.name,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # Every option of every pulumi command can be given this way; this one makes plain `pulumi up` in a shell right.
        "PULUMI_OPTION_CONFIG_FILE": str(stack.settings),
        **tools(given, tool_chain),
    }
    if bundle is not None:
        made["APPLIANCE_BUNDLE"] = str(bundle)
    if "PULUMI_BACKEND_URL" not in given:
        made["PULUMI_BACKEND_URL"] = f"file://{state / 'pulumi'}"
    if not any(
        given.get(name) for name in ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    ):
        made["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(stack.passphrase)
    return {**given, **made}


def tools(given: Mapping[str, str], tool_chain: ToolChain) -> dict[str, str]:
    """The variables that tie pulumi to a tool chain; none when the machine's own is used."""
    if tool_chain.home is None:
        return {}
    # A user's own backend may need the credentials that `pulumi login` left in the user's own PULUMI_HOME.
    own = Path(given.get("PULUMI_HOME") or Path(given.get("HOME", "/root")) / ".pulumi")
    credentials = given.get("PULUMI_CREDENTIALS_PATH", str(own))
    return {
        "PULUMI_HOME": str(tool_chain.home),
        "PULUMI_CREDENTIALS_PATH": credentials,
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def search_path(given: Mapping[str, str], tool_chain: ToolChain, programs: Path) -> str:
    """PATH with the Python environment and the tool chain before everything else, each once."""
    first = [str(programs)]
    if tool_chain.directory is not None:
        first.append(str(tool_chain.directory / "bin"))
    rest = [entry for entry in given.get("PATH", os.defpath).split(":") if entry not in first]
    return ":".join([*first, *rest])
