from pathlib import Path
from typing import Any

import pytest

from bundle.lock import COMMITTED, Lock, read, write
from stacks import needs as needs_module
from stacks.config import Configuration, ConfigurationError, load
from stacks.config.trust import Trust
from stacks.limits import refuse
from stacks.needs import needs

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwYyLdgZFEyfTPXQogEYC+x9VSiQ641+QXhQig/C4Ma"


def configuration(**hosts: Any) -> Configuration:
    nodes = [{"name": "n1", "roles": ["control-plane", "worker"]}]
    values = {
        "hosts": {"provider": "local", "nodes": nodes, **hosts},
        "airgap": {"bundle": "local"},
    }
    return load(values, stack="test", file="Pulumi.test.yaml")


def own_machine(name: str, address: str) -> dict[str, Any]:
    roles = ["control-plane", "worker"]
    return {"name": name, "roles": roles, "address": address, "hostKey": HOST_KEY}


@pytest.fixture
def lock() -> Lock:
    return read(COMMITTED)


def test_what_this_release_can_do_is_not_refused(lock: Lock) -> None:
    refuse(configuration(), lock)


def test_everything_that_cannot_be_done_yet_is_named_at_once(lock: Lock) -> None:
    wanted = configuration(
        provider="ssh",
        bastion={"address": "192.0.2.9", "hostKey": HOST_KEY},
        nodes=[own_machine("a", "192.0.2.1"), own_machine("b", "b.example.com")],
    )
    with pytest.raises(ConfigurationError) as refused:
        refuse(wanted, lock)
    lines = str(refused.value).splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        ["Pulumi.test.yaml", "hosts.nodes[1].address"],
    ]


def test_every_item_that_the_lock_lacks_is_named_at_once(tmp_path: Path) -> None:
    empty = tmp_path / "lock.json"
    write(empty, "go1.26.8", {})
    with pytest.raises(ConfigurationError) as refused:
        refuse(configuration(), read(empty))
    assert all(name in str(refused.value) for name in needs(configuration()))


def test_upstream_manifests_that_the_lock_lacks_are_refused_with_a_bundle_and_without(
    lock: Lock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs_module, "MANIFESTS", (lambda _: ("manifest/rook:v0",),))
    nodes = [{"name": "n1", "roles": ["control-plane"]}]
    online = load({"hosts": {"provider": "local", "nodes": nodes}}, stack="test", file="f")
    for wanted in (configuration(), online):
        with pytest.raises(ConfigurationError, match=r"airgap\.lock: .* lacks manifest/rook:v0,"):
            refuse(wanted, lock)


def test_without_a_bundle_the_lock_is_not_asked(tmp_path: Path) -> None:
    empty = tmp_path / "lock.json"
    write(empty, "go1.26.8", {})
    nodes = [{"name": "n1", "roles": ["control-plane", "worker"]}]
    values = {"hosts": {"provider": "local", "nodes": nodes}}
    refuse(load(values, stack="test", file="Pulumi.test.yaml"), read(empty))


def test_a_missing_file_of_authorities_is_named_with_all_the_rest(lock: Lock) -> None:
    wanted = configuration().model_copy(update={"trust": Trust(caFile="absent.pem")})
    with pytest.raises(ConfigurationError, match=r"Pulumi\.test\.yaml: trust\.caFile: absent\.pem"):
        refuse(wanted, lock)
