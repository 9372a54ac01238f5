import datetime as dt
import shlex

import pulumi
import pytest
from cryptography import x509

from bundle.push import command_line, endpoint
from components.certificates import Authority, new_authority
from components.machines.connection import Connection
from components.machines.machine import Machine, Profile
from components.machines.node_script import NodeScript
from components.machines.session import Endpoint
from components.registry.registry import (
    CONTENT,
    Registry,
    RegistryArgs,
    push_command,
    server_certificate,
)
from tests.conftest import Engine

SEED = "00" * 32


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority("test", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


def machine(bastion: Connection | None = None) -> Machine:
    connection = Connection(address="192.0.2.1", host_key="ssh-ed25519 AAAA", bastion=bastion)
    return Machine(
        name="n1",
        roles=frozenset({"control-plane"}),
        address=pulumi.Output.from_input("192.0.2.1"),
        connection=connection,
        script=NodeScript(path=pulumi.Output.from_input(".appliance/node-1.sh")),
        profile=Profile.MACHINE,
    )


def registry(authority: Authority, content: str = "digest") -> Registry:
    return Registry(
        "registry",
        RegistryArgs(
            machine=machine(),
            content=content,
            api_name="api.test.internal",
            ca_certificate=pulumi.Output.secret(authority.certificate_pem),
            ca_key=pulumi.Output.secret(authority.key_pem),
            seed=pulumi.Output.secret(SEED),
        ),
    )


@pulumi.runtime.test
async def test_the_service_starts_only_when_its_program_is_there(
    engine: Engine, authority: Authority
) -> None:
    await registry(authority).endpoint.future()
    assert "n1-bundle" in engine["n1-registry"].depends_on


@pulumi.runtime.test
async def test_the_endpoint_is_known_only_when_the_service_answers(
    engine: Engine, authority: Authority
) -> None:
    endpoint = registry(authority).endpoint
    waits_for = {await resource.urn.future() for resource in await endpoint.resources()}
    assert any(str(urn).endswith("::n1-registry") for urn in waits_for)
    assert await endpoint.future() == "192.0.2.1:5000"
    assert "n1-registry" in engine.recorded


@pulumi.runtime.test
async def test_new_content_is_pushed_again_and_equal_content_is_not(
    engine: Engine, authority: Authority
) -> None:
    await registry(authority, "content of today").endpoint.future()
    assert engine["n1-bundle"].inputs["environment"] == {CONTENT: "content of today"}
    command = shlex.split(engine["n1-bundle"].inputs["create"])
    assert command[-2:] == ["--bundle", "$APPLIANCE_BUNDLE"]


@pulumi.runtime.test
async def test_the_server_s_key_travels_on_standard_input_and_as_a_secret(
    engine: Engine, authority: Authority
) -> None:
    await registry(authority).endpoint.future()
    assert engine["n1-registry"].is_secret("stdin")
    for name in ("n1-bundle", "n1-registry"):
        assert "PRIVATE" not in str(engine[name].inputs["create"])


def test_a_push_goes_through_the_bastion_with_its_own_host_key() -> None:
    bastion = {"address": "192.0.2.9", "port": 2222, "user": "jump", "hostKey": "ssh-ed25519 BBBB"}
    host = {"address": "10.0.0.5", "port": 22.0, "user": "admin", "hostKey": "ssh-ed25519 AAAA"}
    words = shlex.split(push_command({**host, "bastion": {**bastion, "bastion": None}}, lock=""))
    given = command_line().parse_args(words[3:])
    assert endpoint(given) == Endpoint.read({**host, "bastion": bastion})


def test_the_certificate_is_for_the_address_that_nodes_use(authority: Authority) -> None:
    leaf = server_certificate(authority.certificate_pem, authority.key_pem, SEED, "192.0.2.1")
    certificate = x509.load_pem_x509_certificate(leaf.certificate_pem.encode())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name) for name in names.get_values_for_type(x509.IPAddress)} == {
        "192.0.2.1",
        "127.0.0.1",
    }


def test_equal_inputs_give_the_same_certificate_so_a_second_up_changes_nothing(
    authority: Authority,
) -> None:
    arguments = (authority.certificate_pem, authority.key_pem, SEED, "192.0.2.1")
    assert server_certificate(*arguments) == server_certificate(*arguments)
