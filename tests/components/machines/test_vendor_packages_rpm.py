"""The dnf way, in a root that says it is Rocky 9 and has Debian's dnf: repositories, keys, versions, exclusions.

The systems themselves cannot be had here; what dnf, rpm and gpg do with our files is the same everywhere.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bundle import debian
from components.machines.node_script import SOURCE
from components.machines.parameters import render
from tests.vendors import internet
from tests.vendors.internet import FILES, PROXY, Proxy

pytestmark = [
    pytest.mark.lab,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        os.environ.get("APPLIANCE_TEST_FULL") != "1", reason="takes over a minute: make test-full"
    ),
]

NAME = "packages.example.com"
PACKAGES = ("dnf", "rpm", "createrepo-c", "gnupg", "file", "curl", "ca-certificates")
ROCKY = (
    'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.6"\nPRETTY_NAME="Rocky Linux 9.6"\n'
)
DISTRIBUTION = f"[distribution]\nname=distribution\nbaseurl=http://{NAME}/distribution\nenabled=1\ngpgcheck=0\n"


@dataclass(frozen=True, kw_only=True)
class Root:
    """A root with dnf; `vendor` is the fingerprint of the key that the vendors' repositories are signed with."""

    directory: Path
    proxy: Proxy
    vendor: str

    def run(self, script: str) -> str:
        """What a script prints in there; it has no way out but what it is given."""
        return call(self.directory, script)

    def install(self, **repositories: str) -> str:
        """Runs the node script's own function with these lines "FINGERPRINT KEY SOURCE" in the vendors' place."""
        lines = {
            "kubernetes": f"{self.vendor} http://{NAME}/both.asc http://{NAME}/kubernetes",
            "containerd": f"{self.vendor} http://{NAME}/both.asc http://{NAME}/containerd",
            **repositories,
        }
        values = {
            "NODE_NAME": "rocky",
            "REPOSITORIES": "\n".join(f"{name} rpm {line}" for name, line in lines.items()),
            "KUBERNETES_VERSION": "1.35.4",
            "CONTAINERD_VERSION": "2",
            "PROXY_ENVIRONMENT": f"http_proxy={self.proxy.url} no_proxy=127.0.0.1",
        }
        body = SOURCE.read_text().removesuffix('main "$@"\n')
        (self.directory / "root" / "install.sh").write_text(
            f"{body}\n{render(values)}\nmkdir -p $STATE\nsystem_fits\nvendor_packages\n"
        )
        return self.run("bash /root/install.sh 2>&1 || echo failed")

    def versions(self) -> set[str]:
        """NAME-VERSION of what is installed; keys that rpm knows are none of it."""
        listed = self.run("rpm -qa --qf '%{NAME}-%{VERSION}\\n'").split()
        return {name for name in listed if not name.startswith("gpg-pubkey")}


def call(root: Path, script: str) -> str:
    mounts = f"mount -t proc proc {root}/proc && mount --rbind /dev {root}/dev"
    inside = f"exec chroot {root} env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/bin:/usr/sbin bash -e"
    done = subprocess.run(
        [
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "sh",
            "-c",
            f"{mounts} && {inside}",
        ],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    work = tmp_path_factory.mktemp("rpm")
    directory = work / "root"
    debian.root(directory, PACKAGES, work / "root.log")
    made = call(directory, (Path(__file__).parent / "rpm_vendors.sh").read_text())
    for path, text in (("os-release", ROCKY), ("yum.repos.d/distribution.repo", DISTRIBUTION)):
        file = directory / "etc" / path
        file.unlink(missing_ok=True)
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    shutil.move(directory / "srv", work / "clear" / NAME)
    with (
        internet.files(work / "clear", None),
        internet.proxy(work, PROXY, {NAME: FILES}) as proxy,
    ):
        yield Root(directory=directory, proxy=proxy, vendor=made.strip())


def test_a_key_with_another_fingerprint_is_refused_before_anything_is_installed(root: Root) -> None:
    absent = "0" * 40
    said = root.install(kubernetes=f"{absent} http://{NAME}/both.asc http://{NAME}/kubernetes")
    assert f"the repository's key is not the one with the fingerprint {absent}" in said
    assert root.versions() == set()


def test_a_package_signed_by_another_key_of_the_same_file_is_refused(root: Root) -> None:
    line = f"{root.vendor} http://{NAME}/both.asc http://{NAME}/other"
    said = root.install(containerd=line)
    assert "rocky: error: dnf could not install" in said
    assert root.versions() == set()


def test_packages_come_through_the_proxy_in_the_versions_asked_for(root: Root) -> None:
    root.install()
    wanted = {"kubelet-1.35.4", "kubeadm-1.35.4", "kubectl-1.35.4", "containerd.io-2.2.0"}
    assert wanted | {"haproxy-1"} <= root.versions()
    assert root.proxy.asked_for() == {f"{NAME}:80"}


def test_the_host_s_own_updates_leave_them_alone(root: Root) -> None:
    proxy = f"export http_proxy={root.proxy.url}"
    root.run(f"{proxy}; dnf -q -y update 2>&1")
    assert "kubelet-1.35.4" in root.versions()
    # Without the exclusion it would not have.
    listed = root.run(f"{proxy}; dnf -q list --updates --disableexcludes=all 2>&1")
    assert "1.35.40" in listed


def test_what_is_installed_is_not_asked_for_again(root: Root) -> None:
    before = root.proxy.log.read_text()
    assert "failed" not in root.install()
    assert root.proxy.log.read_text() == before
