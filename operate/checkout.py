"""What the program consists of: the part of a checkout that is read when a stack comes up.

Owns the list of it, and a second checkout of it elsewhere, for those who bring stacks up that nobody keeps. Does not
own stack files, which the list leaves out.
"""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[1]
PROGRAM: Final = (
    "Pulumi.yaml",
    "__main__.py",
    "requirements.txt",
    "requirements-dev.txt",
    "components",
    "stacks",
    "bundle",
    "lab",
    "operate",
    "review",
)


def copy(directory: Path) -> None:
    """The program as it is now in a directory: an edit during a long run is not taken for a change of its stack."""
    for name in PROGRAM:
        source = REPOSITORY / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, directory / name, ignore=ignored)
        else:
            shutil.copyfile(source, directory / name)


def link(directory: Path, without: Collection[str] = ()) -> None:
    """The program in a directory by links to this checkout, `without` what a caller puts there itself."""
    for name in PROGRAM:
        if name not in without:
            (directory / name).symlink_to(REPOSITORY / name)
