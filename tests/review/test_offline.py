"""Two revisions of a repository, each asked by its own program."""

import subprocess
from pathlib import Path

import pytest

from review.graph import GraphError
from review.offline import dummies, graph_of, reads_graphs, revision

PROGRAM = """\
import json, os, sys
secrets = json.load(sys.stdin)
seen = {"variables": sorted(os.environ), "secrets": sorted(secrets), "version": VERSION}
print(json.dumps({"format": 1, "stack": sys.argv[1], "resources": [], "outputs": seen}))
"""


def git(repository: Path, *words: str) -> None:
    own = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", *own, *words], cwd=repository, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits; the second is checked out."""
    (tmp_path / "review").mkdir()
    git(tmp_path, "init", "--quiet")
    for version in ("1", "2"):
        (tmp_path / "review" / "program.py").write_text(PROGRAM.replace("VERSION", version))
        (tmp_path / "Pulumi.dev.yaml").write_text("")
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "--quiet", "--message", version)
    here = Path(__file__).parents[2]
    for file in here.glob("requirements*.txt"):
        # The same requirements need no environment of their own.
        (tmp_path / file.name).write_bytes(file.read_bytes())
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "requirements")
    git(tmp_path, "tag", "base")
    (tmp_path / "review" / "program.py").write_text(PROGRAM.replace("VERSION", "3"))
    return tmp_path


def test_each_revision_is_asked_by_its_own_program_and_leaves_nothing(repository: Path) -> None:
    secrets = dummies()
    assert graph_of(repository, "dev", secrets).outputs["version"] == 3
    with revision("base", repository) as other:
        assert reads_graphs(other, "dev")
        assert graph_of(other, "dev", secrets).outputs["version"] == 2
    assert not other.exists()
    listed = subprocess.run(
        ["git", "worktree", "list"], cwd=repository, check=True, capture_output=True, text=True
    )
    assert len(listed.stdout.splitlines()) == 1


def test_the_program_gets_dummies_and_no_credential(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a credential")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a passphrase")
    seen = graph_of(repository, "dev", dummies(), {"TOLD": "1"}).outputs
    assert "PATH" in seen["variables"]
    assert "TOLD" in seen["variables"]
    assert not {"AWS_SECRET_ACCESS_KEY", "PULUMI_CONFIG_PASSPHRASE"} & set(seen["variables"])
    assert seen["secrets"] == ["caCertificate", "caKey", "rootSecret", "sshPrivateKey"]


def test_a_revision_that_does_not_know_the_stack_is_seen(repository: Path) -> None:
    with revision("base", repository) as other:
        assert not reads_graphs(other, "other")


def test_a_revision_that_is_none_is_refused_by_name(repository: Path) -> None:
    with pytest.raises(GraphError, match="nowhere"), revision("nowhere", repository):
        pass


def test_what_the_program_says_is_told(repository: Path) -> None:
    (repository / "review" / "program.py").write_text("raise SystemExit('Pulumi.dev.yaml: wrong')")
    with pytest.raises(GraphError, match=r"Pulumi\.dev\.yaml: wrong"):
        graph_of(repository, "dev", dummies())
