"""What docs/user/state.md says of backing up, bringing back and moving, with the real engine."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from operate.checkout import REPOSITORY
from tests.operate.test_commands import Operator, operator

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


def run(script: str, directory: Path) -> None:
    subprocess.run(["bash", "-c", f"set -e\n{script}"], cwd=directory, check=True)


def in_shell(operator: Operator, verb: str, then: str = "true") -> str:
    """What the documented `pulumi stack …` of this verb prints, and what is run after it."""
    said = documented(f'echo "pulumi stack {verb}')
    found = re.fullmatch(r'echo "(.+)" \| make shell STACK=small', said)
    assert found is not None, said
    command = found[1].replace("$PWD", str(operator.checkout))
    return operator.shell(f"{command}\n{then}")


def test_a_backup_that_is_brought_back_has_nothing_to_change(
    operator: Operator, tmp_path: Path
) -> None:
    operator.run("up")
    (operator.state / "lab").mkdir()
    (operator.state / "lab" / "disk").touch()
    run(f"state={operator.state}\n{documented('tar -C')}", tmp_path)
    shutil.rmtree(operator.state)
    run(f"state={operator.state}\n{documented('mkdir -p')}", tmp_path)
    # The disks of local hosts are no part of it, and far too large.
    assert not (operator.state / "lab").exists()
    assert UNCHANGED.search(operator.run("preview"))


def test_a_stack_that_was_moved_has_nothing_to_change_on_the_other_machine_and_backend(
    operator: Operator, tmp_path: Path
) -> None:
    operator.run("up")
    in_shell(operator, "export")
    there = WithBackend(operator.checkout, tmp_path / "there", operator.gate, tmp_path / "shared")
    there.private.mkdir(parents=True, mode=0o700)
    shutil.copy2(operator.private / "Pulumi.small.yaml", there.private)
    # Without the passphrase the settings are worth nothing.
    assert "incorrect passphrase" in there.run("preview", code=1)
    shutil.copy2(operator.private / "passphrase", there.private)
    in_shell(there, "import")
    assert list((tmp_path / "shared").rglob("small.json"))
    assert UNCHANGED.search(there.run("preview"))
    assert "small*" not in in_shell(operator, "rm", "pulumi stack ls")
    # Without its option the command would have deleted it.
    assert (operator.checkout / "Pulumi.small.yaml").exists()
