"""What docs/user/state.md says of backing up, bringing back and moving, with the real engine."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.operate.test_commands import REPOSITORY, Operator, operator

__all__ = ["operator"]

pytestmark = [pytest.mark.toolchain, pytest.mark.timeout(300)]

PAGE = (REPOSITORY / "docs" / "user" / "state.md").read_text()
UNCHANGED = re.compile(r"\b3 unchanged\b")


@dataclass
class WithBackend(Operator):
    """The same person, who has set a backend."""

    backend: Path = Path()

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "PULUMI_BACKEND_URL": f"file://{self.backend}"}


def documented(begins: str) -> str:
    """The one line of the page that begins so, without its comment; the stack's name is that of these tests."""
    (line,) = {
        line.strip() for line in PAGE.splitlines() if re.match(rf"\s*{re.escape(begins)}", line)
    }
    return line.partition("  # ")[0].strip().replace("site", "small")


def exported(operator: Operator, name: str) -> None:
    """The documented command, in the operator's checkout."""
    said = documented(f'echo "pulumi stack {name} --file')
    found = re.fullmatch(r'echo "(.+)" \| make shell STACK=small', said)
    assert found is not None, said
    operator.shell(found[1].replace("$PWD", str(operator.checkout)))


def test_a_backup_that_is_brought_back_has_nothing_to_change(
    operator: Operator, tmp_path: Path
) -> None:
    operator.run("up")
    (operator.state / "lab").mkdir()
    (operator.state / "lab" / "disk").touch()
    for begins in ("tar -C", "mkdir -p"):
        command = f"set -e\nstate={operator.state}\n{documented(begins)}"
        subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True)
        if begins == "tar -C":
            shutil.rmtree(operator.state)
    assert not (operator.state / "lab").exists()
    assert UNCHANGED.search(operator.run("preview"))
    assert "a credential" in operator.run("output", "--show-secrets")


def test_a_stack_that_was_moved_to_another_machine_has_nothing_to_change_there(
    operator: Operator, tmp_path: Path
) -> None:
    operator.run("init")
    operator.run("up")
    exported(operator, "export")
    there = Operator(operator.checkout, tmp_path / "there", operator.gate)
    there.private.mkdir(parents=True, mode=0o700)
    shutil.copy2(operator.private / "Pulumi.small.yaml", there.private)
    # Without the passphrase the settings are worth nothing.
    assert "incorrect passphrase" in there.run("preview", code=1)
    shutil.copy2(operator.private / "passphrase", there.private)
    exported(there, "import")
    assert UNCHANGED.search(there.run("preview"))
    assert UNCHANGED.search(there.run("up"))
    assert "a credential" in there.run("output", "--show-secrets")
    removal = documented('echo "pulumi stack rm')
    operator.shell(removal.removeprefix('echo "').partition('"')[0])
    assert "stack small" not in operator.shell("pulumi stack ls")
    assert "rootSecret" in (operator.private / "Pulumi.small.yaml").read_text()


def test_a_state_that_was_moved_to_another_backend_has_nothing_to_change(
    operator: Operator, tmp_path: Path
) -> None:
    operator.run("up")
    exported(operator, "export")
    shared = WithBackend(operator.checkout, operator.state, operator.gate, tmp_path / "shared")
    exported(shared, "import")
    shutil.rmtree(operator.state / "pulumi")
    assert UNCHANGED.search(shared.run("preview"))
    assert list((tmp_path / "shared").rglob("small.json"))
