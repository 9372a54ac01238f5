"""`make init`: a stack's secrets, made once."""

from operate import lock, workplace
from operate.phases import Phases


def init(name: str, phases: Phases) -> None:
    """Make the secrets that the stack lacks; what is there is never replaced."""
    place = workplace.open_workplace(name, phases)
    with lock.brief(place.stack.directory / "settings.lock"):
        workplace.initialise(place)
    print(f"stack {name} has all its secrets; keep a copy of {place.stack.directory}")
