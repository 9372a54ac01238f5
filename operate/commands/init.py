"""`make init`: a stack's secrets, made once."""

from components.machines.local import public_half
from operate import agent, lock, settings, workplace
from operate.failure import OperateError
from operate.phases import Phases
from operate.stack import Stack


def init(name: str, phases: Phases, *, own_agent: bool) -> None:
    """Make the secrets that the stack lacks; what is there is never replaced.

    `own_agent` leaves out the SSH key: the hosts' key is in an agent of the user's. Raises OperateError when the stack
    has a key, which would win.
    """
    place = workplace.open_workplace(name, phases)
    if own_agent:
        refuse_key(place.stack)
    without = frozenset({"sshPrivateKey"}) if own_agent else frozenset[str]()
    with lock.brief(place.stack.directory / "settings.lock"):
        workplace.initialise(place, without=without)
    if has_key(place.stack):
        key = place.engine.ask("config", "get", agent.KEY)
        print(f"its SSH public key, for the hosts' authorized_keys:\n{public_half(key)}")
    print(f"stack {name} has all its secrets; keep a copy of {place.stack.directory}")


def has_key(stack: Stack) -> bool:
    """Whether the stack has an SSH key of its own."""
    return agent.KEY in settings.keys(stack.settings.read_text())


def refuse_key(stack: Stack) -> None:
    """Raise OperateError for a stack with a key of its own: nobody but its user knows whether hosts still need it."""
    if has_key(stack):
        raise OperateError(
            f"stack {stack.name} has an SSH key of its own, which would be used and not your agent's; once your hosts "
            f"take a key of your agent, remove it: echo pulumi config rm {agent.KEY} | make shell STACK={stack.name}"
        )
