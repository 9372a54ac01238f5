"""`make init`: a stack's secrets, made once."""

from components.machines.local import public_half
from operate import agent, lock, settings, workplace
from operate.phases import Phases


def init(name: str, phases: Phases, *, own_agent: bool) -> None:
    """Make the secrets that the stack lacks; what is there is never replaced.

    `own_agent` leaves out the SSH key: the hosts' key is in an agent of the user's.
    """
    place = workplace.open_workplace(name, phases)
    without = frozenset({"sshPrivateKey"}) if own_agent else frozenset[str]()
    with lock.brief(place.stack.directory / "settings.lock"):
        workplace.initialise(place, without=without)
    if agent.KEY in settings.keys(place.stack.settings.read_text()):
        key = place.engine.ask("config", "get", agent.KEY)
        print(f"its SSH public key, for the hosts' authorized_keys:\n{public_half(key)}")
    print(f"stack {name} has all its secrets; keep a copy of {place.stack.directory}")
