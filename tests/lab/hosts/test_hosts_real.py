"""Two real hosts, and what they must be to each other, to this machine and to what will be installed in them."""

import ipaddress
import socket
import subprocess
from pathlib import Path

import pytest

from lab.hosts import template
from tests.lab.hosts.conftest import OpenLab
from tests.lab.hosts.real_lab import RealLab

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def pair(open_lab: OpenLab) -> RealLab:
    lab = open_lab("tpair")
    lab.create("n1")
    lab.create("n2")
    # n1 must reach n2 by ssh too; the key is the test's own.
    lab.ssh("n1", f"umask 077; cat >/root/.ssh/id_ed25519 <<'END'\n{lab.key.read_text()}END\n")
    return lab


def test_each_host_has_its_own_identity(pair: RealLab) -> None:
    both = [
        pair.ssh(
            name,
            "cat /etc/machine-id /var/lib/dbus/machine-id /etc/lab-host/product_uuid; hostname; "
            "cat /proc/sys/kernel/random/boot_id /sys/class/dmi/id/product_uuid 2>/dev/null || true",
        ).splitlines()
        for name in ("n1", "n2")
    ]

    assert [each[3] for each in both] == ["n1", "n2"]
    for mine, other in zip(*both, strict=True):
        assert mine != other
    for each in both:
        assert each[0] == each[1] == each[2].replace("-", "")
        # Where this machine shows a product UUID, a host shows its own and not this machine's.
        assert each[5:] in ([], [each[2]])
    assert pair.made["n1"]["hostKey"] != pair.made["n2"]["hostKey"]
    own = Path("/etc/machine-id")
    assert not own.exists() or own.read_text().strip() not in {each[0] for each in both}


def probe(*targets: str) -> str:
    """Prints each address:port that answers within a second; all are tried at the same time."""
    one = "(timeout 1 bash -c 'exec 3<>/dev/tcp/{0}/{1}' 2>/dev/null && echo {0}:{1}) &"
    return "".join(f"{one.format(*target.split(':'))}\n" for target in targets) + "wait\n"


def test_hosts_reach_each_other_this_machine_and_ssh_in_between(pair: RealLab) -> None:
    there = pair.made["n2"]
    trust = f"echo '{there['address']} {there['hostKey']}' >/root/.ssh/known_hosts"

    assert (
        pair.ssh("n1", f"{trust}; ssh -o BatchMode=yes root@{there['address']} hostname") == "n2\n"
    )
    machine = str(ipaddress.ip_network(pair.subnet)[1])
    with socket.create_server((machine, 0)) as listener:
        mine = f"{machine}:{listener.getsockname()[1]}"
        assert pair.ssh("n1", probe(mine)) == f"{mine}\n"


def test_nothing_outside_the_lab_can_be_reached_although_there_is_a_default_route(
    pair: RealLab,
) -> None:
    subnet = ipaddress.ip_network(pair.subnet)
    route = pair.ssh("n1", "ip -4 route show default").split()
    assert route[:3] == ["default", "via", str(subnet[-2])]
    # This machine's own way out: what it reaches there must be out of a host's reach.
    outward = subprocess.run(
        ["ip", "-4", "route", "show", "default"], capture_output=True, text=True, check=True
    ).stdout.split()
    targets = ["192.0.2.77", *(outward[2:3] if outward[1:2] == ["via"] else [])]
    outside = [f"{target}:{port}" for target in targets for port in (53, 80, 443)]
    neighbour = f"{pair.made['n2']['address']}:22"
    try:
        # Asks this machine, as a host that wants out would, although it may forward for others.
        for via in (subnet[-2], subnet[1]):
            pair.ssh("n1", f"ip route replace default via {via}")
            assert pair.ssh("n1", probe(*outside, neighbour)) == f"{neighbour}\n"
    finally:
        pair.ssh("n1", f"ip route replace default via {subnet[-2]}")
    forwarding = Path(f"/proc/sys/net/ipv4/conf/{pair.host('n1').lab.uplink}/forwarding")
    assert forwarding.read_text() == "0\n"
    inside = ["ip", "netns", "exec", pair.host("n1").lab.namespace]
    shown = subprocess.run(
        [*inside, "cat", "/proc/sys/net/ipv4/ip_forward"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "0\n"


def test_a_host_offers_what_containerd_and_the_kubelet_need_of_a_machine(pair: RealLab) -> None:
    assert pair.ssh("n1", "systemctl is-system-running --wait") == "running\n"
    pair.ssh("n1", "test -c /dev/kmsg && test -c /dev/loop-control && test -b /dev/loop0")
    assert pair.ssh("n1", "findmnt --noheadings --output PROPAGATION /").strip() == "shared"
    pair.ssh(
        "n1", "unshare --mount true; ip netns add a; ip netns exec a ip link; ip netns delete a"
    )
    pair.ssh(
        "n1", "sysctl -q -w net.ipv4.ip_forward=1; test $(cat /proc/sys/net/ipv4/ip_forward) = 1"
    )
    overlay = (
        "mkdir -p /var/lib/containerd/t; cd /var/lib/containerd/t; mkdir -p l u w m; echo a >l/f; "
        "mount -t overlay -o lowerdir=l,upperdir=u,workdir=w overlay m; echo b >m/f; cat u/f l/f; umount m"
    )
    assert pair.ssh("n1", overlay) == "b\na\n"
    # /tmp of a server is on its disk: a bundle is unpacked there.
    assert pair.ssh("n1", "findmnt --noheadings --target /tmp --output TARGET").strip() == "/"


def test_each_host_has_a_cgroup_root_of_its_own_and_may_write_to_it(pair: RealLab) -> None:
    make = "for c in /sys/fs/cgroup/*/cgroup.procs; do mkdir ${c%/*}/kubepods; done; ls -d /sys/fs/cgroup/*/kubepods"
    look = "ls -d /sys/fs/cgroup/*/kubepods 2>/dev/null | wc -l"
    if pair.ssh("n1", "test -e /sys/fs/cgroup/cgroup.controllers && echo 2 || echo 1") == "2\n":
        make, look = (
            "mkdir /sys/fs/cgroup/kubepods",
            "find /sys/fs/cgroup/kubepods 2>/dev/null | wc -l",
        )
    pair.ssh("n1", make)

    assert int(pair.ssh("n1", look)) > 0
    assert int(pair.ssh("n2", look)) == 0
    assert "kubepods" not in {path.name for path in Path("/sys/fs/cgroup").glob("*/*")}


def test_a_fresh_host_has_nothing_that_the_appliance_installs(pair: RealLab) -> None:
    installed = pair.ssh("n2", "dpkg-query -W -f '${Package}\\n'").split()
    words = (
        "containerd",
        "runc",
        "kube",
        "cri-",
        "cni",
        "docker",
        "podman",
        "python",
        "iptables",
        "conntrack",
        "helm",
    )
    assert [name for name in installed if any(word in name for word in words)] == []
    # Positive control: the same search finds what is there.
    assert {"systemd", "openssh-server", "curl"} <= set(installed)

    programs = pair.ssh(
        "n2",
        "for p in containerd runc kubelet kubeadm kubectl crictl ctr python3 iptables curl; do "
        "command -v $p || true; done",
    )
    assert programs.split() == ["/usr/bin/curl"]
    places = "/opt /usr/local/bin /etc/cni /etc/kubernetes /etc/containerd /var/lib/kubelet /var/lib/containerd"
    assert pair.ssh("n2", f"find {places} -mindepth 1 2>/dev/null | head -n 5 || true") == ""
    assert pair.ssh("n2", "find /etc/apt -name '*.list' -o -name '*.sources' -type f") == ""


def test_password_logins_are_refused_and_many_sessions_at_once_are_not(pair: RealLab) -> None:
    settings = pair.ssh("n2", "sshd -T").splitlines()

    assert "passwordauthentication no" in settings
    assert "permitrootlogin without-password" in settings
    assert "maxstartups 100:30:200" in settings


def test_creating_again_changes_nothing_but_the_authorized_key(pair: RealLab) -> None:
    pair.ssh("n2", "touch /root/mark")
    before, boot = pair.made["n2"], pair.ssh("n2", "cat /proc/sys/kernel/random/boot_id")

    assert pair.create("n2") == before
    assert (
        pair.ssh("n2", "ls /root/mark; cat /proc/sys/kernel/random/boot_id").split()[1]
        == boot.strip()
    )
    refused = pair.run(
        "create",
        "--name",
        "n2",
        "--address",
        str(ipaddress.ip_network(pair.subnet)[99]),
        fails=True,
    )
    assert "has address" in refused.stderr
    assert refused.stderr.count("\n") == 1
    taken = pair.run("create", "--name", "n3", "--address", before["address"], fails=True)
    assert "belongs to another host" in taken.stderr
    assert set(pair.states()) == {"n1", "n2"}


def test_a_subnet_that_this_machine_reaches_otherwise_is_refused(
    open_lab: OpenLab, pair: RealLab
) -> None:
    # Two state directories know nothing of each other, the machine's routes do.
    other = open_lab("tother", pair.subnet)
    refused = other.run("create", "--name", "n1", "--subnet", pair.subnet, fails=True)

    assert "which this machine reaches by" in refused.stderr
    assert other.traces("n1")["files"] == []


@pytest.mark.parametrize("verb", ["reboot", "power"])
def test_a_host_comes_back_as_itself_with_a_fresh_network_and_fresh_cgroups(
    pair: RealLab, verb: str
) -> None:
    boot = pair.ssh("n2", "cat /proc/sys/kernel/random/boot_id")
    # What a cluster leaves: links and settings in the namespace, cgroups of pods, an attached loop device, files.
    pair.ssh(
        "n2",
        "ip link add weave type bridge; sysctl -q -w net.ipv4.ip_forward=1; echo kept >/root/file; sync /root/file; "
        "truncate -s 1M /root/disk; losetup --find /root/disk; systemd-run --quiet sleep 600; "
        "for c in /sys/fs/cgroup/*/; do mkdir -p $c/kubepods/pod1 2>/dev/null || true; done",
    )
    assert pair.traces("n2")["loop devices"]
    if verb == "reboot":
        made = pair.remember(pair.run("reboot", "--name", "n2").stdout)
    else:
        pair.run("power-off", "--name", "n2")
        assert pair.states() == {"n1": "running", "n2": "stopped"}
        traces = pair.traces("n2")
        assert not traces["loop devices"]
        assert not [line for line in traces["cgroups"] if pair.host("n2").token in line]
        made = pair.remember(pair.run("start", "--name", "n2").stdout)

    assert made == pair.made["n2"]
    assert pair.ssh("n2", "cat /proc/sys/kernel/random/boot_id") != boot
    assert pair.ssh("n2", "cat /root/file") == "kept\n"
    assert "weave" not in pair.ssh("n2", "ip -oneline link")
    assert (
        pair.ssh("n2", "cat /proc/sys/net/ipv4/ip_forward")
        == Path("/proc/sys/net/ipv4/ip_forward").read_text()
    )
    assert pair.ssh("n2", "find /sys/fs/cgroup -name 'pod1'") == ""
    assert (
        pair.ssh(
            "n1", f"curl -sS --max-time 3 telnet://{made['address']}:22 </dev/null | head -c 4"
        )
        == "SSH-"
    )


def test_a_clean_reboot_stops_services_and_a_power_loss_does_not(pair: RealLab) -> None:
    unit = (
        "[Service]\\nExecStart=sleep infinity\\nExecStop=/bin/sh -c 'echo stopped >>/root/stops'\\n"
    )
    start = f'printf "{unit}" >/run/systemd/system/mark.service; systemctl daemon-reload; systemctl start mark'
    pair.ssh("n2", f"rm -f /root/stops; mkdir -p /run/systemd/system; {start}")
    pair.run("power-off", "--name", "n2")
    pair.run("start", "--name", "n2")
    assert pair.ssh("n2", "ls /root").split().count("stops") == 0

    pair.ssh("n2", f"mkdir -p /run/systemd/system; {start}")
    pair.run("reboot", "--name", "n2")
    assert pair.ssh("n2", "cat /root/stops") == "stopped\n"


def test_the_template_is_untouched_by_what_its_copies_do(pair: RealLab) -> None:
    root = template.root(lambda _: None)

    assert not (root / "root/file").exists()
    assert not list((root / "etc/ssh").glob("ssh_host_*"))
    assert not (root / "root/.ssh/authorized_keys").exists()
    assert pair.host("n1").root.stat().st_ino != root.stat().st_ino


def test_a_host_that_does_not_boot_says_why_and_can_be_deleted(open_lab: OpenLab) -> None:
    lab = open_lab("tdead")
    lab.create("n1")
    lab.run("power-off", "--name", "n1")
    for init in ("sbin/init", "lib/systemd/systemd"):
        (lab.host("n1").root / init).unlink()

    failed = lab.run("start", "--name", "n1", fails=True)
    assert "ended while it booted" in failed.stderr
    assert "console.log" in failed.stderr
    lab.run("delete", "--name", "n1")
    assert not any(lab.gone("n1").values())
