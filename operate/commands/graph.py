"""`make graph`: a page of the stack as built: its layers and resources, what waits for what, and where time went."""

from pathlib import Path
from typing import Final

from operate import last_up, settings
from operate.commands.status import refuse_absent
from operate.failure import OperateError
from operate.graph import state
from operate.graph.page import page
from operate.graph.picture import picture_of
from operate.phases import Phases
from operate.status.collect import NOT_DEPLOYED
from operate.status.deployment import not_deployed
from operate.workplace import look_at

NAME: Final = "graph.html"


def graph(name: str, out: Path | None) -> None:
    """Write the page and print the file's name. Raises OperateError, with the code of status without a deployment."""
    refuse_absent(name)
    place = look_at(name, Phases(quiet=True))
    found = state.read(place.engine.ask("stack", "export"), name)
    if not found.resources:
        raise OperateError(not_deployed(name), code=NOT_DEPLOYED)
    text = page(picture_of(found, last_up.load(place.stack.directory)))
    file = out or place.stack.directory / NAME
    try:
        settings.write(file, text)
    except OSError as fault:
        raise OperateError(f"the page cannot be written: {fault}; choose OUT=…") from None
    print(file)
