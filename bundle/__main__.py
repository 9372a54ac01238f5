"""`python -m bundle`: build, lock, verify and list what a stack's bundle holds, and write its bill of materials."""

import argparse
import dataclasses
import json
import shutil
import sys
from pathlib import Path

from bundle import application, fetch, go_toolchain, lock, verify
from bundle.application import OtherBytesError
from bundle.builder import NotEnoughDiskError, UnknownItemError, assemble, build
from bundle.cache import cache_dir
from bundle.debian import DebianError
from bundle.go_toolchain import NoGoError
from bundle.gomodule import BuildError
from bundle.lock import MissingFromLockError
from bundle.manifests import ManifestError
from bundle.recipes import RECIPES
from bundle.sbom.command import NotInBundleError, sbom, write_licences
from bundle.sbom.programs import UnreadableProgramError

FAULTS = (
    BuildError,
    DebianError,
    ManifestError,
    MissingFromLockError,
    NoGoError,
    NotEnoughDiskError,
    NotInBundleError,
    OtherBytesError,
    UnknownItemError,
    UnreadableProgramError,
)


def main(arguments: list[str]) -> int:
    """Runs one command; 0, or 1 with one sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m bundle", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("build", "build what is missing and print the bundle's directory"),
        ("lock", "build, and write the digests to the committed lock"),
        ("manifests", "put upstream manifests into the cache, where the Pulumi program reads them"),
        ("sbom", "print a bundle's bill of materials (CycloneDX, JSON)"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument(
            "--items",
            default="",
            help="a JSON list of names: a file, or - for standard input; else all",
        )
    of_release = commands.add_parser(
        "application", help="build an application's bundle and print its directory"
    )
    of_release.add_argument("--lock", type=Path, required=True, help="the application's own lock")
    of_release.add_argument(
        "--write",
        action="store_true",
        help="write the lock first: standard input is a JSON object of names and references",
    )
    commands.add_parser("list", help="the names that have a recipe")
    commands.add_parser("licences", help="write the committed table of Go modules' licences anew")
    commands.add_parser("verify", help="find any changed, missing or extra byte of a bundle")
    for name in ("sbom", "verify"):
        commands.choices[name].add_argument("directory", type=Path, help="a bundle's directory")
    of = commands.choices["manifests"]
    of.add_argument("--bundle", type=Path, help="a bundle's directory to take them from")
    of.add_argument("--lock", type=Path, help="the lock that they must be of; else the usual one")
    commands.choices["lock"].add_argument(
        "--refresh",
        action="store_true",
        help="take the packages that Debian serves today, not those of the lock",
    )
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
            write_lock(_names(given.items), refresh=given.refresh)
            print(lock.COMMITTED)
        case "application":
            if given.write:
                application.write_lock(json.load(sys.stdin), given.lock)
            print(application.bundle(lock.read(given.lock)))
        case "list":
            print("\n".join(RECIPES))
        case "manifests":
            wanted = _names(given.items) if given.items else fetch.names()
            fetch.fetch(wanted, lock.load(given.lock), given.bundle)
        case "sbom":
            print(sbom(given.directory, _names(given.items) if given.items else ()), end="")
        case "licences":
            print(write_licences())
        case "verify":
            faults = verify.faults(given.directory)
            print("\n".join(faults) or f"{given.directory} is as it was built")
            return 1 if faults else 0
    return 0


def write_lock(names: list[str], *, refresh: bool) -> None:
    """Builds the items and writes their digests to the committed lock; items without a recipe leave it."""
    committed = lock.read(lock.COMMITTED)
    asked = committed
    if refresh:
        shutil.rmtree(cache_dir() / "roots", ignore_errors=True)
        asked = dataclasses.replace(committed, items={})
    made = {one.item.name: one.item for one in build(names, asked)}
    kept = {name: item for name, item in committed.items.items() if name in RECIPES}
    lock.write(lock.COMMITTED, go_toolchain.VERSION, {**kept, **made})


def bundle(names: list[str]) -> Path:
    """The directory of the bundle, whole: what was damaged since it was built is built anew. Raises BuildError."""
    return verify.whole(lambda: _bundle(names))


def _bundle(names: list[str]) -> Path:
    """Builds. Where Debian has moved on since the lock, this machine gets a lock of its own."""
    current = lock.load()
    built = build(names, current)
    items = [one.item for one in built]
    moved = [item for item in items if not _is_locked(current, item)]
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
    return assemble(built, go_toolchain.VERSION)


def _is_locked(current: lock.Lock, item: lock.Item) -> bool:
    return item.name in current.items and current.items[item.name].digest == item.digest


def _difference(current: lock.Lock, item: lock.Item) -> str:
    if item.name not in current.items:
        return "it was not locked"
    before = current.items[item.name].packages
    changed = [
        f"{name} {before.get(name, '-')} → {version}"
        for name, version in item.packages.items()
        if before.get(name) != version
    ]
    if current.items[item.name].inputs != item.inputs:
        changed = changed or ["its recipe changed"]
    return ", ".join(changed) or "equal inputs, other bytes: another C compiler?"


def _names(items: str) -> list[str]:
    if not items:
        return list(RECIPES)
    text = sys.stdin.read() if items == "-" else Path(items).read_text()
    return [str(name) for name in json.loads(text)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
