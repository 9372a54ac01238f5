"""The snapshot container's program, run with the restic that is in its image and a directory for a repository."""

import json
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bundle.gomodule import build
from bundle.programs import RESTIC
from components.application.snapshots import PROGRAM

pytestmark = [pytest.mark.toolchain, pytest.mark.timeout(600)]

OTHERS = "Give each appliance a repository of its own"


@dataclass
class Container:
    """The container on this machine: its claim `data` is mounted, its program beside it."""

    root: Path
    restic: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def claim(self) -> Path:
        return self.root / "snapshot" / "data"

    @property
    def program(self) -> Path:
        return self.root / "program"

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        given = {
            "PATH": f"{self.restic.parent}:{os.environ['PATH']}",
            "RESTIC_REPOSITORY": str(self.root / "repository"),
            "RESTIC_PASSWORD": "correct horse",
            "RESTIC_CACHE_DIR": str(self.root / "cache"),
            "SNAPSHOT_APPLIANCE": "appliance-one",
            "SNAPSHOT_KEEP": "--keep-last=2",
            "SNAPSHOT_CLAIMS": f"data={self.claim}",
            "SNAPSHOT_PROGRAM": str(self.program),
            "SNAPSHOT_PATIENCE": "20",
            "POD_NAME": "web-0",
            "POD_NAMESPACE": "guests",
            **self.variables,
            **variables,
        }
        return subprocess.run(
            ["/bin/sh", str(PROGRAM), *words],
            env=given,
            capture_output=True,
            text=True,
            check=False,
        )

    def done(self, *words: str, **variables: str) -> str:
        """What it printed, without a fault."""
        found = self.run(*words, **variables)
        assert found.returncode == 0, found.stderr
        return found.stdout

    def fails(self, *words: str, **variables: str) -> str:
        """What it said when it failed."""
        found = self.run(*words, **variables)
        assert found.returncode == 1, found.stdout
        assert "correct horse" not in found.stderr + found.stdout
        return found.stderr

    def snapshots(self) -> list[Any]:
        listed: list[Any] = json.loads(self.done("list"))
        return [each for each in listed if each["tags"] != ["owner"]]


def make_container(root: Path) -> Container:
    found = Container(root=root, restic=build(RESTIC)["restic"])
    for directory in (found.claim, found.program, root / "cache"):
        directory.mkdir(parents=True)
    return found


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return make_container(tmp_path)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that is made, to be copied: to find how hard its key may be takes restic a second."""
    made = make_container(tmp_path_factory.mktemp("made"))
    made.done("initialise")
    return made.root / "repository"


@pytest.fixture
def ready(container: Container, repository: Path) -> Container:
    """One whose repository is made."""
    shutil.copytree(repository, container.root / "repository")
    return container


def test_a_repository_is_made_once_and_marked_as_ones_own(container: Container) -> None:
    assert "there is no repository at" in container.fails("backup")
    container.done("initialise")
    first = container.done("list")
    container.done("initialise")
    assert container.done("list") == first
    assert [each["hostname"] for each in json.loads(first)] == ["appliance-one"]


def test_a_repository_of_another_appliance_is_not_touched(ready: Container) -> None:
    for verb in ("initialise", "backup", "list"):
        assert OTHERS in ready.fails(verb, SNAPSHOT_APPLIANCE="appliance-two")
    assert OTHERS in ready.fails("restore", "x", str(ready.claim), SNAPSHOT_APPLIANCE="two")
    assert ready.snapshots() == []


def test_a_repository_with_another_password_is_said_to_be_anothers(ready: Container) -> None:
    said = ready.fails("backup", RESTIC_PASSWORD="battery staple")  # noqa: S106 - made up here
    assert "is another's: the password of appliance-one does not open it" in said


def test_one_that_two_appliances_began_at_the_same_time_is_nobodys(ready: Container) -> None:
    # As if the other had made its mark between our look and ours.
    restic = [str(ready.restic), "backup", "--host", "appliance-two", "--tag", "owner", "--stdin"]
    environment = {
        "RESTIC_REPOSITORY": str(ready.root / "repository"),
        "RESTIC_PASSWORD": "correct horse",
        "RESTIC_CACHE_DIR": str(ready.root / "cache"),
    }
    subprocess.run(restic, env=environment, input="x", text=True, check=True, capture_output=True)
    assert "holds snapshots of appliance-two" in ready.fails("initialise")


def test_a_snapshot_says_of_what_it_is(ready: Container) -> None:
    (ready.claim / "file").write_text("word")
    ready.done("backup")
    (found,) = ready.snapshots()
    assert found["tags"] == ["claim=data", "namespace=guests", "pod=web-0"]
    assert found["paths"] == [str(ready.claim)]
    assert found["summary"]["total_bytes_processed"] == 4


def test_what_is_not_kept_goes_counted_for_each_claim_that_is_meant(ready: Container) -> None:
    other = ready.root / "snapshot" / "other"
    other.mkdir()
    claims = f"data={ready.claim} other={other} unwanted={ready.root / 'nowhere'}"
    for _ in range(2):
        ready.done(
            "backup",
            SNAPSHOT_CLAIMS=claims,
            SNAPSHOT_ONLY="data other",
            SNAPSHOT_KEEP="--keep-last=1",
        )
    tags = [each["tags"][0] for each in ready.snapshots()]
    assert tags == ["claim=data", "claim=other"]
    # Each was compared with the one of its own claim, which is gone by now.
    assert len({each["parent"] for each in ready.snapshots()}) == 2


def test_a_claim_that_cannot_be_read_is_named_and_the_others_are_taken(ready: Container) -> None:
    both = f"lost={ready.root / 'nowhere'} data={ready.claim}"
    said = ready.fails("backup", SNAPSHOT_CLAIMS=both)
    assert "not all is well with the snapshots of: lost;" in said
    assert [each["tags"][0] for each in ready.snapshots()] == ["claim=data"]


def facts(directory: Path) -> dict[str, Any]:
    """Everything about what is in a directory that a restore must bring back."""
    found = {}
    for path in (directory, *sorted(directory.rglob("*"))):
        at = path.lstat()
        data = (
            path.read_bytes()
            if stat.S_ISREG(at.st_mode)
            else str(path.readlink()).encode()
            if path.is_symlink()
            else b""
        )
        names = os.listxattr(path, follow_symlinks=False)
        attributes = {name: os.getxattr(path, name, follow_symlinks=False) for name in names}
        key = str(path.relative_to(directory))
        found[key] = (at.st_mode, at.st_uid, at.st_gid, at.st_mtime_ns, data, attributes)
    return found


def fill(claim: Path) -> None:
    (claim / "deep").mkdir(mode=0o2750)
    file = claim / "deep" / "file"
    file.write_text("word")
    file.chmod(0o4640)
    (claim / "link").symlink_to("deep/file")
    (claim / "unreadable").write_text("x")
    (claim / "unreadable").chmod(0)
    try:
        os.setxattr(file, "user.note", b"kept")
    except OSError:
        pytest.skip("this file system keeps no extended attributes")
    if os.geteuid() == 0:
        os.chown(file, 1234, 4321, follow_symlinks=False)
        os.chown(claim, 7, 8)
    claim.chmod(0o1777)


def test_a_restore_brings_everything_back_and_takes_away_what_was_not_there(
    ready: Container,
) -> None:
    fill(ready.claim)
    before = facts(ready.claim)
    ready.done("backup")
    (found,) = ready.snapshots()
    (ready.claim / "deep" / "file").unlink()
    (ready.claim / "link").unlink()
    (ready.claim / "later").write_text("not in it")
    ready.claim.chmod(0o700)
    beside = ready.root / "snapshot" / "beside"
    beside.write_text("of somebody else")
    ready.done("restore", found["id"], str(ready.claim))
    assert facts(ready.claim) == before
    assert beside.exists()
    assert "finished verifying" in ready.run("restore", found["id"], str(ready.claim)).stdout


def test_an_unknown_snapshot_is_refused(ready: Container) -> None:
    assert "no matching ID found" in ready.fails("restore", "deadbeef", str(ready.claim))


def test_hooks_run_before_and_after(ready: Container) -> None:
    log = ready.root / "log"
    (ready.program / "before.sh").write_text(f"echo before >>{log}")
    (ready.program / "after.sh").write_text(f"echo after >>{log}")
    ready.done("backup")
    assert log.read_text().split() == ["before", "after"]


def test_without_its_first_hook_there_is_no_snapshot_and_the_second_still_runs(
    ready: Container,
) -> None:
    log = ready.root / "log"
    (ready.program / "before.sh").write_text("exit 3")
    (ready.program / "after.sh").write_text(f"echo after >>{log}")
    assert "the hook snapshots.hooks.before failed (code 3" in ready.fails("backup")
    assert ready.snapshots() == []
    assert log.read_text() == "after\n"


def test_a_snapshot_waits_for_another_in_its_pod_and_not_for_ever(ready: Container) -> None:
    running = ready.root / "cache" / "running"
    running.mkdir()
    said = ready.fails("backup", SNAPSHOT_TURN="1")
    assert "a snapshot is being made in this pod already" in said
    assert running.exists(), "the other's mark stays"


def test_a_store_that_does_not_answer_is_given_up(container: Container) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "SNAPSHOT_PATIENCE": "1"}
    # Nobody listens at the port of discard.
    said = container.fails("backup", RESTIC_REPOSITORY="s3:http://127.0.0.1:9/x", **keys)
    assert "gives no answer within 1 s" in said


def test_an_unknown_word_is_refused(container: Container) -> None:
    assert "none of serve, backup" in container.fails("explode")
