"""`python -m bundle`: build, lock, verify and list what a stack's bundle holds."""

import argparse
import json
import sys
from pathlib import Path

from bundle import go_toolchain, lock, verify
from bundle.builder import NotEnoughDiskError, UnknownItemError, assemble, build
from bundle.debian import DebianError
from bundle.go_toolchain import NoGoError
from bundle.gomodule import BuildError
from bundle.recipes import RECIPES

FAULTS = (BuildError, DebianError, NoGoError, NotEnoughDiskError, UnknownItemError)


def main(arguments: list[str]) -> int:
    """Runs one command; 0, or 1 with one sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m bundle", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("build", "build what is missing and print the bundle's directory"),
        ("lock", "build, and write the digests to the committed lock"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument(
            "--items",
            default="",
            help="a JSON list of names: a file, or - for standard input; else all",
        )
    commands.add_parser("list", help="the names that have a recipe")
    check = commands.add_parser(
        "verify", help="find any changed, missing or extra byte of a bundle"
    )
    check.add_argument("directory", type=Path)
    given = parser.parse_args(arguments)
    try:
        return _run(given)
    except FAULTS as fault:
        print(f"error: {fault}.", file=sys.stderr)
        return 1


def _run(given: argparse.Namespace) -> int:
    match given.command:
        case "build":
            print(bundle(_names(given.items)))
        case "lock":
            committed = lock.read(lock.COMMITTED)
            items = {item.name: item for item in build(_names(given.items), committed)}
            kept = {name: item for name, item in committed.items.items() if name in RECIPES}
            lock.write(lock.COMMITTED, go_toolchain.VERSION, {**kept, **items})
            print(lock.COMMITTED)
        case "list":
            print("\n".join(RECIPES))
        case "verify":
            faults = verify.faults(given.directory)
            print("\n".join(faults) or f"{given.directory} is as it was built")
            return 1 if faults else 0
    return 0


def bundle(names: list[str]) -> Path:
    """The directory of the bundle. Where Debian has moved on since the lock, this machine gets a lock of its own."""
    current = lock.load()
    items = build(names, current)
    moved = [item for item in items if current.items.get(item.name) != item]
    if moved:
        for item in moved:
            print(
                f"{item.name} differs from {current.path}: {_difference(current, item)}",
                file=sys.stderr,
            )
        everything = {**current.items, **{item.name: item for item in items}}
        lock.write(lock.local_path(), go_toolchain.VERSION, everything, lock.committed_digest())
        print(
            f"{lock.local_path()} holds on this machine; python -m bundle lock commits it",
            file=sys.stderr,
        )
    return assemble(items, current, go_toolchain.VERSION)


def _difference(current: lock.Lock, item: lock.Item) -> str:
    if item.name not in current.items:
        return "it was not locked"
    before = current.items[item.name].packages
    changed = [
        f"{name} {before.get(name, '-')} → {version}"
        for name, version in item.packages.items()
        if before.get(name) != version
    ]
    return ", ".join(changed) or "equal inputs, other bytes"


def _names(items: str) -> list[str]:
    if not items:
        return list(RECIPES)
    text = sys.stdin.read() if items == "-" else Path(items).read_text()
    return [str(name) for name in json.loads(text)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
