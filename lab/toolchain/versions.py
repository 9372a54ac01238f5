"""The versions in `versions.toml`, typed."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("versions.toml")


@dataclass(frozen=True, kw_only=True)
class Versions:
    """One version a tool, without a leading `v`."""

    pulumi: str
    language_python: str
    provider_kubernetes: str
    provider_command: str
    kubectl: str


def load(file: Path = FILE) -> Versions:
    """Read the versions. Raises TypeError if the file lacks one or has one too many."""
    values = tomllib.loads(file.read_text())
    return Versions(**{key.replace("-", "_"): value for key, value in values.items()})
