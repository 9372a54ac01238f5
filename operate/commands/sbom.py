"""`make sbom`: the bill of materials of what a stack installs."""

import json
from pathlib import Path

from operate import subprograms, workplace
from operate.commands.bundle import required_bundle
from operate.phases import Phases
from stacks.needs import needs

NAME = "sbom.cdx.json"


def sbom(name: str, phases: Phases, output: Path | None) -> None:
    """Write the bill of materials of a stack's bundle, building that if need be, and print the file's name."""
    stack, configuration = workplace.read(name)
    directory = required_bundle(name, configuration, phases)
    file = output or stack.directory / NAME
    with phases.phase("bill of materials"):
        items = json.dumps(needs(configuration))
        text = subprograms.call("bundle", "sbom", str(directory), "--items", "-", stdin=items)
        file.write_text(text + "\n")
    print(file)
