"""What is in a machine: what the image of a cloud has, and nothing that the appliance brings."""

from ipaddress import IPv4Address

import pytest

from lab.hosts.addresses import Subnet
from lab.machines import files, image


def test_any_change_of_the_recipe_is_another_image(monkeypatch: pytest.MonkeyPatch) -> None:
    before = image.key()
    monkeypatch.setattr(image, "PACKAGES", (*image.PACKAGES, "vim"))
    packages = image.key()
    monkeypatch.setitem(files.IMAGE, "etc/motd", ("hello", 0o644))
    assert len({before, packages, image.key()}) == 3


def test_the_recipe_asks_for_nothing_that_the_appliance_installs() -> None:
    words = ("containerd", "runc", "kube", "cni", "docker", "python", "iptables", "conntrack")
    assert not [p for p in image.PACKAGES if any(word in p for word in words)]


def test_root_cannot_log_in_and_the_user_may_sudo_without_a_password() -> None:
    assert "PermitRootLogin no\n" in files.SSHD
    assert f"{files.USER} ALL=(ALL) NOPASSWD:ALL\n" == files.SUDO
    # sudo does not read a file that others may write.
    assert files.IMAGE[f"etc/sudoers.d/{files.USER}"][1] == 0o440


def test_the_link_is_found_by_its_hardware_address_since_its_name_differs_by_machine() -> None:
    text = files.network(
        IPv4Address("10.88.0.11"), Subnet.parse("10.88.0.0/24"), "02:1a:00:00:00:01"
    )
    assert "MACAddress=02:1a:00:00:00:01\n" in text
    assert "Address=10.88.0.11/24\nGateway=10.88.0.254\n" in text
    assert "Name=" not in text
