"""`make check-hosts` for machines in EC2: whether the account has what the stack asks of it."""

from components.certificates import fingerprint
from operate import settings
from operate.failure import OperateError
from operate.stack import PROJECT
from operate.workplace import Workplace

AUTHORITY = f"{PROJECT}:caCertificate"


def check_account(place: Workplace) -> None:
    """Ask the account, and say that nothing is wrong. Raises OperateError with every fault."""
    require_account(place)
    aws = place.configuration.hosts.aws
    region = aws.region if aws else ""
    print(f"the account has what stack {place.stack.name} asks of it in {region}", flush=True)


def require_account(place: Workplace) -> None:
    """The same as a step of another command."""
    # boto3 is for stacks in EC2 only, and takes its time to be imported.
    from operate.cloud.look import account  # noqa: PLC0415
    from operate.cloud.rules import faults  # noqa: PLC0415
    from operate.cloud.wishes import wishes  # noqa: PLC0415

    configuration = place.configuration
    aws = configuration.hosts.aws
    if aws is None:
        raise AssertionError("only stacks in EC2 have an account to look at")
    with place.phases.phase("account"):
        wanted = wishes(configuration, aws)
        said = account(
            configuration.hosts, aws, cluster=wanted.cluster, authority=own_authority(place)
        )
        found = faults(wanted, said)
    if found:
        lines = "\n".join(f"{place.stack.tracked.name}: {fault}" for fault in found)
        raise OperateError(
            f"{lines}\nthe account cannot give what is asked of it; nothing was made"
        )


def own_authority(place: Workplace) -> str | None:
    """The fingerprint that this stack's things are tagged with; None while it has no authority."""
    if AUTHORITY not in settings.keys(place.stack.settings.read_text()):
        return None
    return fingerprint(place.engine.ask("config", "get", AUTHORITY, cwd=place.stack.project))
