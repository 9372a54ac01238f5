import subprocess
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.hosts import check, files, rootfs, template
from lab.hosts.failure import LabError
from lab.hosts.names import HostId, Lab
from lab.hosts.state import Phase, Record


def test_any_change_of_the_recipe_is_another_template() -> None:
    recipe = template.RECIPE
    changed = [
        replace(recipe, release="trixie"),
        replace(recipe, packages=(*recipe.packages, "vim")),
        replace(recipe, files={**recipe.files, "etc/motd": ("hello", 0o644)}),
        replace(recipe, files={**recipe.files, "etc/ssh/sshd_config.d/lab-host.conf": ("", 0o644)}),
    ]

    assert len({recipe.key, *(each.key for each in changed)}) == len(changed) + 1
    assert replace(recipe).key == recipe.key


def test_the_recipe_asks_for_nothing_that_the_appliance_installs() -> None:
    words = (
        "containerd",
        "runc",
        "kube",
        "cri",
        "cni",
        "docker",
        "python",
        "iptables",
        "conntrack",
    )

    assert not [p for p in template.PACKAGES if any(word in p for word in words)]


def test_a_killed_build_leaves_nothing_that_counts_as_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path))

    def half(*arguments: object, **_: object) -> str:
        Path(str(arguments[-2]), "etc").mkdir()
        raise LabError("the machine lost its package source")

    monkeypatch.setattr(template, "run", half)
    with pytest.raises(LabError, match="lost its package source"):
        template.root(lambda _: None)

    assert not (tmp_path / template.KIND / template.RECIPE.key).exists()


def test_what_runs_at_boot_comes_before_the_container_runtime_and_the_kubelet() -> None:
    before = next(line for line in files.LAB_HOST_UNIT.splitlines() if line.startswith("Before="))

    assert {"containerd.service", "kubelet.service"} <= set(before.partition("=")[2].split())


def test_ssh_takes_keys_only_and_many_sessions_at_once() -> None:
    settings = dict(line.split(" ", 1) for line in files.SSHD.splitlines())

    assert settings["PermitRootLogin"] == "prohibit-password"
    assert settings["PasswordAuthentication"] == "no"
    assert int(settings["MaxStartups"].split(":")[0]) >= 100


def test_the_hosts_file_names_the_host_by_its_own_address_only() -> None:
    text = files.hosts("n1", IPv4Address("10.79.0.11"))

    assert "10.79.0.11 n1\n" in text
    assert "127.0.0.1 localhost\n" in text
    assert text.count("n1") == 1


def test_an_identity_is_made_once_and_differs_between_hosts(tmp_path: Path) -> None:
    roots = [tmp_path / name for name in ("a", "b")]
    for root in roots:
        for directory in ("etc/ssh", "var/lib/dbus"):
            (root / directory).mkdir(parents=True)
        (root / "var/lib/dbus/machine-id").write_text("the template's own\n")
        rootfs.identify(root)
    keys = [rootfs.host_key(root) for root in roots]
    ids = [(root / "etc/machine-id").read_text() for root in roots]
    for root in roots:
        rootfs.identify(root)

    assert keys == [rootfs.host_key(root) for root in roots]
    assert ids == [(root / "etc/machine-id").read_text() for root in roots]
    assert len(set(keys)) == len(set(ids)) == 2
    assert all(
        (root / "var/lib/dbus/machine-id").readlink() == Path("/etc/machine-id") for root in roots
    )
    products = [(root / files.PRODUCT_UUID).read_text().strip() for root in roots]
    assert [product.replace("-", "") + "\n" for product in products] == ids


@pytest.fixture
def host(tmp_path: Path) -> HostId:
    return HostId(lab=Lab(home=tmp_path / "lab", name="dev"), name="n1")


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A template as far as files are concerned."""
    for directory in ("etc/ssh", "var/lib/dbus", "usr/bin"):
        (tmp_path / "template" / directory).mkdir(parents=True)
    (tmp_path / "template/usr/bin/true").write_text("")
    return tmp_path / "template"


RECORD = Record(phase=Phase.CREATING, address=IPv4Address("10.79.0.11"), subnet="10.79.0.0/24")


def test_a_root_directory_is_made_whole_beside_what_a_killed_copy_left(
    host: HostId, original: Path
) -> None:
    (host.directory / "root.0123.part/etc").mkdir(parents=True)

    key = rootfs.make(host, RECORD, original)

    assert [path.name for path in host.directory.iterdir()] == ["root"]
    assert (host.root / "usr/bin/true").is_file()
    assert (host.root / "etc/hostname").read_text() == "n1\n"
    assert "10.79.0.11 n1\n" in (host.root / "etc/hosts").read_text()
    assert (host.root / "etc/resolv.conf").read_text() == "nameserver 10.79.0.254\n"
    assert not (original / "etc/hostname").exists()
    # Asked again after a kill, it keeps what is there: clients know the key already.
    (host.root / "mark").write_text("")
    assert rootfs.make(host, RECORD, original) == key
    assert (host.root / "mark").exists()


def test_copies_are_spread_over_an_ext4_disk(host: HostId, original: Path) -> None:
    host.directory.mkdir(parents=True)
    rootfs.make(host, RECORD, original)
    shown = subprocess.run(
        ["lsattr", "-d", host.directory], capture_output=True, text=True, check=False
    )
    kind = check.filesystem(host.directory, Path("/proc/self/mountinfo").read_text())
    if kind != "ext4":
        pytest.skip(f"{host.directory} is on {kind}")

    assert "T" in shown.stdout.split()[0]


def test_a_host_key_that_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    for directory in ("etc/ssh", "var/lib/dbus"):
        (tmp_path / directory).mkdir(parents=True)
    (tmp_path / rootfs.KEY).write_text("half")

    rootfs.identify(tmp_path)

    assert rootfs.host_key(tmp_path).startswith("ssh-ed25519 AAAA")
    assert (tmp_path / rootfs.KEY).stat().st_mode & 0o777 == 0o600


def test_the_authorized_key_replaces_the_one_before_and_only_root_may_read_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "root").mkdir()
    rootfs.authorize(tmp_path, "ssh-ed25519 AAAAold one")
    rootfs.authorize(tmp_path, "ssh-ed25519 AAAAnew two\n")

    file = tmp_path / "root/.ssh/authorized_keys"
    assert file.read_text() == "ssh-ed25519 AAAAnew two\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "key",
    [
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "ssh-ed25519",
        "",
        "ssh-ed25519 AAAA a\nssh-ed25519 BBBB b",
        'command="x" ssh-ed25519 AAAA',
    ],
)
def test_what_is_no_public_key_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(LabError, match="no SSH public key") as refusal:
        rootfs.refuse_key(key)
    assert "PRIVATE" not in str(refusal.value)
    assert "BBBB" not in str(refusal.value)


@pytest.mark.parametrize(
    "key",
    [
        "ssh-ed25519 AAAAC3Nz+/=",
        "ecdsa-sha2-nistp256 AAAA= me@here now",
        "sk-ssh-ed25519@openssh.com AAAA x",
    ],
)
def test_every_form_of_public_key_is_taken(key: str) -> None:
    rootfs.refuse_key(key)


def test_a_link_in_the_place_of_a_root_directory_is_removed_and_not_followed(
    tmp_path: Path,
) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "precious")

    rootfs.remove(tmp_path / "root")

    assert [path.name for path in tmp_path.iterdir()] == ["precious"]
    assert rootfs.size(tmp_path / "none") == 0
