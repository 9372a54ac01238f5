"""`make rewrite`: the rewrites of the appliance for YAML of any vendor, from stdin to stdout.

Owns what the options mean, the report's file and the exit code. Does not own the rewrites. It needs no stack and no
Pulumi.
"""

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from components.application.rewrites.composition import RewriteSettings
from components.application.rewrites.images import PULL_SECRET, ImageSettings
from components.application.rewrites.report import JSON, MARKDOWN, Line, Writer
from components.application.rewrites.shared_filesystem import SharedFilesystemSettings
from components.application.rewrites.snapshot_container import SnapshotContainer
from components.application.rewrites.snapshots import SnapshotSettings
from components.application.rewrites.storage_class import StorageClassSettings
from components.application.rewrites.stream import Stream
from components.manifest.body import groups_at, text_at, value_at
from components.manifest.image import ImageReferenceError, parse
from operate.failure import OperateError

NEEDED: Final = {
    "closed": "registry",
    "allow": "registry",
    "shared_class": "storage_class",
    "live_claims": "storage_class",
}
"""Options that say more about another one."""


def rewrite(given: argparse.Namespace) -> int:
    """Rewrite stdin to stdout; 1 if something was refused, which is then said on stderr. Raises OperateError."""
    settings = settings_of(given)
    # YAML is UTF-8, whatever the terminal's own language says.
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
    with reporter(given.report) as report:
        stream = Stream(
            settings=settings,
            report=report,
            complain=lambda fault: print(f"error: {fault}", file=sys.stderr),
        )
        try:
            for piece in stream.run(lines_of(sys.stdin.buffer)):
                sys.stdout.write(piece)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever reads has seen enough; Python would complain again when it closes the stream.
            sys.stdout = io.StringIO()
            return 1
    counts = stream.counts
    print(
        f"rewrite: {counts.documents} documents, {counts.changed} changed, {counts.left} values left alone, "
        f"{counts.faults} faults",
        file=sys.stderr,
    )
    return 1 if counts.faults else 0


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """The lines of UTF-8 text. Raises OperateError where it is none."""
    try:
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            yield line if line.endswith("\n") else f"{line}\n"
    except UnicodeDecodeError as fault:
        raise OperateError(f"stdin is no UTF-8: {fault.reason}") from None


def settings_of(given: argparse.Namespace) -> RewriteSettings:
    """The settings of each rule that the options switch on. Raises OperateError for half of what one needs."""
    together(given, "shared_filesystem", "check_image")
    together(given, "snapshot_claim", "snapshot_image", "snapshot_secret")
    for name, other in NEEDED.items():
        if getattr(given, name) and not getattr(given, other):
            raise OperateError(f"{option(name)} means nothing without {option(other)}", code=2)
    if given.registry:
        refuse_registry(given.registry)
    return RewriteSettings(
        images=ImageSettings(
            registry=given.registry.rstrip("/"),
            allowed=tuple(given.allow),
            pull_secret=PULL_SECRET if given.pull_secret is None else given.pull_secret,
            closed=given.closed,
        )
        if given.registry
        else None,
        storage_class=StorageClassSettings(
            name=given.storage_class,
            shared=given.shared_class,
            live=live_claims(given.live_claims) if given.live_claims else {},
            namespace=given.namespace,
        )
        if given.storage_class
        else None,
        shared_filesystem=SharedFilesystemSettings(
            storage_class=given.shared_filesystem, image=given.check_image
        )
        if given.shared_filesystem
        else None,
        snapshots=SnapshotSettings(
            claims=frozenset(given.snapshot_claim),
            container=SnapshotContainer(image=given.snapshot_image, secret=given.snapshot_secret),
            native=given.snapshot_jobs,
        )
        if given.snapshot_claim
        else None,
        autoscaled=frozenset() if given.replicas else None,
        namespace=given.namespace,
    )


def together(given: argparse.Namespace, *names: str) -> None:
    """Raises OperateError if some of the options are given and others are not."""
    missing = [option(name) for name in names if not getattr(given, name)]
    if missing and len(missing) < len(names):
        raise OperateError(f"{' and '.join(missing)} must be given too", code=2)


def option(name: str) -> str:
    """An option as it is written."""
    return f"--{name.replace('_', '-')}"


def refuse_registry(given: str) -> None:
    """Raises OperateError if no image can be of such a registry."""
    try:
        parse(f"{given.rstrip('/')}/docker.io/library/name:1")
    except ImageReferenceError:
        sentence = f"--registry {given} is no HOST[:PORT][/PATH], such as 10.100.100.101:9874"
        raise OperateError(sentence, code=2) from None


def live_claims(file: Path) -> Mapping[tuple[str, str], str | None]:
    """The claims that a cluster has, from what kubectl says of them. Raises OperateError."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError) as fault:
        raise OperateError(f"{file} is no list of claims as JSON: {fault}", code=2) from None
    return {
        (text_at(one, "metadata", "namespace"), text_at(one, "metadata", "name")): text_at(
            one, "spec", "storageClassName"
        )
        if isinstance(value_at(one, "spec", "storageClassName"), str)
        else None
        for one in groups_at(found, "items")
    }


@contextmanager
def reporter(file: Path | None) -> Iterator[Callable[[Line], None]]:
    """What takes a line of the report: each is written as it comes, so that the report may be longer than memory."""
    if file is None:
        yield lambda _: None
        return
    try:
        stream = file.open("w", encoding="utf-8")
    except OSError as fault:
        raise OperateError(f"the report cannot be written: {fault}", code=2) from None
    with stream:
        writer = Writer(stream, JSON if file.suffix == ".json" else MARKDOWN)
        yield writer.add
        writer.end()
