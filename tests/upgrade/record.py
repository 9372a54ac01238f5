"""`python -m tests.upgrade.record VERSION`: keeps the states that this program makes, to hold later ones against.

Owns the stacks that are recorded and how: the real engine and the real plugins bring them up, that of Kubernetes into
files and that of commands in words alone. Does not own what is kept of it (states.py), nor what stands for the hosts'
answers (review/stand_ins.py).
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Final

from operate import secrets, settings
from operate.checkout import REPOSITORY
from review.stand_ins import stand_ins
from stacks.config import Configuration
from stacks.needs import manifests, tracked
from tests.upgrade.site import Site, fetch_manifests
from tests.upgrade.stand_in import nothing_is_made
from tests.upgrade.states import STATES, Kept, cleaned, components, registered

STACKS: Final = {
    "core": REPOSITORY,
    "dev": REPOSITORY,
    "ha": REPOSITORY,
    "ssh": Path(__file__).with_name("stacks"),
}
"""The stacks by name, and where their files are."""
BELOW: Final = "appliance-state-"
"""What the names of the directories begin with that stacks are recorded in."""
NAMED: Final = re.compile(r"\bexamples/[\w./-]+")
"""Files that a stack's file names."""
ABSENT: Final = frozenset(
    f"appliance:machines:{name}"
    for name in ("AwsMachines", "Bastion", "SecurityGroups", "Vpc", "LoadBalancer")
)
"""Components of machines in EC2: no tool chain here has AWS's plugin."""


def configuration(site: Site) -> Configuration:
    """What the stack's file says."""
    with chdir(site.checkout):
        return tracked(site.name)


def record(kept: Kept, directory: Path, source: Path) -> None:
    """Brings a stack up out of its file in `source` with new dummy secrets, and keeps its state."""
    tracked_file = source / f"Pulumi.{kept.stack}.yaml"
    named = sorted(set(NAMED.findall(tracked_file.read_text())))
    files = {name: (REPOSITORY / name).read_bytes() for name in named}
    site = Site(kept.stack, directory)
    site.lay_out({tracked_file.name: tracked_file.read_bytes(), **files})
    wanted = configuration(site)
    fetch_manifests(manifests(wanted))
    settings.refresh(site.stack.tracked, site.stack.settings)
    site.ensure()
    secrets.initialise(site.stack, site.engine())
    with nothing_is_made(site.plugins, stand_ins(wanted), directory / "rendered") as variables:
        site.engine(**variables).operate("up", "--yes", "--skip-preview")
    exported = json.loads(site.engine().ask("stack", "export"))
    told = {site.stack.settings.name: site.stack.settings.read_bytes(), **files}
    kept.keep(cleaned(exported, site.checkout), told)


def unseen(version: str) -> Iterator[str]:
    """Components of the program that no stack of the version has."""
    states = (Kept(version, name).state() for name in STACKS)
    yield from sorted(registered() - components(states) - ABSENT)


def main(arguments: list[str]) -> int:
    """Record all stacks; 1 with a sentence where that would be worth less than it seems."""
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade.record", description=__doc__)
    parser.add_argument("version", help="the release that this program is, such as 1.2.0")
    parser.add_argument(
        "--again", action="store_true", help="in place of what is kept of it; before it is released"
    )
    given = parser.parse_args(arguments)
    whole = STATES / given.version
    if whole.exists() and not given.again:
        print(f"{whole} is there: what a release made stays as it was", file=sys.stderr)
        return 1
    shutil.rmtree(whole, ignore_errors=True)
    for name, source in STACKS.items():
        with tempfile.TemporaryDirectory(prefix=BELOW) as directory:
            record(Kept(given.version, name), Path(directory), source)
    if missed := tuple(unseen(given.version)):
        print(f"no stack has {', '.join(missed)}: let one in STACKS have it", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
