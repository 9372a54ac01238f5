"""Official binaries on request, from a directory that stands in for the release hosts."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from lab.toolchain import download, selection, versions
from lab.toolchain.tool import Origin


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "hosts"
    directory.mkdir()
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    base = f"file://{directory}"
    monkeypatch.setattr(download, "ENGINE", f"{base}/pulumi-v{{version}}-linux-x64.tar.gz")
    monkeypatch.setattr(download, "ENGINE_SUMS", f"{base}/pulumi-{{version}}-checksums.txt")
    monkeypatch.setattr(download, "KUBECTL", f"{base}/kubectl-{{version}}")
    return directory


def publish_engine(hosts: Path, version: str) -> Path:
    archive = hosts / f"pulumi-v{version}-linux-x64.tar.gz"
    with tarfile.open(archive, "w:gz") as content:
        for name in ("pulumi", "pulumi-language-python", "pulumi-language-python-exec"):
            text = f"#!/bin/sh\necho v{version}\n".encode()
            member = tarfile.TarInfo(f"pulumi/{name}")
            member.size, member.mode = len(text), 0o755
            content.addfile(member, io.BytesIO(text))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    (hosts / f"pulumi-{version}-checksums.txt").write_text(
        f"{'0' * 64}  other\n{digest}  {archive.name}\n"
    )
    return archive


def test_an_engine_whose_sum_is_published_is_used_with_its_language_host(hosts: Path) -> None:
    publish_engine(hosts, "3.259.0")
    (tool,) = selection.engine(versions.load(), download.pulumi("3.259.0"))
    assert tool.origin is Origin.OFFICIAL
    assert all(file.exists() for file in tool.files().values())


def test_a_changed_byte_of_a_download_is_refused_and_not_kept(hosts: Path) -> None:
    archive = publish_engine(hosts, "3.259.0")
    archive.write_bytes(archive.read_bytes() + b"\0")
    with pytest.raises(download.DownloadError, match="not the published"):
        download.pulumi("3.259.0")
    with pytest.raises(download.DownloadError):
        download.pulumi("3.259.0")


def test_a_file_that_the_sums_do_not_name_is_refused() -> None:
    with pytest.raises(download.DownloadError, match="do not name x"):
        download.published("abc  y\n", "x")


def test_a_kubectl_is_checked_against_the_sum_beside_it(hosts: Path) -> None:
    (hosts / "kubectl-1.35.4").write_bytes(b"program")
    digest = hashlib.sha256(b"program").hexdigest()
    (hosts / "kubectl-1.35.4.sha256").write_text(digest)
    assert download.kubectl("1.35.4").read_bytes() == b"program"


def test_an_address_that_does_not_answer_is_named(hosts: Path) -> None:
    with pytest.raises(download.DownloadError, match=f"{hosts}/kubectl-1.0.0 could not be fetched"):
        download.kubectl("1.0.0")


def test_a_plugin_is_installed_by_pulumi_into_a_home_of_its_own(
    hosts: Path, tmp_path: Path
) -> None:
    assert hosts.exists()
    program = tmp_path / "pulumi"
    program.write_text(
        '#!/bin/sh\nd="$PULUMI_HOME/plugins/$3-$4-v$5"\nmkdir -p "$d"\necho > "$d/pulumi-$3-$4"\n'
    )
    program.chmod(0o755)
    assert download.provider("command", "1.2.1", program).exists()


@pytest.mark.parametrize(
    ("environment", "expected"), [({}, False), ({"APPLIANCE_DOWNLOAD": "1"}, True)]
)
def test_nothing_is_downloaded_unless_the_user_asks(
    environment: dict[str, str],
    expected: bool,  # noqa: FBT001
) -> None:
    assert download.asked(environment) is expected
