"""The program as it is, previewed by the real engine over the states that earlier versions made."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from operate.event_log import OPTION
from review.change import Change
from review.steps import changes
from stacks.needs import manifests
from tests.upgrade.judgement import faults
from tests.upgrade.record import configuration
from tests.upgrade.site import Site, fetch_manifests
from tests.upgrade.stand_in import as_before
from tests.upgrade.states import Kept, kept

pytestmark = [pytest.mark.toolchain, pytest.mark.timeout(300)]

KEPT = kept()
AT_A_TIME = 2
ALIASED = """\
import runpy

import pulumi


def renamed(given):
    if given.name != "n2-prepare":
        return None
    opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="n2-preparation")])
    opts = pulumi.ResourceOptions.merge(given.opts, opts)
    return pulumi.ResourceTransformationResult(props=given.props, opts=opts)


pulumi.runtime.register_stack_transformation(renamed)
runpy.run_path("program.py", run_name="__main__")
"""
"""The program with one resource that had another name before, and says so."""


def laid_out(one: Kept, directory: Path, main: str | None = None) -> Site:
    """A checkout with the stack's files, and upstream's manifests in place."""
    site = Site(one.stack, directory)
    site.lay_out(one.files(), main)
    fetch_manifests(manifests(configuration(site)))
    return site


def previewed(site: Site, state: Mapping[str, object]) -> tuple[Change, ...]:
    """What an `up` would change in a stack of this state. Its cluster does not answer; the plugins need none."""
    file = site.directory / "state.json"
    file.write_text(json.dumps(state))
    site.ensure()
    site.engine().ask("stack", "import", "--file", str(file))
    log = site.directory / "preview.log"
    with as_before(site.plugins) as variables:
        site.engine(**variables).operate("preview", OPTION, str(log))
    with log.open(encoding="utf-8") as lines:
        return changes(lines)


@pytest.fixture(scope="module")
def previews(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[Kept, Future[tuple[Change, ...]]]]:
    sites = {one: laid_out(one, tmp_path_factory.mktemp(str(one))) for one in KEPT}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        # The one with the most resources first, so that both lanes end at about the same time.
        order = sorted(KEPT, key=lambda one: -len(one.state()["deployment"]["resources"]))
        yield {one: pool.submit(previewed, sites[one], one.state()) for one in order}


@pytest.mark.parametrize("one", KEPT, ids=str)
def test_nothing_of_an_earlier_version_is_replaced_or_deleted(
    one: Kept, previews: Mapping[Kept, Future[tuple[Change, ...]]]
) -> None:
    found = faults(previews[one].result())
    assert not found, "\n".join(found)


def renamed(state: Mapping[str, object]) -> dict[str, object]:
    """A state of the stack core by a program that is this one but for what the test below names."""
    text = json.dumps(state)
    for now, before in (
        ("::n1-prepare", "::n1-preparation"),
        ("::n2-prepare", "::n2-preparation"),
        ("appliance:registry:Registry", "appliance:registry:HostRegistry"),
    ):
        assert now in text
        text = text.replace(now, before)
    document: dict[str, object] = json.loads(text)
    return document


def test_what_was_renamed_without_an_alias_or_cannot_change_in_place_is_named(
    tmp_path: Path,
) -> None:
    core = next(one for one in KEPT if one.stack == "core")
    state = core.state()
    service = next(
        each
        for each in state["deployment"]["resources"]
        if each["type"] == "kubernetes:apps/v1:DaemonSet"
    )
    for known in (service["inputs"], service["outputs"], service["outputs"]["__inputs"]):
        known["spec"]["selector"]["matchLabels"]["name"] = "before"
    site = laid_out(core, tmp_path, ALIASED)
    found = faults(previewed(site, renamed(state)))
    told = {fault.partition(" ")[0]: fault for fault in found}
    # n2-prepare, which had another name too, has an alias.
    assert set(told) == {
        "n1-preparation",
        "n1-bundle",
        "n1-registry",
        service["urn"].rpartition("::")[2],
    }
    assert 'aliases=[pulumi.Alias(name="n1-preparation")]' in told["n1-preparation"]
    assert "made anew as appliance:registry:Registry$command:local:Command" in told["n1-bundle"]
    assert "would be replaced because of spec.selector" in told[service["urn"].rpartition("::")[2]]
