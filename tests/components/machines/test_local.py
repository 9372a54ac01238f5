import json
import shlex

import pulumi
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from components.machines.local import LocalMachines, LocalMachinesArgs, LocalNode, public_half
from tests.conftest import Engine


@pytest.fixture(scope="module")
def key() -> str:
    private = Ed25519PrivateKey.generate()
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    ).decode()


def make(engine: Engine, key: str) -> LocalMachines:
    engine.outputs["n1-host"] = {
        "stdout": json.dumps({"address": "10.77.0.11", "hostKey": "ssh-ed25519 AAAA"})
    }
    node = LocalNode(name="n1", roles=frozenset({"control-plane"}))
    return LocalMachines(
        "machines",
        LocalMachinesArgs(
            lab="dev",
            subnet="10.77.0.0/24",
            nodes=(node,),
            private_key=pulumi.Output.secret(key),
        ),
    )


@pulumi.runtime.test
async def test_a_machine_is_reached_where_the_lab_says_and_with_the_key_that_the_lab_says(
    engine: Engine, key: str
) -> None:
    machine = make(engine, key).machines[0]
    await machine.script.path.future()
    connection = engine["n1-script"].inputs["connection"]
    assert (connection["host"], connection["hostKey"]) == ("10.77.0.11", "ssh-ed25519 AAAA")


@pulumi.runtime.test
async def test_hosts_admit_the_public_half_and_no_resource_holds_the_private_one(
    engine: Engine, key: str
) -> None:
    machine = make(engine, key).machines[0]
    await machine.script.path.future()
    assert public_half(key) in shlex.join(shlex.split(engine["n1-host"].inputs["create"])[-1:])[1:]
    body = key.splitlines()[1]
    for name in ("n1-host", "n1-script"):
        assert body not in str(engine[name].raw)


@pulumi.runtime.test
async def test_a_host_is_deleted_by_the_same_name_and_lab_that_it_was_made_with(
    engine: Engine, key: str
) -> None:
    machine = make(engine, key).machines[0]
    await machine.script.path.future()
    made = shlex.split(engine["n1-host"].inputs["create"])
    gone = shlex.split(engine["n1-host"].inputs["delete"])
    assert made[:4] == ["python", "-m", "lab.hosts", "create"]
    assert gone == ["python", "-m", "lab.hosts", "delete", "--lab", "dev", "--name", "n1"]
    assert made[made.index("--name") + 1] == "n1"
    assert made[made.index("--lab") + 1] == "dev"


@pulumi.runtime.test
async def test_hosts_and_scripts_belong_to_the_layer(engine: Engine, key: str) -> None:
    machine = make(engine, key).machines[0]
    await machine.script.path.future()
    assert engine["n1-host"].parent == engine["n1-script"].parent == "machines"
