"""What a host is refused for, and how it comes to trust authorities of the user's own."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.components.machines.node_functions import Functions


@pytest.fixture
def host(tmp_path: Path) -> Functions:
    return Functions(state=tmp_path)


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        ("getenforce() { echo Enforcing; }", "SELinux is enforcing here"),
        ("systemctl() { [[ $* == *firewalld* ]]; }", "firewalld runs here"),
        ("ufw() { echo 'Status: active'; }", "ufw is active here"),
    ],
)
def test_what_would_block_the_cluster_is_refused_and_not_switched_off(
    host: Functions, there: str, sentence: str
) -> None:
    quiet = "systemctl() { return 3; }; "
    assert sentence in host.refusal(f"{quiet}{there}; defences_fit")


def test_a_host_without_such_defences_is_taken(host: Functions) -> None:
    call = (
        "getenforce() { echo Permissive; }; systemctl() { return 3; }; "
        "ufw() { echo 'Status: inactive'; }; defences_fit; echo fits"
    )
    assert host.run(call) == "fits\n"


def trusted(
    host: Functions, authorities: str, *, updates: str = "echo updated >>$STATE/log"
) -> int:
    """How often the store was made in all, after one more call."""
    (host.state / "usr/local/share/ca-certificates").mkdir(parents=True, exist_ok=True)
    host.run(f"update-ca-certificates() {{ {updates}; }}; trust", {"AUTHORITIES": authorities})
    log = host.state / "log"
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_the_store_is_made_anew_only_when_the_authorities_change(host: Functions) -> None:
    file = host.state / "usr/local/share/ca-certificates/appliance.crt"
    assert trusted(host, "") == 0
    assert trusted(host, "one") == 1
    assert file.read_text() == "one\n"
    assert trusted(host, "one") == 1
    assert trusted(host, "two") == 2
    assert trusted(host, "") == 3
    assert not file.exists()
    assert trusted(host, "") == 3


@pytest.mark.parametrize("authorities", ["one", ""])
def test_a_run_that_was_killed_before_the_store_was_made_is_made_up_for(
    host: Functions, authorities: str
) -> None:
    assert trusted(host, "before") == 1
    assert trusted(host, authorities, updates="exit 0") == 1
    assert trusted(host, authorities) == 2


def test_a_host_without_the_program_is_told_what_to_install(host: Functions) -> None:
    said = host.refusal("command() { return 1; }; trust", {"AUTHORITIES": "one", "NODE_NAME": "n1"})
    assert "Install the package ca-certificates" in said


def test_mirrors_that_are_not_wanted_any_more_go_and_files_of_others_stay(host: Functions) -> None:
    certs = host.state / "etc/containerd/certs.d"
    own = certs / "own.example.com" / "hosts.toml"
    own.parent.mkdir(parents=True)
    own.write_text("server = 'x'\n")
    host.run("mirrors", {"MIRRORS": "docker.io m.example.com/hub\nregistry.k8s.io m.example.com"})
    assert (
        'server = "https://m.example.com/v2/hub"'
        in (certs / "docker.io" / "hosts.toml").read_text()
    )
    host.run("mirrors", {"MIRRORS": "docker.io m.example.com/hub"})
    assert sorted(file.parent.name for file in certs.glob("*/hosts.toml")) == [
        "docker.io",
        "own.example.com",
    ]


def test_the_bundle_s_registries_stand_before_the_upstreams(host: Functions) -> None:
    values = {"UPSTREAMS": "docker.io", "REGISTRIES": "192.0.2.1:5000 192.0.2.2:5000"}
    host.run("mirrors", values)
    text = (host.state / "etc/containerd/certs.d/docker.io/hosts.toml").read_text()
    hosts = re.findall(r'\[host\."https://([^/]+)/v2/docker.io"\]', text)
    # Whoever is dead keeps nobody waiting: the balancer knows.
    assert hosts == ["127.0.0.1:5002", "192.0.2.1:5000", "192.0.2.2:5000"]
    assert text.count("override_path = true") == len(hosts)


DAEMON = "10.100.100.101:9874"


def of_daemon(host: Functions, registries: str) -> str:
    host.run("mirrors", {"DAEMON_REGISTRY": DAEMON, "REGISTRIES": registries})
    return (host.state / f"etc/containerd/certs.d/{DAEMON}/hosts.toml").read_text()


def test_the_daemon_s_registry_is_asked_first_and_the_hosts_while_it_is_away(
    host: Functions, golden: Callable[[str, str], None]
) -> None:
    golden("hosts-of-daemon.toml", of_daemon(host, "192.0.2.1:5000 192.0.2.2:5000"))


def test_without_a_bundle_nothing_stands_in_for_the_daemon_s_registry(host: Functions) -> None:
    text = of_daemon(host, "")
    assert f'server = "https://{DAEMON}"' in text
    assert "[host." not in text
    assert tomllib.loads(text)["ca"] == "/etc/appliance/pki/ca.crt"


def test_a_registry_of_a_daemon_that_is_gone_is_forgotten(host: Functions) -> None:
    of_daemon(host, "192.0.2.1:5000")
    host.run("mirrors", {})
    assert not (host.state / f"etc/containerd/certs.d/{DAEMON}/hosts.toml").exists()


def balancer(host: Functions, registries: str) -> str:
    values = {"CONTROL_PLANES": "192.0.2.1", "REGISTRIES": registries}
    host.run("systemctl() { :; }; load_balancer", values)
    return (host.state / "etc/haproxy/haproxy.cfg").read_text()


def test_the_node_s_balancer_knows_which_of_several_registries_are_alive(host: Functions) -> None:
    text = balancer(host, "192.0.2.1:5000 192.0.2.2:5000")
    listed = text.partition("listen registries\n")[2]
    assert "bind 127.0.0.1:5002" in listed
    assert "default-server check" in listed
    assert "  server 192-0-2-2-5000 192.0.2.2:5000\n" in listed


@pytest.mark.parametrize("registries", ["192.0.2.1:5000", ""])
def test_one_registry_needs_no_balancer(host: Functions, registries: str) -> None:
    assert "5002" not in balancer(host, registries)
    host.run("mirrors", {"UPSTREAMS": "docker.io", "REGISTRIES": registries})
    assert "5002" not in (host.state / "etc/containerd/certs.d/docker.io/hosts.toml").read_text()
