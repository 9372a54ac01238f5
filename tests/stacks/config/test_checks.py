"""The limits of what a host must have."""

import pytest

from stacks.config.checks import mebibytes, seconds
from tests.stacks.config.given import Given


@pytest.mark.parametrize(
    ("text", "value"), [("0Mi", 0), ("1700Mi", 1700), ("8Gi", 8192), ("2Ti", 2097152)]
)
def test_a_size_is_a_number_with_its_unit(text: str, value: int) -> None:
    assert mebibytes(text) == value


@pytest.mark.parametrize(("text", "value"), [("0s", 0), ("30s", 30), ("5m", 300), ("1h", 3600)])
def test_a_time_is_a_number_with_its_unit(text: str, value: int) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("value", ["8", "8G", "8GB", "8 Gi", "-1Gi", "1.5Gi", "", "Gi", "\u0668Gi"])
def test_another_size_is_refused_with_an_example(ssh: Given, value: str) -> None:
    ssh.hosts["checks"] = {"disk": {"fail": value}}
    assert (
        ssh.fault()
        == f"hosts.checks.disk.fail: {value!r} is no size; give a whole number with Mi, Gi or Ti"
    )


def test_another_time_is_refused_with_an_example(ssh: Given) -> None:
    ssh.hosts["checks"] = {"clockSkew": {"warn": "500ms"}}
    assert (
        ssh.fault()
        == "hosts.checks.clockSkew.warn: '500ms' is no time; give a whole number with s, m or h"
    )


def test_a_bare_number_says_nothing_about_its_unit(ssh: Given) -> None:
    ssh.hosts["checks"] = {"memory": {"fail": 2}}
    assert (
        ssh.fault() == "hosts.checks.memory.fail: is a number; give a size such as 8Gi, in quotes"
    )


@pytest.mark.parametrize(
    ("key", "limits"),
    [
        ("disk", {"warn": "4Gi"}),
        ("memory", {"fail": "4Gi"}),
        ("cpus", {"fail": 4}),
        ("clockSkew", {"warn": "2m"}),
    ],
)
def test_a_host_is_warned_of_before_it_is_refused(
    ssh: Given, key: str, limits: dict[str, object]
) -> None:
    ssh.hosts["checks"] = {key: limits}
    assert ssh.fault().startswith(
        f"hosts.checks.{key}.warn: would only warn of what fail refuses already"
    )


def test_limits_may_be_the_same(ssh: Given) -> None:
    ssh.hosts["checks"] = {"disk": {"warn": "8Gi"}, "clockSkew": {"warn": "1m"}}
    assert not ssh.faults()


def test_two_limits_are_not_compared_when_one_of_them_cannot_be_read(ssh: Given) -> None:
    ssh.hosts["checks"] = {"disk": {"warn": "1Gi", "fail": "much"}}
    assert "is no size" in ssh.fault()


def test_hosts_boot_a_kernel_of_their_own_unless_it_is_said_otherwise(
    ssh: Given, local: Given
) -> None:
    assert not ssh.load().hosts.share_a_kernel
    ssh.hosts["kernel"] = "shared"
    assert ssh.load().hosts.share_a_kernel
    assert local.load().hosts.share_a_kernel


def test_local_hosts_have_no_kernel_to_choose(local: Given) -> None:
    local.hosts["kernel"] = "shared"
    assert local.fault() == (
        "hosts.kernel: only with provider ssh; hosts.provider is local, so remove the key"
    )
