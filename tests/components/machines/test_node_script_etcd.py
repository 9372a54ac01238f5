"""The node script's handling of etcd's members, with an etcdctl that plays a cluster."""

import subprocess
from pathlib import Path

import pytest

from components.machines.node_script import SOURCE

# The cluster is a file of etcdctl's own lines; a member answers unless its address is in `silent`.
CLUSTER = """\
etcdctl() {
  local endpoint=$2
  shift 2
  case "$*" in
    "member list") cat members ;;
    "member remove "*) sed -i "/^${3},/d" members; echo "removed $3" >>log ;;
    "endpoint health") ! grep -qx "${endpoint:8:-5}" silent ;;
  esac
}
"""
MEMBERS = """\
1a, started, n1, https://10.0.0.1:2380, https://10.0.0.1:2379, false
2b, started, n2, https://10.0.0.2:2380, https://10.0.0.2:2379, false
3c, started, n3, https://10.0.0.3:2380, https://10.0.0.3:2379, false
"""
LEARNER = "4d, unstarted, , https://10.0.0.4:2380, , true\n"


class Cluster:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.set(MEMBERS)

    def set(self, members: str, silent: str = "") -> None:
        (self.directory / "members").write_text(members)
        (self.directory / "silent").write_text(silent)
        (self.directory / "log").write_text("")

    def run(self, call: str) -> subprocess.CompletedProcess[str]:
        functions = Path(SOURCE).read_text().removesuffix('main "$@"\n')
        return subprocess.run(
            ["bash", "-c", f"{functions}\n{CLUSTER}\nNODE_NAME=n2\n{call}"],
            cwd=self.directory,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def removed(self) -> list[str]:
        return (self.directory / "log").read_text().split("\n")[:-1]


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(tmp_path)


def test_members_are_read_with_address_and_role_started_or_not(cluster: Cluster) -> None:
    cluster.set(MEMBERS + LEARNER)
    printed = cluster.run("etcd_members").stdout
    assert printed.splitlines()[0] == "1a 10.0.0.1 voter"
    assert printed.splitlines()[3] == "4d 10.0.0.4 learner"


def test_a_living_member_is_removed_while_the_others_answer(cluster: Cluster) -> None:
    done = cluster.run("remove_etcd_member 10.0.0.1")
    assert done.returncode == 0, done.stderr
    assert cluster.removed == ["removed 1a"]


def test_a_dead_member_is_removed_while_the_others_answer(cluster: Cluster) -> None:
    cluster.set(MEMBERS, silent="10.0.0.1\n")
    assert cluster.run("remove_etcd_member 10.0.0.1").returncode == 0
    assert cluster.removed == ["removed 1a"]


def test_a_removal_that_would_cost_the_quorum_is_refused_by_name(cluster: Cluster) -> None:
    cluster.set(MEMBERS, silent="10.0.0.3\n")
    done = cluster.run("remove_etcd_member 10.0.0.1")
    assert done.returncode == 1
    assert "without 10.0.0.1 etcd would lose its quorum" in done.stderr
    assert "do not answer: 10.0.0.3. Bring them back first." in done.stderr
    assert cluster.removed == []


def test_a_learner_does_not_count_for_the_quorum(cluster: Cluster) -> None:
    cluster.set("".join(MEMBERS.splitlines(keepends=True)[:2]) + LEARNER, silent="10.0.0.4\n")
    assert cluster.run("remove_etcd_member 10.0.0.1").returncode == 0


def test_who_is_no_member_needs_no_removal(cluster: Cluster) -> None:
    assert cluster.run("remove_etcd_member 10.0.0.9").returncode == 0
    assert cluster.removed == []


def test_a_dead_member_that_is_configured_no_longer_is_cleared_before_a_join(
    cluster: Cluster,
) -> None:
    cluster.set(MEMBERS, silent="10.0.0.1\n")
    done = cluster.run('CONTROL_PLANES="10.0.0.2 10.0.0.3 10.0.0.5"; remove_lost_etcd_members')
    assert done.returncode == 0, done.stderr
    assert cluster.removed == ["removed 1a"]


def test_a_living_member_and_a_configured_one_are_never_cleared(cluster: Cluster) -> None:
    cluster.set(MEMBERS, silent="10.0.0.3\n")
    done = cluster.run('CONTROL_PLANES="10.0.0.2 10.0.0.3 10.0.0.5"; remove_lost_etcd_members')
    assert done.returncode == 0, done.stderr
    assert cluster.removed == []


def test_no_control_plane_joins_while_a_member_is_silent_which_is_named(cluster: Cluster) -> None:
    cluster.set(MEMBERS, silent="10.0.0.3\n")
    done = cluster.run("ETCD_WITHIN=0; every_etcd_member_answers")
    assert done.returncode == 1
    assert "an answer of etcd's member 10.0.0.3 did not come true" in done.stderr
    assert "bring that one back, or take it out" in done.stderr


def test_a_member_that_is_booting_is_waited_for(cluster: Cluster) -> None:
    cluster.set(MEMBERS, silent="10.0.0.3\n")
    boots = "sleep() { : >silent; }"
    assert cluster.run(f"{boots}; every_etcd_member_answers").returncode == 0


@pytest.mark.parametrize(("address", "said"), [("10.0.0.3", "member"), ("10.0.0.30", "stranger")])
def test_a_control_plane_knows_the_others_by_their_whole_address(
    cluster: Cluster, address: str, said: str
) -> None:
    assert cluster.run(f"MEMBER_ADDRESS={address}; knows").stdout.strip() == said
