"""`make check-hosts`: every fault of every host that the stack is to use, before anything is changed on any."""

from components.certificates import fingerprint
from operate import settings
from operate.agent import logged_in
from operate.commands.check_account import check_account
from operate.failure import OperateError
from operate.hosts.facts import Cluster
from operate.hosts.inspection import Inspection, inspect
from operate.phases import Phases
from operate.stack import PROJECT
from operate.workplace import Workplace, open_workplace

AUTHORITY = f"{PROJECT}:caCertificate"


def check_hosts(name: str, phases: Phases) -> None:
    """Print the table of a stack's hosts. Raises OperateError if one of them cannot be used."""
    opened = open_workplace(name, phases)
    if opened.configuration.hosts.provider == "aws":
        check_account(opened)
        return
    if opened.local:
        raise OperateError(
            f"stack {name} makes its hosts itself (hosts.provider is local), so there are none to check before "
            "`make up`; `python -m lab.hosts check` looks at this machine"
        )
    inspection = inspected(opened)
    print(inspection.text, flush=True)
    refuse(inspection)


def require_hosts(opened: Workplace) -> None:
    """The same as a step of another command: hosts that are fine are not listed."""
    inspection = inspected(opened)
    if inspection.findings:
        print(inspection.text, flush=True)
    refuse(inspection)


def inspected(opened: Workplace) -> Inspection:
    """Log in and look at the stack's hosts."""
    with logged_in(opened) as place, place.phases.phase("hosts"):
        return inspect(place.configuration, cluster(place), place.engine.environment)


def cluster(place: Workplace) -> Cluster:
    """What the stack's own hosts carry as their cluster."""
    name = place.configuration.kubernetes.cluster_name
    if AUTHORITY not in settings.keys(place.stack.settings.read_text()):
        return Cluster(name=name, fingerprint=None)
    certificate = place.engine.ask("config", "get", AUTHORITY, cwd=place.stack.project)
    return Cluster(name=name, fingerprint=fingerprint(certificate))


def refuse(inspection: Inspection) -> None:
    """OperateError if one of the hosts has a fault."""
    if inspection.faults:
        raise OperateError(
            "hosts cannot be used; the table above says why, and nothing was changed on any of them"
        )
