"""The text of the files in a machine that are not Debian's.

Owns pure text. Does not own writing it: image.py (all machines) and disk.py (one machine).
"""

from ipaddress import IPv4Address

from lab.hosts.addresses import Subnet

USER = "admin"
"""Who logs in: root may not, as in the images of the clouds."""

# sshd's other settings are Debian's, MaxStartups among them: what a real server refuses is to be refused here.
SSHD = """PermitRootLogin no
PasswordAuthentication no
"""

SUDO = f"{USER} ALL=(ALL) NOPASSWD:ALL\n"
FSTAB = "/dev/vda / ext4 errors=remount-ro 0 1\n"

IMAGE: dict[str, tuple[str, int]] = {
    "etc/ssh/sshd_config.d/cloud.conf": (SSHD, 0o644),
    f"etc/sudoers.d/{USER}": (SUDO, 0o440),
    "etc/fstab": (FSTAB, 0o644),
}


def network(address: IPv4Address, subnet: Subnet, mac: str) -> str:
    """The one link's settings, for systemd-networkd. The gateway leads nowhere and its name server never answers."""
    return f"""[Match]
MACAddress={mac}

[Network]
Address={address}/{subnet.length}
Gateway={subnet.gateway}
DNS={subnet.gateway}
LinkLocalAddressing=no
IPv6AcceptRA=no
"""


def hosts(name: str) -> str:
    """/etc/hosts as Debian's installer writes it: the own name is no address of the network."""
    return f"127.0.0.1 localhost\n127.0.1.1 {name}\n::1 localhost ip6-localhost ip6-loopback\n"
