"""The example of a vendor's application in the whole platform: it is reached, and is what the rewrites made of it.

The tests are steps of the life of the whole platform, in the order of the file.
"""

import json
import re
from typing import Any

import pytest

from tests.components.application.made import RELEASES
from tests.components.application.rewritten import rewritten
from tests.e2e.operator import Operator
from tests.e2e.web import Client, applied
from tests.e2e.whole import listed, outputs, page_says

pytestmark = pytest.mark.e2e


def pod_specs(operator: Operator) -> list[Any]:
    """The pods' part of all workloads, and of the pods themselves."""
    specs = [each["spec"] for each in listed(operator, "pods")]
    kinds = "deployments,statefulsets,jobs"
    specs += [each["spec"]["template"]["spec"] for each in listed(operator, kinds)]
    jobs = listed(operator, "cronjobs")
    return specs + [each["spec"]["jobTemplate"]["spec"]["template"]["spec"] for each in jobs]


def test_the_page_is_reached_through_each_node_and_shows_a_field_of_the_license(
    client: Client, nodes: dict[str, str]
) -> None:
    for address in nodes.values():
        page_says(client, address, "Licensed to Example Inc. for 1000 entries.")


def test_every_image_comes_from_the_daemons_registry(whole: Operator) -> None:
    registry = outputs(whole)["replicated"]["registry"]
    specs = pod_specs(whole)
    images = [each["image"] for spec in specs for each in spec["containers"]]
    assert len(images) > 6
    assert {image.partition("/")[0] for image in images} == {registry}


def test_the_images_are_in_the_registry_of_the_daemons_own_pod(whole: Operator) -> None:
    registry = outputs(whole)["replicated"]["registry"]
    ask = f"curl -s --cacert /etc/appliance/pki/ca.crt https://{registry}/v2/docker.io/library/busybox/tags/list"
    assert json.loads(whole.ssh("n1", ask))["tags"] == ["1.35.0"]


def test_every_claim_has_the_class_called_default_and_is_bound(whole: Operator) -> None:
    claims = listed(whole, "persistentvolumeclaims")
    assert [each["metadata"]["name"] for each in claims] == ["entries-guestbook-0"]
    assert {each["spec"]["storageClassName"] for each in claims} == {"default"}
    assert {each["status"]["phase"] for each in claims} == {"Bound"}


def test_the_report_of_the_rewrites_is_shown(whole: Operator) -> None:
    rows = outputs(whole)["application"]["rewrites"]
    old = {row["old"] for row in rows if row["rule"] == "images"}
    assert "docker.io/library/busybox:1.35.0" in old


def test_an_api_server_takes_every_object_of_the_small_releases(whole: Operator) -> None:
    names = sorted(file.stem for file in RELEASES.glob("*.yaml"))
    objects = [body for name in names for body in rewritten(name).bodies.values()]
    # Its definition is only tried too, so nobody serves the kind.
    served = [body for body in objects if body["kind"] != "Order"]
    assert len(objects) - len(served) == 1
    options = "--server-side --force-conflicts --dry-run=server --validate=strict"
    printed = whole.shell(applied(*served, options=options))
    assert len(re.findall(r"serverside-applied \(server dry run\)", printed)) == len(served)
