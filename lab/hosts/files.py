"""The text of the files in a host that are not Debian's: in the template, and in one host only.

Owns pure text. Does not own writing it: template.py and rootfs.py.
"""

from ipaddress import IPv4Address
from pathlib import Path

PRODUCT_UUID = "etc/lab-host/product_uuid"

LAB_HOST = Path(__file__).with_name("lab-host.sh").read_text()

LAB_HOST_UNIT = """[Unit]
Description=What a machine has at boot and a container has not
DefaultDependencies=no
After=local-fs.target
Before=sysinit.target containerd.service kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-host

[Install]
WantedBy=sysinit.target
"""

# Many sessions at once are usual for a program that works on all layers of a host in parallel.
SSHD = """HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
MaxStartups 100:30:200
MaxSessions 100
"""

TEMPLATE: dict[str, tuple[str, int]] = {
    "usr/local/sbin/lab-host": (LAB_HOST, 0o755),
    "etc/systemd/system/lab-host.service": (LAB_HOST_UNIT, 0o644),
    "etc/ssh/sshd_config.d/lab-host.conf": (SSHD, 0o644),
}


def hosts(name: str, address: IPv4Address) -> str:
    """/etc/hosts: the host itself; names of others are nobody's business here."""
    return (
        "127.0.0.1 localhost\n"
        f"{address} {name}\n"
        "::1 localhost ip6-localhost ip6-loopback\n"
        "ff02::1 ip6-allnodes\n"
        "ff02::2 ip6-allrouters\n"
    )


def resolv_conf(gateway: IPv4Address) -> str:
    """/etc/resolv.conf: a name server that refuses, for nothing is outside; CoreDNS does not start without any."""
    return f"nameserver {gateway}\n"
