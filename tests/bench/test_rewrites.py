"""The lots that the rewrites are measured on, and what is compared with what."""

from collections import Counter

import yaml

from bench.manifests import IMAGES, manifests
from bench.peers import kbld_rules, kustomize_rules
from bench.references import references
from bench.results import Cost
from bench.rows.rewrites import IMAGE, REGISTRY, SETTINGS, Run, plain, section
from components.application.rewrites.images import rewritten
from components.manifest.image import parse
from components.manifest.objects import read
from tests.bench.test_rows import MACHINE, cost


def test_manifests_are_the_same_in_every_run_and_all_different() -> None:
    assert list(manifests(60)) == list(manifests(60))
    reading = read("".join(manifests(60)), "lot")
    assert not reading.faults
    assert len({one.identity for one in reading.objects}) == 60
    assert len({one.kind for one in reading.objects}) == 11


def test_every_image_of_the_lot_is_one_that_the_peers_have_a_rule_for() -> None:
    found = Counter(IMAGE.findall("".join(manifests(1200))))
    assert set(found) == set(IMAGES)
    rules = {image: rewritten(image, SETTINGS) for image in IMAGES}
    overrides = yaml.safe_load(kbld_rules(rules))["overrides"]
    assert {each["image"]: each["newImage"] for each in overrides} == rules
    names = yaml.safe_load(kustomize_rules("lot.yaml", rules))["images"]
    assert {"name": "nginx", "newName": f"{REGISTRY}/docker.io/library/nginx"} in names


def test_references_are_images_of_many_forms() -> None:
    thrown = [parse(each) for each in references(500)]
    assert len({image.domain for image in thrown}) > 8
    assert {bool(image.tag) for image in thrown} == {True, False}
    assert all(image.digest for image in thrown)


def test_our_images_are_compared_by_the_names_that_the_peer_gives() -> None:
    digest = f"sha256:{'0a' * 32}"
    for before, after in (
        (f"nginx@{digest}", f"index.docker.io/library/nginx@{digest}"),
        (f"a.test:5000/b_c/d:1@{digest}", f"a.test:5000/b_c/d@{digest}"),
    ):
        assert plain(rewritten(before, SETTINGS)) == after


def turn(kustomize: Cost | None) -> Run:
    return Run(
        machine=MACHINE,
        ours=cost(2),
        floor=cost(2),
        kbld=cost(3),
        kustomize=kustomize,
        images=8,
        memory=20,
        memory_many=20,
        seconds_many=40,
        preview_whole=1,
        preview_rewrites=0.1,
        same=1,
        different=(),
    )


def test_the_slowest_peer_counts_by_the_turn_that_it_ran_in() -> None:
    told = section([turn(cost(80)), turn(None), turn(None)])
    assert "| kustomize's time over ours | ≥ 30 | 40.0 |" in told
    assert "| kustomize | 80" in told
    assert "| kbld | 3" in told
