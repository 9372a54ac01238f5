"""The small bundle, with a stand-in for the go command's view of its one Go program."""

from pathlib import Path

import pytest

from bundle.sbom import programs
from tests.bundle.sbom import made


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a small bundle, whose Go program says what `made.PROGRAM` has."""

    def read(data: bytes) -> programs.Program | None:
        return made.PROGRAM if data == made.GO else None

    monkeypatch.setattr(programs, "read", read)
    return made.bundle(tmp_path)
