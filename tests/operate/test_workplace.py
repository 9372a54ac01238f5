from pathlib import Path

import pytest

from bundle import go_toolchain
from bundle.builder import key
from bundle.lock import COMMITTED, load
from operate import subprograms, tool_chain, workplace
from operate.commands.bundle import required_bundle
from operate.commands.up import space
from operate.environment import ToolChain
from operate.failure import OperateError
from operate.phases import Phases
from operate.workplace import built_bundle, bundle_of, fetch_manifests, look_at
from stacks import needs as stack_needs
from stacks.config import Configuration
from stacks.config import load as configure
from stacks.needs import needs, tracked


def test_a_shell_is_given_a_bundle_only_when_it_lies_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path))
    monkeypatch.setenv("APPLIANCE_STATE", str(tmp_path))
    configuration = tracked("core")
    assert built_bundle(configuration) is None
    locked = load()
    items = [locked.item(name) for name in sorted(needs(configuration))]
    directory = tmp_path / "bundle" / key(items, go_toolchain.VERSION)
    directory.mkdir(parents=True)
    assert built_bundle(configuration) == directory


@pytest.fixture
def faulty(tmp_path: Path) -> Configuration:
    """A stack whose network's file holds no object."""
    (tmp_path / "net.yaml").write_text("text")
    network = {"provider": "manifest", "manifest": str(tmp_path / "net.yaml")}
    values = {
        "hosts": {"provider": "local", "nodes": [{"name": "n1", "roles": ["control-plane"]}]},
        "network": {**network, "encryption": False, "policies": False},
        "airgap": {"bundle": "local"},
    }
    return configure(values, stack="test", file="Pulumi.test.yaml")


def test_what_the_file_asks_for_in_vain_is_said_before_a_bundle_is_built(
    faulty: Configuration,
) -> None:
    with pytest.raises(OperateError, match=r"^Pulumi\.test\.yaml: network\.manifest: .*net\.yaml"):
        bundle_of(faulty, Phases())


def test_a_shell_opens_also_while_the_file_asks_for_something_in_vain(
    faulty: Configuration,
) -> None:
    assert built_bundle(faulty) is None


@pytest.fixture
def online() -> Configuration:
    """A stack that is installed from the vendors' repositories."""
    nodes = [{"name": "n1", "roles": ["control-plane"]}]
    values = {"hosts": {"provider": "local", "nodes": nodes}}
    return configure(values, stack="site", file="Pulumi.site.yaml")


def test_a_stack_without_a_bundle_has_none_built_and_no_room_is_asked_for_it(
    online: Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path))
    monkeypatch.setattr(subprograms, "call", None)
    assert bundle_of(online, Phases()) is None
    assert built_bundle(online) is None
    assert "the bundle" not in {need.what for need in space(online, tmp_path)}
    assert "the bundle" in {need.what for need in space(tracked("core"), tmp_path)}


def test_who_asks_for_the_bundle_of_a_stack_without_one_is_told_how_to_get_one(
    online: Configuration,
) -> None:
    with pytest.raises(OperateError, match="stack site is installed from the vendors' repo"):
        required_bundle("site", online, Phases())


@pytest.mark.parametrize(("opened_before", "settled"), [(True, []), (False, ["core"])])
def test_a_command_that_only_looks_makes_ready_only_what_no_other_has(
    opened_before: object, settled: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPLIANCE_STATE", str(tmp_path))
    monkeypatch.setattr(tool_chain, "choose", lambda _: ToolChain(directory=None))
    done = []
    monkeypatch.setattr(workplace, "settle", lambda place: done.append(place.stack.name))
    if opened_before:
        (tmp_path / "stacks/core").mkdir(parents=True)
        (tmp_path / "stacks/core/Pulumi.core.yaml").write_text("config: {}\n")
    assert look_at("core", Phases(quiet=True)).stack.name == "core"
    assert done == settled


ROOK = "manifest/rook:v1.12.11"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the bundle's command line is called with, in an empty cache, by stacks that read Rook's manifests."""
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("APPLIANCE_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(stack_needs, "MANIFESTS", (lambda _: (ROOK,),))
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(subprograms, "packages", lambda *groups: calls.append(groups))
    monkeypatch.setattr(subprograms, "call", lambda *words, stdin: calls.append((*words, stdin)))
    return calls


def test_upstream_manifests_are_fetched_also_for_a_stack_without_a_bundle(
    online: Configuration, asked: list[tuple[str, ...]]
) -> None:
    fetch_manifests(online, Phases(quiet=True))
    # Nothing is compiled for them: a machine that only operates a cluster needs no compiler.
    assert asked == [
        ("module",),
        ("bundle", "manifests", "--items", "-", "--lock", str(COMMITTED), f'["{ROOK}"]'),
    ]


def test_upstream_manifests_come_out_of_a_bundle_that_was_carried_here(
    online: Configuration, asked: list[tuple[str, ...]], tmp_path: Path
) -> None:
    carried = online.airgap.model_copy(update={"bundle": str(tmp_path)})
    fetch_manifests(online.model_copy(update={"airgap": carried}), Phases(quiet=True))
    assert asked[0][-3:-1] == ("--bundle", str(tmp_path))


def test_a_preview_asks_for_manifests_where_the_bundle_is_not_carried_yet(
    online: Configuration, asked: list[tuple[str, ...]], tmp_path: Path
) -> None:
    later = online.airgap.model_copy(update={"bundle": str(tmp_path / "absent")})
    fetch_manifests(online.model_copy(update={"airgap": later}), Phases(quiet=True))
    assert [words[:2] for words in asked] == [("module",), ("bundle", "manifests")]
    assert "--bundle" not in asked[1]


def test_a_stack_that_reads_no_manifests_or_has_them_asks_for_nothing(
    online: Configuration, asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workplace, "missing_manifests", lambda *_: ())
    fetch_manifests(online, Phases())
    monkeypatch.setattr(stack_needs, "MANIFESTS", ())
    fetch_manifests(online, Phases())
    assert asked == []


def test_a_manifest_that_is_not_locked_is_left_to_the_program_s_own_report(
    online: Configuration, asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack_needs, "MANIFESTS", (lambda _: ("manifest/rook:v0",),))
    fetch_manifests(online, Phases())
    assert asked == []
