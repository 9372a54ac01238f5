"""What a host says of itself when it is asked whether it is as it was made."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from components.machines.node_script import SOURCE
from tests.components.machines.node_functions import Functions

VALUES = {
    "API_NAME": "api.core.internal",
    "NODE_ADDRESS": "192.0.2.2",
    "CONTROL_PLANES": "192.0.2.1",
    "REGISTRIES": "192.0.2.1:5000",
    "UPSTREAMS": "docker.io registry.k8s.io",
    "CONTAINERD_CONFIG": "version = 2",
    "CA_CERTIFICATE": "-----BEGIN CERTIFICATE-----\nTUE=\n-----END CERTIFICATE-----",
    "PROXY_ENVIRONMENT": "HTTP_PROXY=http://user:hunter2@proxy.example.com:3128",
}
QUIET = "systemctl() { :; }; await() { :; }; "
MADE = f"{QUIET}containerd_service; load_balancer; kubelet_service"
CHANGES = re.compile(
    r"\b(rm|mv|cp|mkdir|mktemp|touch|install|install_text|fetch|contents|curl|kill|swapoff|modprobe|die|await|apt-get|dnf|ctr)\b"
    r"|sed -i|(^|\()\s*sysctl (?!-n)|systemctl (?!is-active|is-enabled|show)|kube\b(?!-)|>>|[^2<^]>\s*[\"$/]"
)
"""Words of a shell that change something on a host, or wait for something."""


@pytest.fixture
def host(tmp_path: Path) -> Functions:
    return Functions(state=tmp_path)


def lines(printed: str) -> list[tuple[str, ...]]:
    found = [tuple(line.split("\t")) for line in printed.splitlines()]
    assert {len(line) for line in found} <= {4}
    return found


def drifted(
    host: Functions, call: str, values: Mapping[str, str] = VALUES
) -> list[tuple[str, ...]]:
    """The lines of a call whose two halves differ, of files below the test's directory."""
    return [
        (kind, name.removeprefix(str(host.state)), wanted, found)
        for kind, name, wanted, found in lines(host.run(call, values))
        if wanted != found and (kind != "file" or name.startswith(str(host.state)))
    ]


def of_files(host: Functions, values: Mapping[str, str] = VALUES) -> list[tuple[str, ...]]:
    found = drifted(host, "files_as_made", values)
    return [line for line in found if line[0] == "file" and line[1] != "/cluster"]


def section() -> list[str]:
    """The lines of the script that belong to `drift` alone, without comments."""
    text = SOURCE.read_text().partition("\n# --- drift:")[2].partition("\nmain() {")[0]
    return [line for line in text.splitlines()[1:] if not line.lstrip().startswith("#")]


def test_nothing_of_it_changes_anything() -> None:
    assert len(section()) > 100
    assert [line for line in section() if CHANGES.search(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        "rm -f x",
        "systemctl restart haproxy",
        "echo x >/etc/x",
        'fetch blobs "$a"',
        "sed -i s/a/b/ f",
    ],
)
def test_a_line_that_changes_something_would_be_found(line: str) -> None:
    assert CHANGES.search(line)


def test_what_prepare_writes_is_no_drift(host: Functions) -> None:
    assert {name for _, name, *_ in of_files(host)} == {
        "/etc/containerd/config.toml",
        "/etc/systemd/system/containerd.service.d/appliance.conf",
        "/etc/haproxy/haproxy.cfg",
        "/etc/systemd/system/kubelet.service",
        "/etc/containerd/certs.d/docker.io/hosts.toml",
        "/etc/containerd/certs.d/registry.k8s.io/hosts.toml",
    }
    host.run(MADE, VALUES)
    assert of_files(host) == []


def test_a_changed_file_is_shown_by_its_first_line_that_differs(host: Functions) -> None:
    host.run(MADE, VALUES)
    file = host.state / "etc/haproxy/haproxy.cfg"
    file.write_text(file.read_text().replace("maxconn 4096", "maxconn 1"))
    assert of_files(host) == [
        ("file", "/etc/haproxy/haproxy.cfg", "  maxconn 4096", "  maxconn 1"),
    ]


def test_a_line_too_many_and_a_mode_are_drift_too(host: Functions) -> None:
    host.run(MADE, VALUES)
    file = host.state / "etc/haproxy/haproxy.cfg"
    file.write_text(f"{file.read_text()}listen other\n")
    (host.state / "etc/systemd/system/kubelet.service").chmod(0o666)
    assert of_files(host) == [
        ("file", "/etc/haproxy/haproxy.cfg", "no such line", "listen other"),
        ("file", "/etc/systemd/system/kubelet.service", "mode 644", "mode 666"),
    ]
    host.run(MADE, VALUES)
    assert of_files(host) == []


def test_a_file_without_its_last_line_feed_is_another_one(host: Functions) -> None:
    host.run(MADE, VALUES)
    file = host.state / "etc/containerd/config.toml"
    file.write_text("version = 2")
    assert of_files(host) == [
        ("file", "/etc/containerd/config.toml", "as it was made", "other content"),
    ]


def test_of_a_file_with_a_password_only_that_it_is_another_one_is_said(host: Functions) -> None:
    host.run(MADE, VALUES)
    others = {**VALUES, "PROXY_ENVIRONMENT": "HTTP_PROXY=http://user:other@proxy.example.com:1"}
    printed = host.run("files_as_made", others)
    assert "hunter2" not in printed
    assert [line[2:] for line in of_files(host, others)] == [("as it was made", "other content")]


def test_a_mirror_that_nothing_asks_for_any_more_is_named(host: Functions) -> None:
    host.run(MADE, VALUES)
    left = of_files(host, {**VALUES, "UPSTREAMS": "docker.io"})
    assert left == [
        ("file", "/etc/containerd/certs.d/registry.k8s.io/hosts.toml", "absent", "there")
    ]


def test_a_unit_must_be_enabled_and_active(host: Functions) -> None:
    systemd = (
        'systemctl() { case "$*" in "is-enabled a") echo disabled; return 1;; '
        "is-enabled*) echo enabled;; is-active*) echo active;; esac; }"
    )
    assert drifted(host, f"{systemd}; units_as_made a b") == [
        ("unit", "a", "enabled, active", "disabled, active")
    ]
    none = "systemctl() { [[ $1 != is-active ]] || echo inactive; return 4; }"
    assert drifted(host, f"{none}; units_as_made a") == [
        ("unit", "a", "enabled, active", "absent, inactive")
    ]


def test_the_kernel_s_settings_and_swap_are_read_as_they_are(host: Functions) -> None:
    system = (
        "kernel_settings() { printf 'net.ipv4.ip_forward = 1\\nnet.x = 1\\n'; }; "
        "sysctl() { case $2 in net.x) echo 1;; *) echo 0;; esac; }; swapon() { echo /dev/sdb; }"
    )
    forwarding = ("sysctl", "net.ipv4.ip_forward", "1", "0")
    assert drifted(host, f"{system}; kernel_as_made") == [
        forwarding,
        ("swap", "swap", "off", "/dev/sdb"),
    ]
    shared = {**VALUES, "SWAP_ALLOWED": "1"}
    assert drifted(host, f"{system}; kernel_as_made", shared) == [forwarding]


def artifact(host: Functions, **files: str) -> None:
    """The list of an artifact's files as `fetch` leaves it; `kept` would hold it against its digest."""
    directory = host.state / "manifests"
    directory.mkdir(exist_ok=True)
    layers = ",".join(
        f'{{"mediaType":"m","digest":"sha256:{sha}","annotations":'
        f'{{"org.opencontainers.image.title":"{title}"}}}}'
        for title, sha in files.items()
    )
    (directory / "list").write_text(f'{{"layers":[{layers}]}}')


def test_programs_and_packages_are_held_against_the_bundle_s_lists(host: Functions) -> None:
    program = host.state / "kubelet"
    program.write_text("changed by hand")
    artifact(host, **{"kubelet": "a" * 64, "runc_1%3a1.1_amd64.deb": "b" * 64})
    values = {**VALUES, "PACKAGES": "host/debian list", "FILES": f"host/k8s list {host.state}"}
    call = (
        "kept() { return 0; }; deb_version() { echo 1.0; }; new_enough() { return 1; }; "
        "bundle_as_made"
    )
    found = drifted(host, call, values)
    assert ("package", "runc", "1:1.1", "1.0") in found
    kubelet = next(line for line in found if line[:2] == ("program", "/kubelet"))
    assert kubelet[2] == "a" * 12
    assert re.fullmatch("[0-9a-f]{12}", kubelet[3])
    gone = call.replace("echo 1.0", "return 1")
    assert ("package", "runc", "1:1.1", "absent") in drifted(host, gone, values)
    newer = call.replace("new_enough() { return 1; }", "new_enough() { return 0; }")
    assert not [line for line in drifted(host, newer, values) if line[0] == "package"]


def test_a_list_that_is_not_there_any_more_is_drift_and_nothing_is_fetched(host: Functions) -> None:
    sha = "c" * 64
    values = {**VALUES, "PACKAGES": f"host/debian {sha}", "FILES": f"host/k8s {sha} /usr/local/bin"}
    call = "fetch() { echo fetched; }; curl() { echo asked; }; bundle_as_made"
    assert drifted(host, call, values) == [
        ("file", f"/manifests/{sha}", "there", "absent or damaged"),
        ("file", f"/manifests/{sha}", "there", "absent or damaged"),
    ]


def test_packages_of_the_vendors_must_be_of_the_pinned_versions(host: Functions) -> None:
    online = {
        **VALUES,
        "KUBERNETES_VERSION": "1.35.4",
        "CONTAINERD_VERSION": "2",
        "REPOSITORIES": "kubernetes deb F K S",
    }
    call = (
        "package_format() { echo deb; }; deb_sources() { :; }; "
        "deb_version() { case $1 in kubelet) echo 1.34.2-1.1;; kube*) echo 1.35.4-1.1;; "
        "containerd.io) echo 2.1.5-1;; socat) return 1;; *) echo 1;; esac; }; vendors_as_made"
    )
    found = [line for line in drifted(host, call, online) if line[0] == "package"]
    assert found == [
        ("package", "socat", "any version", "absent"),
        ("package", "kubelet", "1.35.4-*", "1.34.2-1.1"),
    ]
