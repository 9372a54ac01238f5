"""`make init`: a stack's secrets, made once."""

from components.machines.local import public_half
from operate import lock, workplace
from operate.phases import Phases


def init(name: str, phases: Phases) -> None:
    """Make the secrets that the stack lacks; what is there is never replaced."""
    place = workplace.open_workplace(name, phases)
    with lock.brief(place.stack.directory / "settings.lock"):
        workplace.initialise(place)
        key = place.engine.ask("config", "get", "appliance:sshPrivateKey")
    print(f"its SSH public key, for the hosts' authorized_keys:\n{public_half(key)}")
    print(f"stack {name} has all its secrets; keep a copy of {place.stack.directory}")
