"""The kinds of recipes: what an item of a bundle can be made of, as data.

Owns the types. Does not own the items (recipes.py) nor how they are built (builder.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bundle.gomodule import GoModule
from bundle.image import Command
from bundle.root import Root


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program of a Go module."""

    module: GoModule
    binary: str


@dataclass(frozen=True, kw_only=True)
class CSource:
    """A static program from C source of our own."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Text:
    """A file with this text."""

    text: str


@dataclass(frozen=True, kw_only=True)
class ModuleFile:
    """A file out of a Go module that `of` pins, with replacements old → new that must fit exactly once."""

    of: GoModule
    module: str
    path: str
    edits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class WheelFile:
    """A file out of a Python wheel; the wheel's SHA-256 is part of the recipe."""

    requirement: str
    sha256: str
    path: str


Content = Program | CSource | Text | ModuleFile | WheelFile


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image: a root of Debian packages below (none: an empty one), and files (path → content) above it.

    `packages` alone are a whole root of the usual release; a `Root` is another one. `links` maps paths to what they
    point to, `pipes` are named pipes.
    """

    files: Mapping[str, Content] = field(default_factory=dict)
    packages: tuple[str, ...] | Root = ()
    links: Mapping[str, str] = field(default_factory=dict)
    pipes: tuple[str, ...] = ()
    command: Command = field(default_factory=Command)
    origin: str = ""
    """What it was made from, for its label and the manifest."""

    @property
    def root(self) -> Root | None:
        """What lies below its files."""
        if isinstance(self.packages, Root):
            return self.packages
        return Root(packages=self.packages) if self.packages else None


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """An image pulled from its registry by digest."""

    reference: str


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """Files for hosts: title → content."""

    files: Mapping[str, Content]
    origin: str


@dataclass(frozen=True, kw_only=True)
class PackageSet:
    """The Debian packages that a host which has `base` lacks for `packages`."""

    base: tuple[str, ...]
    packages: tuple[str, ...]
    origin: str


Recipe = Image | Pulled | Artifact | PackageSet


def labels(version: str, origin: str) -> Mapping[str, str]:
    """What an image says of itself."""
    return {
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.description": origin,
    }


def static(module: GoModule, binary: str, path: str, version: str) -> Image:
    """An image of one static program and nothing else."""
    origin = f"built from the Go module of {module.name} {version}"
    return Image(
        files={path: Program(module=module, binary=binary)},
        command=Command(entrypoint=(f"/{path}",), labels=labels(version, origin)),
        origin=origin,
    )


def manifests(
    of: GoModule, module: str, version: str, directory: str, names: tuple[str, ...]
) -> Artifact:
    """Upstream manifests: files of one directory of a Go module, as they are; nothing is compiled for them."""
    files = {name: ModuleFile(of=of, module=module, path=f"{directory}/{name}") for name in names}
    return Artifact(files=files, origin=f"{directory} of the Go module of {of.name} {version}")
