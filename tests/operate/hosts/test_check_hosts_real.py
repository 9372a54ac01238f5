"""`check-hosts` with real hosts: each test makes something wrong, sees it told, and puts it right again."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.hosts.conftest import free_subnet, opened
from tests.operate.hosts.site import Site

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]

NAMES = ("n1", "n2", "n3")
LOGIN = ("/var/log/", "/var/lib/systemd/timers/", "/home/admin/.ssh")
"""What changes on a host by itself, or by a login of anybody."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with opened("site", free_subnet()) as lab:
        site = Site(lab=lab, checkout=tmp_path_factory.mktemp("checkout"))
        site.begin(NAMES)
        yield site


@pytest.fixture
def site(made: Site) -> Site:
    made.configure()
    return made


@contextmanager
def unchanged(site: Site) -> Iterator[None]:
    """No file, unit, link or listener of any host is another one afterwards."""
    look = "systemctl list-units --plain --no-legend --state=active --type=service; ip -brief link; ss -Hltun | sort"
    before = {name: site.lab.ssh(name, f"touch /root/mark; {look}") for name in NAMES}
    yield
    for name in NAMES:
        assert site.lab.ssh(name, look) == before[name]
        newer = site.lab.ssh(name, "find / -xdev -newer /root/mark -not -type d").split()
        assert [path for path in newer if not path.startswith(LOGIN)] == [], name


def without_sudo(site: Site, name: str) -> None:
    site.lab.ssh(
        name,
        f"""id admin 2>/dev/null || useradd --create-home --shell /bin/bash admin
        mkdir -p /home/admin/.ssh
        echo '{site.public_key}' >/home/admin/.ssh/authorized_keys
        chown -R admin: /home/admin/.ssh; chmod 700 /home/admin/.ssh""",
    )


def test_hosts_that_are_fine_are_listed_and_left_as_they_are(site: Site) -> None:
    with unchanged(site):
        rows = site.check()
    assert [[row[0] for row in rows[name]] for name in NAMES] == [["ok"], ["ok"], ["ok"]]
    assert "Debian GNU/Linux 12 (bookworm), x86_64" in rows["n1"][0][2]


def test_unreachable_hosts_wrong_keys_and_missing_rights_are_all_in_one_report_and_nothing_changed(
    site: Site,
) -> None:
    without_sudo(site, "n3")
    nobody = str(site.nodes["n1"]["address"]).rpartition(".")[0] + ".200"
    site.configure(
        {"name": "n2", "hostKey": site.nodes["n1"]["hostKey"]},
        {"name": "n3", "user": "admin"},
        {"name": "n4", "address": nobody, "hostKey": site.nodes["n1"]["hostKey"]},
    )
    with unchanged(site):
        rows = site.check(code=1)
        refused = site.run("up", code=1)
    assert {name: [row[:2] for row in rows[name]] for name in rows} == {
        "n1": [["ok", ""]],
        "n2": [["FAIL", "SSH"]],
        "n3": [["FAIL", "privileges"]],
        "n4": [["FAIL", "SSH"]],
    }
    assert "shows another host key" in rows["n2"][0][2]
    assert "user admin is not root and may not sudo without a password" in rows["n3"][0][2]
    assert f"cannot be reached by SSH at {nobody}:22" in rows["n4"][0][2]
    # The same table stops `up` before anything is built or made.
    assert all(row[2] in refused for name in ("n2", "n3", "n4") for row in rows[name])
    assert "== bundle" not in refused
    assert "== pulumi up" not in refused


def test_a_key_that_is_not_let_in_is_told_as_that(site: Site) -> None:
    keys = "/root/.ssh/authorized_keys"
    site.lab.ssh("n2", f"cp {keys} {keys}.kept; grep -v '{site.public_key}' {keys}.kept >{keys}")
    try:
        rows = site.check(code=1)
    finally:
        site.lab.ssh("n2", f"mv {keys}.kept {keys}")
    assert rows["n2"][0][:2] == ["FAIL", "SSH"]
    assert "does not let user root log in" in rows["n2"][0][2]


def test_two_hosts_with_one_machine_id_are_refused(site: Site) -> None:
    identity = site.lab.ssh("n1", "cat /etc/machine-id").strip()
    site.lab.ssh("n2", f"cp /etc/machine-id /root/kept; echo {identity} >/etc/machine-id")
    try:
        rows = site.check(code=1)
    finally:
        site.lab.ssh("n2", "mv /root/kept /etc/machine-id")
    assert [rows[name][0][:2] for name in NAMES] == [
        ["FAIL", "machine-id"],
        ["FAIL", "machine-id"],
        ["ok", ""],
    ]
    assert f"has the machine-id {identity}, as n2 has" in rows["n1"][0][2]


def test_what_another_cluster_left_is_refused_and_what_is_ours_is_not(site: Site) -> None:
    left = "/etc/kubernetes /etc/cni/net.d /var/lib/etcd /var/lib/appliance"
    site.lab.ssh(
        "n3",
        """mkdir -p /etc/kubernetes /etc/cni/net.d /var/lib/etcd/member
        touch /etc/kubernetes/kubelet.conf /etc/cni/net.d/10-other.conflist
        ip link add cni0 type bridge""",
    )
    note = "mkdir -p /var/lib/appliance; echo '{} {}' >/var/lib/appliance/cluster"
    try:
        others = site.check(code=1)["n3"]
        site.lab.ssh("n3", note.format("appliance-site", "0" * 64))
        namesakes = site.check(code=1)["n3"]
        site.lab.ssh("n3", note.format("appliance-site", authority(site)))
        ours = site.check()["n3"]
    finally:
        site.lab.ssh("n3", f"rm -rf {left}; ip link delete cni0")
    assert [row[:2] for row in others] == [["FAIL", "leftovers"]]
    for what in ("kubelet.conf", "/var/lib/etcd/member", "10-other.conflist", "link cni0"):
        assert what in others[0][2]
    assert [row[:2] for row in namesakes] == [["FAIL", "cluster"], ["FAIL", "leftovers"]]
    assert "another stack of that name" in namesakes[0][2]
    assert [row[0] for row in ours] == ["ok"]


def authority(site: Site) -> str:
    """The fingerprint of the stack's CA, as openssl has it."""
    certificate = site.run_in_shell("pulumi config get appliance:caCertificate")
    done = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha256"],
        input=certificate,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.partition("=")[2].strip()


def test_a_port_that_another_program_holds_is_refused_where_a_role_needs_it(site: Site) -> None:
    squat = "systemd-run --quiet --unit squatter /usr/sbin/sshd -D -p 6443"
    wait = "for _ in $(seq 50); do ss -Hltn 'sport = :6443' | grep -q . && break; sleep 0.1; done"
    for name in ("n1", "n2"):
        site.lab.ssh(name, f"{squat}; {wait}")
    try:
        rows = site.check(code=1)
    finally:
        for name in ("n1", "n2"):
            site.lab.ssh(name, "systemctl stop squatter")
    assert rows["n1"][0][:2] == ["FAIL", "ports"]
    assert (
        "has port 6443 tcp (for kube-apiserver) taken by sshd (squatter.service)"
        in rows["n1"][0][2]
    )
    # A worker has no API server.
    assert rows["n2"][0][0] == "ok"


def test_a_host_that_is_given_up_may_be_dead(site: Site) -> None:
    nobody = str(site.nodes["n1"]["address"]).rpartition(".")[0] + ".200"
    dead = {"name": "n4", "address": nobody, "hostKey": site.nodes["n1"]["hostKey"]}
    site.configure({**dead, "decommission": True})
    assert site.check()["n4"][0][:2] == ["warn", "SSH"]


def test_hosts_are_looked_at_through_a_bastion(site: Site) -> None:
    bastion = {"address": site.nodes["n3"]["address"], "hostKey": site.nodes["n3"]["hostKey"]}
    site.configure(hosts={"bastion": bastion})
    came = "journalctl -q -u ssh -o cat --since=-30s | grep -c 'Accepted publickey' || true"
    before = int(site.lab.ssh("n3", came))
    assert [row[0] for name in NAMES for row in site.check()[name]] == ["ok", "ok", "ok"]
    # The look at the bastion itself, one way through it for each host, and one login of its own as a host.
    assert int(site.lab.ssh("n3", came)) - before >= len(NAMES)


def test_a_bastion_with_another_key_is_told_and_no_host_is_asked(site: Site) -> None:
    wrong = {"address": site.nodes["n3"]["address"], "hostKey": site.nodes["n1"]["hostKey"]}
    site.configure(hosts={"bastion": wrong})
    rows = site.check(code=1)
    for name in NAMES:
        assert rows[name][0][:2] == ["FAIL", "SSH"]
        assert "the bastion" in rows[name][0][2]
        assert "shows another host key" in rows[name][0][2]


def test_a_user_with_passwordless_sudo_sees_what_root_sees(site: Site, tmp_path: Path) -> None:
    if shutil.which("apt-get") is None:
        pytest.skip("this machine has no apt-get to fetch sudo with")
    without_sudo(site, "n2")
    subprocess.run(["apt-get", "-q", "download", "sudo"], cwd=tmp_path, check=True, timeout=120)
    package = next(tmp_path.glob("sudo_*.deb"))
    root = site.lab.host("n2").root
    shutil.copyfile(package, root / "root" / "sudo.deb")
    site.lab.ssh("n2", "dpkg --install /root/sudo.deb >/dev/null 2>&1")
    site.lab.ssh("n2", "echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin")
    # Only root can see that: whose socket it is, and what lies in etcd's directory.
    site.lab.ssh("n2", "install -d -m 0700 /var/lib/etcd/member; chmod 700 /var/lib/etcd")
    site.configure({"name": "n2", "user": "admin"})
    try:
        rows = site.check(code=1)
    finally:
        site.lab.ssh("n2", "rm -rf /var/lib/etcd /etc/sudoers.d/admin")
    assert [row[:2] for row in rows["n2"]] == [["FAIL", "leftovers"]]
