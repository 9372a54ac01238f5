"""`make drift`: what hosts and cluster objects are that the stack does not say."""

from operate.commands.status import refuse_absent
from operate.drift.collect import collect
from operate.drift.judgements import JUDGEMENTS
from operate.drift.render import as_json, as_text
from operate.drift.report import judge
from operate.phases import Phases
from operate.workplace import look_at


def drift(name: str, *, machine: bool) -> int:
    """Print the table, or JSON for a `machine`. Raises OperateError without a deployment.

    0 is no drift, 2 is drift, 1 something that could not be asked, whatever else was seen.
    """
    refuse_absent(name)
    report = judge(collect(look_at(name, Phases(quiet=True))), JUDGEMENTS)
    print(as_json(report) if machine else as_text(report), end="", flush=True)
    return report.code
