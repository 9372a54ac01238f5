"""Which pulumi a stack is run with.

Owns the choice: the lab's tool chain, with its exact versions, for local stacks; for production the machine's own
pulumi when it is new enough. Does not own making a tool chain: that is `lab/toolchain`.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from operate import subprograms
from operate.environment import ToolChain
from operate.failure import OperateError

OLDEST: Final = (3, 259)
"""The first engine known to take every option from PULUMI_OPTION_…, which the commands rely on."""


def choose(provider: str) -> ToolChain:
    """The tool chain for a stack of machines from this provider. Raises OperateError if there can be none."""
    if provider != "local" and new_enough(shutil.which("pulumi")):
        return ToolChain(directory=None)
    if provider == "aws":
        raise OperateError(
            "machines in EC2 need Pulumi's own AWS plugin, which no tool chain here can build: install pulumi "
            f"{OLDEST[0]}.{OLDEST[1]} or newer (https://www.pulumi.com/docs/install/) on the PATH"
        )
    return ToolChain(directory=Path(subprograms.tool_chain()))


def new_enough(pulumi: str | None) -> bool:
    """Whether a pulumi program can be run and is not older than what the commands rely on."""
    if pulumi is None:
        return False
    done = subprocess.run([pulumi, "version"], check=False, capture_output=True, text=True)
    return at_least(done.stdout, OLDEST)


def at_least(printed: str, oldest: tuple[int, int]) -> bool:
    """Whether `pulumi version` printed a release that is not older than major and minor of `oldest`."""
    found = re.match(r"v(\d+)\.(\d+)\.", printed.strip())
    return found is not None and (int(found[1]), int(found[2])) >= oldest


def built(cache: Path) -> bool:
    """Whether a tool chain has been built before: the estimate of disk space depends on it."""
    return any((cache / "toolchain").glob("[0-9a-f]*"))
