"""The kinds of recipes: what an item of a bundle can be made of, as data.

Owns the types. Does not own the items (recipes.py) nor how they are built (builder.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bundle.gomodule import GoModule
from bundle.image import Command


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

    `links` maps paths to what they point to, `pipes` are named pipes.
    """

    files: Mapping[str, Content] = field(default_factory=dict)
    packages: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    pipes: tuple[str, ...] = ()
    command: Command = field(default_factory=Command)
    origin: str = ""
    """What it was made from, for its label and the manifest."""


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
