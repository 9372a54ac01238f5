import json
from decimal import Decimal

import pytest

from components.application import preflight_step
from components.application.description import Requirements
from components.application.preflight import Cluster, amount, unmet, unreadable, version
from tests.components.application.made import HEAD, faults

CAPACITY = """version {"major": "1", "gitVersion": "v1.35.4"}
node n1 2 4026532Ki
node n2 1500m 4Gi
api apps/v1
api v1
"""
CLUSTER = preflight_step.read(CAPACITY)


def sentences(**wanted: object) -> list[str]:
    return list(unmet(Requirements.model_validate(wanted), CLUSTER))


def test_what_a_control_plane_says_is_read() -> None:
    assert CLUSTER.version == (1, 35, 4)
    assert CLUSTER.nodes == 2
    assert CLUSTER.cores == Decimal("3.5")
    assert CLUSTER.memory == 4026532 * 1024 + 4 * 1024**3
    assert CLUSTER.api_versions == frozenset({"apps/v1", "v1"})


@pytest.mark.parametrize(
    "wanted",
    [
        {"server_version": ">=1.28.0"},
        {"server_version": ">= 1.28.0, <1.36"},
        {"server_version": "1.35"},
        {"cluster_size": 2},
        {"total_cores": "3"},
        {"total_memory": "8GB"},
        {"api_versions": ["apps/v1"]},
        {},
    ],
)
def test_a_cluster_that_is_what_is_asked_for_will_do(wanted: dict[str, object]) -> None:
    assert sentences(**wanted) == []


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"server_version": ">=1.36"}, "needs Kubernetes >=1.36, and this cluster has 1.35.4"),
        ({"server_version": ">1.20 <1.30"}, "needs Kubernetes <1.30"),
        ({"cluster_size": "3"}, "needs 3 node(s), and this cluster has 2"),
        ({"total_cores": "4"}, "needs 4 cores, and all nodes together have 3.5"),
        ({"total_memory": "16GiB"}, "needs 16GiB of memory, and all nodes together have 8.4GB"),
        ({"api_versions": ["batch/v2"]}, "needs the API version batch/v2"),
    ],
)
def test_what_is_missing_is_said(wanted: dict[str, object], sentence: str) -> None:
    (found,) = sentences(**wanted)
    assert sentence in found


def test_what_nobody_knows_yet_is_not_judged() -> None:
    wanted = Requirements(total_cores="99", total_memory="99TB", api_versions=("x/v1",))
    assert list(unmet(wanted, Cluster(version=version("1.35.4"), nodes=1))) == []


@pytest.mark.parametrize(
    ("text", "size"), [("8GB", 8 * 10**9), ("8Gi", 8 * 2**30), ("512MiB", 2**29), ("7", 7), ("", 0)]
)
def test_amounts_are_read(text: str, size: int) -> None:
    assert amount(text) == size


def test_requirements_that_mean_nothing_are_refused_with_their_lines() -> None:
    wanted = Requirements(server_version="new", cluster_size="a", total_cores="b", total_memory="c")
    assert [key for key, _ in unreadable(wanted)] == [
        "server_version",
        "cluster_size",
        "total_cores",
        "total_memory",
    ]
    (found,) = faults(
        f"{HEAD}kubernetes: {{requirements: {{total_memory: much}}}}\n---\n"
        "# kind: scheduler-kubernetes\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    )
    assert "kubernetes.requirements.total_memory: 'much' is no amount of memory" in found


class Host:
    """A control plane that serves and says what it is asked."""

    name = "n1"

    def __init__(self, said: str) -> None:
        self.said = said

    def call(self, verb: str) -> str:
        assert verb == "capacity"
        return self.said


@pytest.mark.parametrize(("size", "code"), [("2", 0), ("3", 1)])
def test_the_step_ends_with_every_sentence(
    size: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {"requirements": {"cluster_size": size}, "controlPlanes": []}
    monkeypatch.setattr("sys.stdin", type("In", (), {"read": lambda _: json.dumps(document)})())
    monkeypatch.setattr(preflight_step, "serving", lambda _: Host(CAPACITY))
    assert preflight_step.main() == code
    shown = capsys.readouterr()
    assert ("2 node(s), 3.5 cores" in shown.out) == (code == 0)
    assert ("needs 3 node(s)" in shown.err) == (code == 1)


def test_without_a_control_plane_that_serves_the_step_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document: dict[str, object] = {"requirements": {}, "controlPlanes": []}
    monkeypatch.setattr("sys.stdin", type("In", (), {"read": lambda _: json.dumps(document)})())
    monkeypatch.setattr(preflight_step, "serving", lambda _: None)
    assert preflight_step.main() == 1
    assert "none of the control planes" in capsys.readouterr().err
