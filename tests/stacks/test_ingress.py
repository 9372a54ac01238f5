"""The ingress of a stack: what each choice makes, and what the layers above may know of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bundle.lock import COMMITTED, read
from components.ingress import contour, nginx, upstream
from stacks.appliance import appliance
from stacks.config import Configuration, ConfigurationError, load
from stacks.ingress_certificate import public_bytes
from stacks.limits import refuse
from stacks.needs import images, needs
from stacks.outputs import export, message
from tests.conftest import Engine
from tests.stacks.test_appliance import CONFIGURATION, build, secrets, texts
from tests.stacks.test_ingress_certificate import certificate

__all__ = ["texts"]


def configuration(*, bundled: bool = False, **ingress: Any) -> Configuration:
    values = {**CONFIGURATION, "ingress": {"provider": "contour", **ingress}}
    if not bundled:
        del values["airgap"]
    return load(values, stack="test", file="Pulumi.test.yaml")


def test_a_stack_without_an_ingress_needs_nothing_of_one() -> None:
    wanted = load(CONFIGURATION, stack="test", file="Pulumi.test.yaml")
    assert not {*contour.images(), *nginx.images(), upstream.MANIFEST} & set(needs(wanted))


def test_only_the_images_of_the_chosen_ingress_are_needed() -> None:
    assert set(images(configuration())) >= set(contour.images())
    assert not set(images(configuration())) & set(nginx.images())
    assert upstream.MANIFEST in needs(configuration())
    assert set(needs(configuration(provider="nginx"))) >= set(nginx.images())
    assert upstream.MANIFEST not in needs(configuration(provider="nginx"))


def test_an_ingress_that_the_lock_lacks_is_refused_only_with_a_bundle() -> None:
    lock = read(COMMITTED)
    with pytest.raises(ConfigurationError) as refused:
        refuse(configuration(provider="nginx", bundled=True), lock)
    assert str(refused.value).startswith(
        f"Pulumi.test.yaml: ingress.provider: the lock {lock.path} lacks {nginx.images()[0]};"
    )
    refuse(configuration(provider="nginx"), lock)


def test_a_faulty_certificate_is_refused_beside_everything_else(tmp_path: Path) -> None:
    absent = {"file": str(tmp_path / "absent.pem")}
    wanted = configuration(provider="nginx", bundled=True, certificate=absent)
    with pytest.raises(ConfigurationError) as refused:
        refuse(wanted, read(COMMITTED))
    keys = [line.split(": ")[1] for line in str(refused.value).splitlines()]
    assert keys == ["ingress.provider", "ingress.certificate.file"]


@pulumi.runtime.test
async def test_pods_of_the_ingress_wait_for_the_network_and_for_every_node(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    assert graph["contour-deployment"].depends_on >= {"weave-daemon-set", "n2-member"}
    assert "::control-plane-provider::" in graph["contour-envoy"].request.provider


@pulumi.runtime.test
async def test_every_object_has_one_manager_of_its_fields_for_life(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    own = [found for name, found in graph.recorded.items() if "contour" in name]
    objects = [found for found in own if found.type.startswith("kubernetes:")]
    assert len(objects) > 15
    for found in objects:
        annotations = found.inputs["metadata"]["annotations"]
        assert annotations["pulumi.com/patchFieldManager"] == "kubernetes-appliance"


@pulumi.runtime.test
async def test_hosts_guard_the_ingress_s_ports_only_if_there_is_one(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    for name in ("n1-prepare", "n2-prepare"):
        assert "HOST_PORTS='80 443'\n" in graph[name].inputs["stdin"]
    without = load(CONFIGURATION, stack="test", file="Pulumi.test.yaml")
    graph = await build(engine, texts, without)
    assert "HOST_PORTS" not in graph["n1-prepare"].inputs["stdin"]


@pulumi.runtime.test
async def test_ingresses_show_the_control_planes_or_what_was_given(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    for given, shown in (([], "10.77.0.11"), (["a.test", "192.0.2.1"], "a.test,192.0.2.1")):
        graph = await build(engine, texts, configuration(addresses=given))
        spec = graph["contour-deployment"].inputs["spec"]["template"]["spec"]
        assert f"--ingress-status-address={shown}" in spec["containers"][0]["args"]


@pulumi.runtime.test
async def test_the_default_certificate_is_of_the_stack_s_authority_for_the_names_given(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration(certificate={"names": ["*.example.com"]}))
    data = graph["contour-certificate"].inputs["stringData"]
    found = x509.load_pem_x509_certificate(data["tls.crt"].encode())
    found.verify_directly_issued_by(
        x509.load_pem_x509_certificate(texts["ca_certificate"].encode())
    )
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["*.example.com"]


@pulumi.runtime.test
async def test_no_two_certificates_of_the_ingress_share_a_key_and_all_keys_are_secret(
    engine: Engine, texts: Mapping[str, str]
) -> None:
    graph = await build(engine, texts, configuration())
    made = [graph[f"contour-{name}certificate"] for name in ("", "server-", "client-")]
    assert len({found.inputs["stringData"]["tls.key"] for found in made}) == 3
    assert all(found.is_secret("stringData") for found in made)
    for found in made:
        body = found.inputs["stringData"]["tls.key"].splitlines()[1]
        clear = [name for name, other in graph.recorded.items() if body in str(other.raw)]
        assert all("certificate" in name for name in clear)


@pulumi.runtime.test
async def test_a_certificate_whose_key_is_not_set_stops_the_program_and_no_command_before(
    engine: Engine,  # noqa: ARG001
    texts: Mapping[str, str],
    tmp_path: Path,
) -> None:
    file, _, _ = own_certificate(tmp_path)
    wanted = configuration(certificate={"file": str(file)})
    # Commands look at the configuration alone: the key is encrypted.
    refuse(wanted, read(COMMITTED))
    with pytest.raises(ConfigurationError, match="needs its private key"):
        appliance(wanted, secrets(texts))


def own_certificate(
    directory: Path, lives: int = 365, name: str = "*.example.com"
) -> tuple[Path, str, bytes]:
    """The file, the key's text and its public half; valid from now on for some days."""
    key = ec.generate_private_key(ec.SECP256R1())
    days = (dt.datetime.now(dt.UTC) - dt.datetime(2026, 11, 21, tzinfo=dt.UTC)).days
    made = certificate([name], key=key, begins=days - 1, ends=days + lives)
    file = directory / "apps.pem"
    file.write_bytes(made.public_bytes(Encoding.PEM))
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return file, text, public_bytes(made)


@pulumi.runtime.test
async def test_the_users_own_certificate_is_shown_with_the_key_that_is_a_secret(
    engine: Engine, texts: Mapping[str, str], tmp_path: Path
) -> None:
    file, key, public = own_certificate(tmp_path)
    wanted = configuration(certificate={"file": str(file)})
    engine.outputs["n1-host"] = {"stdout": '{"address": "10.77.0.11", "hostKey": "k"}'}
    engine.outputs["n2-host"] = {"stdout": '{"address": "10.77.0.12", "hostKey": "k"}'}
    own = replace(secrets(texts), ingress_key=pulumi.Output.secret(key), ingress_public=public)
    built = appliance(wanted, own)
    await message(built).future()
    found = engine["contour-certificate"]
    assert found.inputs["stringData"] == {"tls.crt": file.read_text(), "tls.key": key}
    assert found.is_secret("stringData")
    assert built.ingress is not None
    assert built.ingress.authority is None


@pulumi.runtime.test
async def test_a_certificate_that_ends_soon_is_a_warning_to_the_operator(
    engine: Engine, texts: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", printed.append)
    for days, warned in ((60, False), (20, True)):
        file, key, public = own_certificate(tmp_path, days)
        wanted = configuration(certificate={"file": str(file)})
        own = replace(secrets(texts), ingress_key=pulumi.Output.secret(key), ingress_public=public)
        engine.outputs["n1-host"] = {"stdout": '{"address": "10.77.0.11", "hostKey": "k"}'}
        engine.outputs["n2-host"] = {"stdout": '{"address": "10.77.0.12", "hostKey": "k"}'}
        export(appliance(wanted, own))
        assert any("ends on" in text for text in printed) == warned


@pulumi.runtime.test
async def test_ingress_nginx_is_made_by_choice(engine: Engine, texts: Mapping[str, str]) -> None:
    graph = await build(engine, texts, configuration(provider="nginx"))
    assert graph["nginx-daemon-set"].depends_on >= {"weave-daemon-set", "n2-member"}
    assert not [name for name in graph.recorded if "contour" in name]


@pulumi.runtime.test
async def test_the_layers_above_and_the_operator_know_what_serves(
    engine: Engine, texts: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    exported: dict[str, Any] = {}
    monkeypatch.setattr(pulumi, "export", exported.__setitem__)
    engine.outputs["n1-host"] = {"stdout": '{"address": "10.77.0.11", "hostKey": "k"}'}
    engine.outputs["n2-host"] = {"stdout": '{"address": "10.77.0.12", "hostKey": "k"}'}
    built = appliance(configuration(), secrets(texts))
    export(built)
    shown = exported["ingress"]
    assert (shown["provider"], shown["class"], shown["namespace"]) == (
        *("contour", "contour", "heptio-contour"),
    )
    assert shown["names"] == ["apps.appliance-test.internal", "*.apps.appliance-test.internal"]
    assert shown["certificate"] == "heptio-contour/default-certificate"
    # A certificate is for everybody to see: clients are to trust it.
    assert not await shown["authority"].is_secret()
    assert await shown["authority"].future() == texts["ca_certificate"]
    assert "contour serves ports 80 and 443 of every node" in str(await message(built).future())
