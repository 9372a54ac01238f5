"""When containerd starts anew: at once on a host of its own, in its turn on a node of a cluster."""

from pathlib import Path

import pytest

from tests.components.machines.node_functions import Functions

# Stands in for systemd: containerd is a sleeping process with the environment that its unit had when it started.
SYSTEMD = r"""
start_process() {
  # shellcheck disable=SC2046
  env $(grep -o 'APPLIANCE_CONFIGURATION=[0-9a-f]*' "$CONTAINERD_UNIT") sleep 20 >/dev/null 2>&1 9>&- &
  echo $! >"$STATE/pid"
  # A forked shell has the shell's environment until it is the program.
  until grep -qz APPLIANCE_CONFIGURATION "/proc/$!/environ"; do :; done
}
systemctl() {
  case "$1 ${2:-}" in
    "show -P") cat "$STATE/pid" ;;
    "is-active -q") [[ -e $STATE/pid ]] ;;
    "start containerd") echo start >>"$STATE/log"; start_process ;;
    "restart containerd") echo restart >>"$STATE/log"; kill "$(cat "$STATE/pid")"; start_process ;;
  esac
}
await() { :; }
"""
END = '\nkill "$(cat "$STATE/pid")"'


@pytest.fixture
def host(tmp_path: Path) -> Functions:
    return Functions(state=tmp_path)


def prepared_twice(host: Functions, second: str, then: str = "") -> list[str]:
    """What was done to containerd by two runs, of which the second has other settings; `then` comes after."""
    first = "UPSTREAMS= REGISTRIES= CONTAINERD_CONFIG=one; containerd_service"
    host.run(f"{SYSTEMD}{first}; CONTAINERD_CONFIG={second}; containerd_service\n{then}{END}")
    return (host.state / "log").read_text().split()


def in_a_cluster(host: Functions) -> None:
    file = host.state / "etc/kubernetes/kubelet.conf"
    file.parent.mkdir(parents=True)
    file.write_text("joined\n")


def test_a_host_that_is_no_node_reads_new_settings_at_once(host: Functions) -> None:
    assert prepared_twice(host, "two") == ["start", "restart"]


def test_unchanged_settings_restart_nothing(host: Functions) -> None:
    assert prepared_twice(host, "one", "renew") == ["start"]


def test_a_node_of_the_cluster_keeps_its_runtime_until_its_turn(host: Functions) -> None:
    in_a_cluster(host)
    assert prepared_twice(host, "two", "[[ $(outdated) == yes ]]") == ["start"]


def test_in_its_turn_the_runtime_reads_its_settings_once(host: Functions) -> None:
    in_a_cluster(host)
    done = prepared_twice(host, "two", "renew; renew; [[ $(outdated) == no ]]")
    assert done == ["start", "restart"]
