import datetime as dt
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bundle.lock import COMMITTED, read
from components.certificates import new_authority
from components.machines import node_script
from components.network import weave
from stacks.appliance import appliance
from stacks.config import Configuration, ConfigurationError, load
from stacks.needs import images, needs, tracked, upstreams
from stacks.outputs import export, message
from stacks.secrets import Secrets
from tests.conftest import Engine

CONFIGURATION: Mapping[str, Any] = {
    "hosts": {
        "provider": "local",
        "nodes": [
            {"name": "n1", "roles": ["control-plane", "worker"]},
            {"name": "n2", "roles": ["worker"]},
        ],
    },
    "airgap": {"bundle": "local"},
}


def configuration(*more: str, **groups: Any) -> Configuration:
    nodes = [*CONFIGURATION["hosts"]["nodes"], *({"name": n, "roles": ["worker"]} for n in more)]
    values = {**CONFIGURATION, "hosts": {"provider": "local", "nodes": nodes}, **groups}
    return load(values, stack="test", file="Pulumi.test.yaml")


def online(**groups: Any) -> Configuration:
    """The same without a bundle."""
    values = {key: value for key, value in CONFIGURATION.items() if key != "airgap"}
    return load({**values, **groups}, stack="test", file="Pulumi.test.yaml")


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    authority = new_authority("test", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    key = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    return {
        "root": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "ca_certificate": authority.certificate_pem,
        "ca_key": authority.key_pem,
        "ssh_private_key": key.decode(),
    }


def secrets(texts: Mapping[str, str]) -> Secrets:
    made = {name: pulumi.Output.secret(text) for name, text in texts.items()}
    return Secrets(
        root=made["root"],
        ca_certificate=made["ca_certificate"],
        ca_key=made["ca_key"],
        ssh_private_key=made["ssh_private_key"],
    )


async def build(engine: Engine, texts: Mapping[str, str], wanted: Configuration) -> Engine:
    """Registers the whole stack and waits until it is known what each resource would be."""
    for position, node in enumerate(wanted.hosts.nodes):
        engine.outputs[f"{node.name}-host"] = {
            "stdout": json.dumps(
                {"address": f"10.77.0.{11 + position}", "hostKey": "ssh-ed25519 A"}
            )
        }
    engine.outputs["control-plane-kubeconfig"] = {"stdout": "kind: Config"}
    built = appliance(wanted, secrets(texts))
    await message(built).future()
    for last in built.replicated.ready if built.replicated else ():
        assert isinstance(last, pulumi.CustomResource)
        await last.id.future()
    return engine


@pulumi.runtime.test
async def test_each_layer_waits_for_the_one_before(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    assert graph["n1-prepare"].depends_on >= {"n1-registry"}
    assert graph["n2-prepare"].depends_on >= {"n1-registry"}
    assert graph["n1-member"].depends_on >= {"n1-prepare"}
    assert graph["control-plane-kubeconfig"].depends_on >= {"n1-member"}
    assert graph["control-plane-provider"].depends_on >= {"control-plane-kubeconfig"}
    assert graph["n2-member"].depends_on >= {"n2-prepare", "n1-member", "weave-daemon-set"}


@pulumi.runtime.test
async def test_workers_are_prepared_without_waiting_for_the_control_plane(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    assert not graph["n2-prepare"].depends_on & {"n1-member", "weave-daemon-set", "n1-prepare"}


@pulumi.runtime.test
async def test_one_more_worker_changes_nothing_of_the_others(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    await build(engine, texts, configuration())
    before = {name: recorded.raw for name, recorded in engine.recorded.items()}
    await build(engine, texts, configuration("n3"))
    after = {name: recorded.raw for name, recorded in engine.recorded.items()}
    assert set(after) - set(before) == {"n3", "n3-host", "n3-script", "n3-prepare", "n3-member"}
    assert {name for name in before if before[name] != after[name]} == set()


def control_planes(*names: str) -> Configuration:
    nodes = [{"name": name, "roles": ["control-plane"]} for name in names]
    hosts = {"provider": "local", "nodes": [*nodes, {"name": "w1", "roles": ["worker"]}]}
    return configuration(hosts=hosts)


@pulumi.runtime.test
async def test_control_planes_join_one_after_the_other_and_workers_after_all_of_them(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, control_planes("n1", "n2", "n3"))
    assert graph["n2-member"].depends_on >= {"n1-member", "n2-prepare"}
    assert graph["n3-member"].depends_on >= {"n2-member", "n3-prepare"}
    assert graph["w1-member"].depends_on >= {"n3-member"}
    assert not graph["n3-prepare"].depends_on & {"n1-prepare", "n1-member"}


@pulumi.runtime.test
async def test_each_control_plane_has_a_registry_and_every_node_knows_all_of_them(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, control_planes("n1", "n2", "n3"))
    assert {"n1-registry", "n2-registry", "n3-registry"} <= set(graph.recorded)
    addresses = {"10.77.0.11", "10.77.0.12", "10.77.0.13"}
    for node in ("n1", "n3", "w1"):
        words = shlex.split(graph[f"{node}-prepare"].inputs["stdin"])
        given = dict(word.split("=", 1) for word in words)
        assert set(given["REGISTRIES"].split()) == {f"{address}:5000" for address in addresses}
        assert set(given["CONTROL_PLANES"].split()) == addresses


@pulumi.runtime.test
async def test_each_member_can_be_admitted_and_taken_out_by_any_control_plane(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, control_planes("n1", "n2"))
    for node, role in (("n1", "control-plane"), ("w1", "worker")):
        document = json.loads(graph[f"{node}-member"].inputs["stdin"])
        assert document["role"] == role
        sides = [side["parameters"]["NODE_NAME"] for side in document["controlPlanes"]]
        assert sides == ["n1", "n2"]


@pulumi.runtime.test
async def test_a_node_that_is_replaced_leaves_before_it_joins(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    assert graph["n1-member"].request.deleteBeforeReplace
    assert graph["n2-member"].request.deleteBeforeReplace


@pulumi.runtime.test
async def test_a_node_is_at_most_six_resources_and_four_commands(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    own = [r for name, r in graph.recorded.items() if name == "n2" or name.startswith("n2-")]
    assert len(own) <= 6
    assert len([r for r in own if r.type.endswith(":Command")]) <= 4


@pulumi.runtime.test
async def test_what_a_node_hands_to_the_engine_stays_below_ten_kilobytes(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    own = [r for name, r in graph.recorded.items() if name == "n2" or name.startswith("n2-")]
    # The state holds a command's inputs twice, secrets encrypted: a worker's was measured at 29 kB.
    assert sum(len(json.dumps(recorded.raw)) for recorded in own) < 10_000


@pulumi.runtime.test
async def test_a_node_is_protected_until_it_is_decommissioned(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    nodes = [
        *CONFIGURATION["hosts"]["nodes"],
        {"name": "n3", "roles": ["worker"], "decommission": True},
    ]
    graph = await build(
        engine, texts, configuration(hosts={"provider": "local", "nodes": nodes}, protection=True)
    )
    protected = {name for name, recorded in graph.recorded.items() if recorded.request.protect}
    assert protected == {"n1-host", "n1-member", "n2-host", "n2-member"}


@pulumi.runtime.test
async def test_a_stack_without_protection_protects_nothing(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration(protection=False))
    assert not [name for name, recorded in graph.recorded.items() if recorded.request.protect]


@pulumi.runtime.test
async def test_a_proxy_reaches_containerd_on_every_host_and_the_control_plane_goes_past_it(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration(proxy={"http": "http://proxy.test:3128"}))
    for name in ("n1-prepare", "n2-prepare"):
        assert "http_proxy=http://proxy.test:3128" in graph[name].inputs["stdin"]
        assert ",10.77.0.11" in graph[name].inputs["stdin"]


@pulumi.runtime.test
async def test_each_host_guards_itself_with_the_limits_of_the_configuration(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    hosts = {**CONFIGURATION["hosts"], "checks": {"disk": {"fail": "9Gi"}}}
    graph = await build(engine, texts, configuration(hosts=hosts))
    for name in ("n1-prepare", "n2-prepare"):
        given = set(graph[name].inputs["stdin"].splitlines())
        assert given >= {"MINIMUM_DISK_MIB=9216", "MINIMUM_MEMORY_MIB=1700", "SHARED_KERNEL=1"}
        # 1 January 2026, when the test's authority begins.
        assert "CA_VALID_FROM=1767225600" in given


@pulumi.runtime.test
async def test_without_a_bundle_there_is_no_registry_and_hosts_get_the_vendors_repositories(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, online())
    assert not {name for name in graph.recorded if name.endswith(("-bundle", "-registry"))}
    for name in ("n1-prepare", "n2-prepare"):
        given = graph[name].inputs["stdin"]
        assert "https://pkgs.k8s.io/core:/stable:/v1.35/deb/ /" in given
        assert "\nPACKAGES=" not in given
        assert "\nREGISTRIES=" not in given


@pulumi.runtime.test
async def test_without_a_bundle_images_have_the_vendors_names_and_tags(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, online())
    containers = graph["weave-daemon-set"].inputs["spec"]["template"]["spec"]["containers"]
    assert [each["image"] for each in containers] == list(weave.images())


@pulumi.runtime.test
async def test_without_a_bundle_a_stack_has_no_output_of_a_registry(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    engine.outputs["n1-host"] = {"stdout": json.dumps({"address": "10.77.0.11", "hostKey": "k"})}
    engine.outputs["n2-host"] = {"stdout": json.dumps({"address": "10.77.0.12", "hostKey": "k"})}
    built = appliance(online(), secrets(texts))
    assert built.registries == ()
    export(built)


@pulumi.runtime.test
async def test_the_authorities_of_the_user_reach_every_host(
    engine: Engine, texts: Mapping[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(texts["ca_certificate"])
    graph = await build(engine, texts, configuration(trust={"caFile": str(file)}))
    for name in ("n1-prepare", "n2-prepare"):
        given = graph[name].inputs["stdin"]
        assert f"AUTHORITIES='{texts['ca_certificate']}" in given


@pulumi.runtime.test
async def test_the_provider_is_never_replaced_for_a_new_address_or_credential(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    assert graph["control-plane-provider"].inputs["clusterIdentifier"] == "appliance-test-1"


@pulumi.runtime.test
async def test_a_secret_that_changes_is_never_gone_meanwhile(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    inputs = graph["control-plane-provider"].inputs
    assert (inputs["enableSecretMutable"], inputs["enableConfigMapMutable"]) == ("true", "true")


@pulumi.runtime.test
async def test_every_object_in_the_cluster_has_one_manager_of_its_fields_for_life(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    objects = [r for r in graph.recorded.values() if r.type.startswith("kubernetes:")]
    assert len(objects) > 5
    for found in objects:
        annotations = found.inputs["metadata"]["annotations"]
        assert annotations["pulumi.com/patchFieldManager"] == "kubernetes-appliance"


@pulumi.runtime.test
async def test_no_secret_goes_to_the_engine_in_clear(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    assert graph["n1-registry"].is_secret("stdin")
    assert graph["control-plane-provider"].is_secret("kubeconfig")
    assert "stdout" in graph["control-plane-kubeconfig"].request.additionalSecretOutputs
    # The SSH key reaches hosts through the agent, so it is in no resource at all.
    body = texts["ssh_private_key"].splitlines()[1]
    for name, recorded in graph.recorded.items():
        assert body not in str(recorded.raw), name


@pulumi.runtime.test
async def test_another_version_of_the_node_script_is_no_change_of_the_kubeconfig(
    engine: Engine, texts: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Unknown in a preview, it would make every object of the cluster one that may change.
    seen = []
    for digest in ("one", "two"):
        monkeypatch.setattr(node_script, "script_digest", lambda _, digest=digest: digest)
        graph = await build(engine, texts, configuration())
        assert digest in graph["n1-prepare"].inputs["create"]
        seen.append(
            {key: graph["control-plane-kubeconfig"].inputs[key] for key in ("create", "stdin")}
        )
    assert seen[0] == seen[1]


@pulumi.runtime.test
async def test_the_kubeconfig_is_a_secret_output(engine: Engine, texts: Mapping[str, str]) -> None:
    engine.outputs["n1-host"] = {"stdout": json.dumps({"address": "10.77.0.11", "hostKey": "k"})}
    engine.outputs["n2-host"] = {"stdout": json.dumps({"address": "10.77.0.12", "hostKey": "k"})}
    built = appliance(configuration(), secrets(texts))
    assert await built.control_plane.kubeconfig.is_secret()
    export(built)


@pulumi.runtime.test
async def test_without_encryption_there_is_no_password(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    open_network = configuration(network={"provider": "weave", "encryption": False})
    graph = await build(engine, texts, open_network)
    assert "weave-password" not in graph.recorded
    assert "weave-daemon-set" in graph.recorded


@pytest.mark.parametrize("stack", ["dev", "core", "ha"])
def test_everything_that_a_stack_needs_is_in_the_committed_lock(stack: str) -> None:
    assert read(COMMITTED).missing(needs(tracked(stack))) == ()


def test_nodes_ask_the_registry_for_every_host_name_that_an_image_has() -> None:
    wanted = configuration()
    assert upstreams(wanted) == ("docker.io", "registry.k8s.io")
    assert {name.partition("/")[0] for name in images(wanted)} == set(upstreams(wanted))


def test_a_file_that_pulumi_saved_reads_like_the_one_that_a_person_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {f"appliance:{key}": value for key, value in CONFIGURATION.items()}
    saved = {**written, "appliance:protection": "false", "appliance:caKey": {"secure": "v1:x"}}
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.mine.yaml").write_text(yaml.safe_dump({"config": saved}))
    assert tracked("mine").protection is False


def test_a_stack_without_a_file_is_answered_with_the_stacks_that_have_one() -> None:
    with pytest.raises(
        ConfigurationError, match=r"Pulumi\.none\.yaml: there is no such file.*core"
    ):
        tracked("none")
