"""`make bundle`: the stack's bundle, built if need be."""

from pathlib import Path

from operate import workplace
from operate.failure import OperateError
from operate.phases import Phases
from stacks.config import Configuration


def bundle(name: str, phases: Phases) -> None:
    """Print the directory of the stack's bundle. Raises OperateError for a stack that has none."""
    print(required_bundle(name, workplace.read(name)[1], phases))


def required_bundle(name: str, configuration: Configuration, phases: Phases) -> Path:
    """The directory of a stack's bundle. Raises OperateError for a stack that has none."""
    found = workplace.bundle_of(configuration, phases)
    if found is None:
        raise OperateError(
            f"stack {name} is installed from the vendors' repositories and has no bundle; "
            "set airgap.bundle to local for one"
        )
    return found
