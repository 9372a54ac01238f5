"""Reading a whole configuration: defaults, the report, and what Pulumi hands over."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pulumi.runtime import config as runtime_config

from stacks.config import SECRETS, Configuration, ConfigurationError, Groups, from_pulumi, load
from stacks.config.schema import fields
from tests.stacks.config.given import LOCAL, SSH, Given

ROOT = Path(__file__).parents[3]
LINE = re.compile(r"Pulumi\.dev\.yaml: (\w|\[\"|\[\d)[^\n]*: [^\n]+")


def test_a_small_file_gets_every_default(local: Given) -> None:
    found = local.load()

    assert found.stack == "dev"
    assert (found.hosts.lab.name, str(found.hosts.lab.subnet)) == ("dev", "10.77.0.0/24")  # type: ignore[union-attr]
    assert found.kubernetes.version == "1.35.4"
    assert found.kubernetes.cluster_name == "appliance-dev"
    assert (str(found.kubernetes.pod_subnet), str(found.kubernetes.service_subnet)) == (
        "10.32.0.0/12",
        "10.96.0.0/12",
    )
    assert found.network.encryption
    assert found.protection
    assert found.warnings == ()


def test_every_key_of_a_large_file_is_read(ssh: Given) -> None:
    found = ssh.load()
    first, second = found.hosts.nodes

    assert found.hosts.lab is None
    assert first.host_key == ssh.nodes[1]["hostKey"]  # without its comment
    assert (found.hosts.user_of(first), found.hosts.user_of(second)) == ("admin", "other")
    assert (first.port, second.port) == (22, 2222)
    assert second.labels == {"example.com/rack": "r1", "topology.kubernetes.io/zone": "a"}
    assert found.kubernetes.endpoint == "api.example.com:6443"
    assert found.airgap.lock_path == Path("my.lock")
    assert found.proxy.no_proxy == (".example.com", "192.0.2.0/24")
    assert not found.protection


def test_a_configuration_cannot_be_changed(local: Given) -> None:
    with pytest.raises(ValueError, match="frozen"):
        local.load().kubernetes.generation = 2  # type: ignore[misc]


def test_all_faults_are_reported_at_once(ssh: Given) -> None:
    ssh.nodes[0]["roles"] = ["mastr"]
    ssh.nodes[1] |= {"name": "n1", "addres": "192.0.2.12", "labels": {"example.com/rack": True}}
    ssh.nodes.append("n3")  # type: ignore[arg-type]
    ssh.hosts["lab"] = {}
    ssh.kubernetes.update(version=1.35, serviceSubnet="10.40.0.0/16")
    ssh.values.update(hostz=1, protection="no")

    assert ssh.faults() == [
        "hosts.nodes[0].roles[0]: 'mastr' is not one of control-plane, worker, storage",
        'hosts.nodes[1].labels["example.com/rack"]: is a bare true or false; give text, in quotes',
        "hosts.nodes[1].addres: unknown key; did you mean address?",
        "hosts.nodes[2]: is text; give a group of keys",
        "hosts.nodes[1].name: n1 is the name of nodes[0] too; each node needs its own",
        "hosts.lab: only with provider local; hosts.provider is ssh, so remove the key",
        "kubernetes.version: is a number; give a version from 1.34.2 to 1.35.x, in quotes",
        (
            "kubernetes.podSubnet: 10.32.0.0/12 overlaps kubernetes.serviceSubnet 10.40.0.0/16; "
            "give ranges that share no address"
        ),
        "protection: is text; give true or false",
        "hostz: unknown key; did you mean hosts?",
    ]


def test_an_unreadable_value_causes_no_second_fault(local: Given) -> None:
    # Neither "no control plane" nor an overlap may follow from what merely stands in for an unreadable value.
    local.nodes[0]["roles"] = ["control_plane"]
    local.kubernetes["podSubnet"] = "10.32.0.0"
    local.kubernetes["serviceSubnet"] = "10.40.0.0/16"

    assert [line.split(": ")[0] for line in local.faults()] == [
        "hosts.nodes[0].roles[0]",
        "kubernetes.podSubnet",
    ]


def test_an_empty_file_names_what_it_needs() -> None:
    assert [line.split(":")[0] for line in Given({}).faults()] == ["hosts"]
    assert [line.split(":")[0] for line in Given({"hosts": {}}).faults()] == [
        "hosts.provider",
        "hosts.nodes",
    ]


@pytest.mark.parametrize(
    ("group", "key", "instead"),
    [
        ("kubernetes", "runtime", "containerd is the only runtime"),
        ("hosts", "docker", "containerd is the only runtime"),
        ("hosts", "rkt", "containerd is the only runtime"),
        ("hosts", "directories", "rook.loopFile"),
    ],
)
def test_a_dead_key_names_what_to_use_instead(
    local: Given, group: str, key: str, instead: str
) -> None:
    local.group(group)[key] = "x"

    assert local.fault().startswith(f"{group}.{key}: ")
    assert instead in local.fault()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("cluster_name", "clusterName"), ("PodSubnet", "podSubnet"), ("extraSANs", "extraSans")],
)
def test_an_unknown_key_comes_with_the_nearest_known_one(
    local: Given, written: str, meant: str
) -> None:
    local.kubernetes[written] = "x"

    assert local.fault() == f"kubernetes.{written}: unknown key; did you mean {meant}?"


def test_a_key_like_no_other_comes_with_all_known_ones(local: Given) -> None:
    local.group("network")["zzz"] = 1

    assert (
        local.fault()
        == "network.zzz: unknown key; known are provider, encryption, policies, mtu, flannel, manifest"
    )


def test_a_stack_name_that_is_no_name_is_refused_where_it_would_be_used(local: Given) -> None:
    with pytest.raises(ConfigurationError, match=r"hosts\.lab\.name: 'Dev_1'") as raised:
        local.load("Dev_1")
    assert "kubernetes.clusterName: 'appliance-Dev_1'" in str(raised.value)

    local.hosts["lab"] = {"name": "dev1"}
    local.kubernetes["clusterName"] = "dev1"
    assert local.load("Dev_1").stack == "Dev_1"


def test_no_fault_shows_a_value_that_may_be_secret(ssh: Given) -> None:
    ssh.nodes[0]["hostKey"] = "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n"
    ssh.nodes[1]["hostKey"] = "ssh-ed25519 hunter2"
    ssh.hosts["secretWord"] = "hunter2"
    ssh.group("proxy")["http"] = "http://me:hunter2@proxy:1"
    ssh.group("proxy")["https"] = "hunter2"
    ssh.group("network")["encryption"] = {"password": "hunter2"}
    ssh.kubernetes["clusterName"] = "-----BEGIN OPENSSH PRIVATE KEY-----\nzzzzzhunter2"

    report = ssh.faults()
    assert len(report) == 7
    assert "hunter2" not in "".join(report)


@pytest.mark.parametrize("stack", ["dev", "core", "ha"])
def test_the_stacks_of_the_repository_are_valid(stack: str) -> None:
    document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    values = {key.removeprefix("appliance:"): value for key, value in document.items()}
    found = load(values, stack=stack, file=f"Pulumi.{stack}.yaml")

    # The bundle's Rook is the newest that can be built from packages, and is an old one.
    assert all("Rook 1.12.11 is no longer maintained" in each for each in found.warnings)
    assert found.hosts.lab is not None
    assert found.hosts.lab.name == stack


def test_the_stacks_of_the_repository_can_run_side_by_side() -> None:
    subnets = {
        yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]["appliance:hosts"][
            "lab"
        ]["subnet"]
        for stack in ("dev", "core", "ha")
    }
    assert len(subnets) == 3


def test_the_project_declares_exactly_the_groups_of_the_model() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]

    assert {key: entry["description"] for key, entry in declared.items()} == {
        f"appliance:{key}": field.description for key, field in fields(Groups).items()
    }
    # Without a default, Pulumi itself would refuse a stack that lacks the key, with less to say.
    assert all("default" in entry for entry in declared.values())


@pytest.fixture
def pulumi_config(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = runtime_config.CONFIG.get(), runtime_config._SECRET_KEYS.get()
    monkeypatch.setattr(pulumi, "get_stack", lambda: "dev")
    yield
    runtime_config.set_all_config(before[0], list(before[1]))


@pytest.mark.usefixtures("pulumi_config")
def test_pulumi_hands_over_the_same_configuration(local: Given) -> None:
    texts = {f"appliance:{key}": json.dumps(value) for key, value in local.values.items()}
    runtime_config.set_all_config(
        {**texts, "appliance:protection": "false", "appliance:rootSecret": "x", "aws:region": "y"},
        ["appliance:rootSecret"],
    )

    local.values["protection"] = False
    assert from_pulumi() == local.load()


@pytest.mark.usefixtures("pulumi_config")
def test_an_encrypted_group_is_refused_without_a_look_inside() -> None:
    runtime_config.set_all_config(
        {
            "appliance:hosts": json.dumps({"provider": "hunter2"}),
            "appliance:airgap": '{"bundle": "local"}',
            "appliance:netwrok": "hunter2",
        },
        ["appliance:hosts"],
    )

    with pytest.raises(ConfigurationError) as raised:
        from_pulumi()
    assert str(raised.value) == (
        "Pulumi.dev.yaml: hosts: is encrypted, which only "
        f"{', '.join(SECRETS)} may be; set it again without --secret\n"
        "Pulumi.dev.yaml: netwrok: unknown key; did you mean network?"
    )


def test_the_report_reaches_the_operator_without_a_traceback() -> None:
    assert issubclass(ConfigurationError, pulumi.RunError)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=50)
    | st.sampled_from(
        ["n1", "10.33.0.1", "fd00::1/64", "local", "aws", "a=b:NoSchedule", "1.35.4", ""]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    entries: Any = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        entries = enumerate(value)
    for key, inner in entries:
        yield from places(inner, (*path, key))


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A valid configuration with up to three random values, lost keys or added keys."""
    values: dict[str, Any] = copy.deepcopy(draw(st.sampled_from([LOCAL, SSH])))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([path for path in places(values) if path] or [("hosts",)]))
        holder: Any = values
        for part in path[:-1]:
            holder = holder[part]
        action = draw(st.sampled_from(["replace", "remove", "add"]))
        if action == "remove" and len(holder):
            holder.pop(path[-1], None) if isinstance(holder, dict) else holder.pop(path[-1])
        elif action == "add" and isinstance(holder, dict):
            holder[draw(st.text(max_size=10))] = draw(JSON)
        else:
            holder[path[-1]] = draw(JSON)
    return values


@settings(max_examples=300)
@given(mutated())
@example({"hosts": {"provider": "local", "nodes": [[]]}, "kubernetes": {"\n: ": 1}})
@example({"hosts": {"provider": "ssh", "nodes": [{"labels": {"": 1}}], "lab": 3}})
def test_no_input_gives_anything_but_a_configuration_or_a_report(values: dict[str, Any]) -> None:
    try:
        found = load(values, stack="dev", file="Pulumi.dev.yaml")
    except ConfigurationError as error:
        report = str(error)
    else:
        assert isinstance(found, Configuration)
        return
    for line in report.split("\n"):
        assert LINE.fullmatch(line), line
