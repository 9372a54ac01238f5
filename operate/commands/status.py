"""`make status`: what runs, what does not, and why."""

import os
import shutil
from pathlib import Path

from bundle.cache import state_dir
from operate import stack
from operate.commands.clean import resources
from operate.failure import OperateError
from operate.phases import Phases
from operate.status.collect import NOT_DEPLOYED, collect
from operate.status.deployment import not_deployed
from operate.status.render import as_json, as_text
from operate.status.report import judge
from operate.status.sections import SECTIONS
from operate.workplace import look_at

DEGRADED = 1
ELSEWHERE = (120, 40)
"""Columns and rows where there is no terminal."""


def status(name: str, *, machine: bool) -> int:
    """Print the screen, or JSON for a `machine`; 0 is healthy, 1 degraded. Raises OperateError without a deployment."""
    refuse_absent(name)
    place = look_at(name, Phases(quiet=True))
    kinds = {kind for section in SECTIONS for kind in section.kinds}
    report = judge(collect(place, kinds), SECTIONS)
    columns, _ = shutil.get_terminal_size(ELSEWHERE)
    print(as_json(report) if machine else as_text(report, columns), end="", flush=True)
    return 0 if report.healthy else DEGRADED


def refuse_absent(name: str) -> None:
    """Raises OperateError for a stack that this machine's own state lacks: no tool chain is built to see that."""
    stack.find(name, Path.cwd())
    if "PULUMI_BACKEND_URL" not in os.environ and not dict(resources(state_dir())).get(name):
        raise OperateError(not_deployed(name), code=NOT_DEPLOYED)
