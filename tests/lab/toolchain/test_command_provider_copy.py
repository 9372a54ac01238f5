"""Contract of remote.CopyToRemote and remote.CopyFile: what is copied where, when again, and that nothing goes."""

from pathlib import Path
from typing import Any

import pytest

from tests.lab.toolchain.command_plugin import (
    UNKNOWN,
    CommandPlugin,
    PluginError,
    archive,
    asset,
    changed,
    is_secret,
)
from tests.lab.toolchain.ssh_server import SshServer

pytestmark = pytest.mark.toolchain

COPY = "command:remote:CopyToRemote"
COPY_FILE = "command:remote:CopyFile"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A directory to copy: a file, and one below."""
    directory = tmp_path / "source"
    (directory / "below").mkdir(parents=True)
    (directory / "top.txt").write_text("top")
    (directory / "below" / "deep.txt").write_text("deep")
    return directory


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A directory that exists on the host."""
    directory = tmp_path / "target"
    directory.mkdir()
    return directory


def file_inputs(server: SshServer, file: Path, to: object, *, digest: str = "1") -> dict[str, Any]:
    source = asset(path=str(file), hash=digest)
    return {"connection": server.connection(), "source": source, "remotePath": str(to)}


def text_inputs(server: SshServer, text: str, to: object) -> dict[str, Any]:
    source = asset(text=text, hash=f"hash of {text}")
    return {"connection": server.connection(), "source": source, "remotePath": str(to)}


def directory_inputs(server: SshServer, path: str, to: object) -> dict[str, Any]:
    source = archive(path=path, hash="1")
    return {"connection": server.connection(), "source": source, "remotePath": str(to)}


def files_below(directory: Path) -> set[str]:
    return {str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file()}


def test_a_file_is_copied_under_its_new_name_and_missing_parents_are_made(
    plugin: CommandPlugin, ssh_server: SshServer, source: Path, target: Path
) -> None:
    to = target / "new" / "name.txt"

    plugin.create(COPY, file_inputs(ssh_server, source / "top.txt", to))

    assert to.read_text() == "top"


def test_a_file_goes_into_an_existing_directory_under_its_own_name(
    plugin: CommandPlugin, ssh_server: SshServer, source: Path, target: Path
) -> None:
    plugin.create(COPY, file_inputs(ssh_server, source / "top.txt", target))

    assert files_below(target) == {"top.txt"}


def test_a_file_overwrites_a_longer_one(
    plugin: CommandPlugin, ssh_server: SshServer, source: Path, target: Path
) -> None:
    to = target / "name"
    to.write_text("much longer than top")

    plugin.create(COPY, file_inputs(ssh_server, source / "top.txt", to))

    assert to.read_text() == "top"


def test_a_large_file_arrives_whole(
    plugin: CommandPlugin, ssh_server: SshServer, tmp_path: Path
) -> None:
    content = bytes(range(256)) * 12_345
    (tmp_path / "large").write_bytes(content)

    plugin.create(COPY, file_inputs(ssh_server, tmp_path / "large", tmp_path / "copy"))

    assert (tmp_path / "copy").read_bytes() == content


def test_a_text_becomes_a_file(plugin: CommandPlugin, ssh_server: SshServer, target: Path) -> None:
    to = target / "new" / "motd"

    plugin.create(COPY, text_inputs(ssh_server, "grüß Gott\n", to))

    assert to.read_text() == "grüß Gott\n"


def test_a_text_needs_the_name_of_a_file(
    plugin: CommandPlugin, ssh_server: SshServer, target: Path
) -> None:
    with pytest.raises(PluginError, match="is a directory"):
        plugin.create(COPY, text_inputs(ssh_server, "text", target))


@pytest.mark.parametrize("exists", [True, False])
def test_a_directory_goes_below_the_destination_under_its_own_name(
    plugin: CommandPlugin, ssh_server: SshServer, source: Path, target: Path, *, exists: bool
) -> None:
    to = target if exists else target / "new"

    plugin.create(COPY, directory_inputs(ssh_server, str(source), to))

    assert files_below(to) == {"source/top.txt", "source/below/deep.txt"}


@pytest.mark.parametrize("exists", [True, False])
def test_with_a_slash_at_its_end_only_what_a_directory_holds_is_copied(
    plugin: CommandPlugin, ssh_server: SshServer, source: Path, target: Path, *, exists: bool
) -> None:
    to = target if exists else target / "new"

    plugin.create(COPY, directory_inputs(ssh_server, f"{source}/", to))

    assert files_below(to) == {"top.txt", "below/deep.txt"}


def test_a_directory_does_not_replace_a_file(
    plugin: CommandPlugin, ssh_server: SshServer, source: Path, target: Path
) -> None:
    (target / "file").write_text("stays")

    with pytest.raises(PluginError):
        plugin.create(COPY, directory_inputs(ssh_server, f"{source}/", target / "file"))

    assert (target / "file").read_text() == "stays"


def test_an_archive_file_is_copied_as_it_is(
    plugin: CommandPlugin, ssh_server: SshServer, tmp_path: Path, target: Path
) -> None:
    (tmp_path / "a.tgz").write_bytes(b"not unpacked")

    plugin.create(COPY, directory_inputs(ssh_server, str(tmp_path / "a.tgz"), target))

    assert (target / "a.tgz").read_bytes() == b"not unpacked"


@pytest.mark.parametrize(
    "wrong",
    [
        asset(uri="https://example.com/file", hash="1"),
        archive(uri="https://example.com/file.tgz", hash="1"),
        archive(assets={"a": asset(text="a", hash="2")}, hash="1"),
    ],
)
def test_check_refuses_a_source_that_is_no_file_directory_or_text(
    plugin: CommandPlugin, ssh_server: SshServer, wrong: dict[str, Any]
) -> None:
    inputs = changed(text_inputs(ssh_server, "x", "/srv/x"), source=wrong)

    _, faults = plugin.check(COPY, inputs)

    assert len(faults) == 1


def test_preview_copies_nothing_and_accepts_a_source_that_is_not_known_yet(
    plugin: CommandPlugin, ssh_server: SshServer, target: Path
) -> None:
    known = text_inputs(ssh_server, "text", target / "file")

    plugin.create(COPY, known, preview=True)
    plugin.create(COPY, changed(known, source=UNKNOWN), preview=True)

    assert files_below(target) == set()


def test_the_connection_is_secret_in_the_state(
    plugin: CommandPlugin, ssh_server: SshServer, target: Path
) -> None:
    resource = plugin.create(COPY, text_inputs(ssh_server, "text", target / "file"))

    assert is_secret(resource.outputs["connection"])
    assert resource.outputs["remotePath"] == str(target / "file")


def test_an_update_copies_when_the_content_has_changed(
    plugin: CommandPlugin, ssh_server: SshServer, target: Path
) -> None:
    old = plugin.create(COPY, text_inputs(ssh_server, "before", target / "file"))

    plugin.update(old, text_inputs(ssh_server, "after", target / "file"))

    assert (target / "file").read_text() == "after"


def test_an_update_copies_to_a_new_place_and_leaves_the_old_one(
    plugin: CommandPlugin, ssh_server: SshServer, target: Path
) -> None:
    old = plugin.create(COPY, text_inputs(ssh_server, "text", target / "old"))

    plugin.update(old, text_inputs(ssh_server, "text", target / "new"))

    assert files_below(target) == {"old", "new"}


def test_an_update_of_the_connection_alone_copies_nothing(
    plugin: CommandPlugin, ssh_server: SshServer, target: Path
) -> None:
    inputs = text_inputs(ssh_server, "text", target / "file")
    old = plugin.create(COPY, inputs)
    (target / "file").unlink()
    moved = changed(inputs, connection=ssh_server.connection(perDialTimeout=7))

    assert list(plugin.diff(old, moved).replaces) == []
    plugin.update(old, moved)

    assert files_below(target) == set()


def test_delete_leaves_the_copy(plugin: CommandPlugin, ssh_server: SshServer, target: Path) -> None:
    plugin.delete(plugin.create(COPY, text_inputs(ssh_server, "text", target / "file")))

    assert (target / "file").read_text() == "text"


def test_copy_file_copies_one_file_and_is_replaced_by_any_change(
    plugin: CommandPlugin, ssh_server: SshServer, source: Path, target: Path
) -> None:
    inputs = {
        "connection": ssh_server.connection(),
        "localPath": str(source / "top.txt"),
        "remotePath": str(target / "copy"),
    }
    resource = plugin.create(COPY_FILE, inputs)

    assert (target / "copy").read_text() == "top"
    assert is_secret(resource.outputs["connection"])
    for change in ({"remotePath": "/elsewhere"}, {"localPath": "/other"}, {"triggers": [1]}):
        assert list(plugin.diff(resource, {**inputs, **change}).replaces) == list(change)


def test_copy_file_makes_no_directories(
    plugin: CommandPlugin, ssh_server: SshServer, source: Path, target: Path
) -> None:
    to = target / "missing" / "copy"
    inputs = {"localPath": str(source / "top.txt"), "remotePath": str(to)}

    with pytest.raises(PluginError, match="not exist"):
        plugin.create(COPY_FILE, {"connection": ssh_server.connection(), **inputs})
