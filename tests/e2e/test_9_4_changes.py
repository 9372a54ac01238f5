"""Changes of the whole platform: none, refused ones, and one `up` that changes every layer above storage and back.

The tests are steps of the life of the whole platform, in the order of the file.
"""

import copy
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.operator import Operator
from tests.e2e.pods import eventually
from tests.e2e.test_1_cluster import UNCHANGED
from tests.e2e.web import Client
from tests.e2e.whole import (
    PLAIN,
    QUOTAS,
    REPOSITORY_JOB,
    configured,
    dry_run,
    listed,
    names,
    page_says,
    release,
    release_file,
)
from tests.stacks.test_ingress import own_certificate

pytestmark = pytest.mark.e2e

ENTRY, SIGNED = "a+word+for+later", "a word for later"
SECOND = "<p>The second release, licensed to"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A certificate of the user's own, and the text of its key."""
    file, key, _ = own_certificate(tmp_path_factory.mktemp("own"), name="*.apps.example.com")
    return file, key


@pytest.fixture(scope="module")
def changed(whole: Operator, own: tuple[Path, str], tmp_path_factory: Any) -> Operator:
    """The platform after an `up` with another certificate, another pod of the daemon and a newer release."""
    file = release_file(whole)
    file.write_text(file.read_text().replace("<p>Licensed to", SECOND))
    whole.configure(other(whole, own[0]))
    key = tmp_path_factory.mktemp("key") / "key.pem"
    key.write_text(own[1])
    whole.shell(f"pulumi config set --secret appliance:ingressKey < {key}")
    whole.run("up")
    return whole


@pytest.fixture(scope="module")
def back(changed: Operator) -> Operator:
    """The platform as it was, after the next `up`."""
    changed.shell("pulumi config rm appliance:ingressKey")
    file = release_file(changed)
    file.write_text(file.read_text().replace(SECOND, "<p>Licensed to"))
    changed.configure(configured(changed))
    changed.run("up")
    return changed


def other(operator: Operator, certificate: Path) -> dict[str, Any]:
    """The configuration with something else in every layer above storage."""
    limits_alone = copy.deepcopy(QUOTAS)
    limits_alone["namespaces"][0]["hard"] = {}
    return configured(
        operator,
        ingress={"provider": "contour", "certificate": {"file": str(certificate)}},
        replicated={"install": True, "logLevel": "debug"},
        quotas=limits_alone,
        release=release(operator, sequence=2, clean=False),
    )


def test_a_second_up_changes_nothing(whole: Operator) -> None:
    assert UNCHANGED.search(whole.run("up"))


def test_fewer_storage_nodes_are_refused_at_preview(whole: Operator) -> None:
    whole.configure(configured(whole, "n1"))
    refusal = whole.fails("preview")
    assert "each piece of data lies on 2 storage nodes" in refusal, refusal[-2000:]
    assert "say storage.rook.replication: 1" in refusal


def test_a_certificate_without_its_key_is_refused(whole: Operator, own: tuple[Path, str]) -> None:
    whole.configure(other(whole, own[0]))
    assert "needs its private key" in whole.fails("up")
    whole.configure(configured(whole))


def test_what_people_write_is_kept(client: Client, nodes: dict[str, str]) -> None:
    page_says(client, nodes["n1"], SIGNED, f"/cgi-bin/sign?entry={ENTRY}")


def test_an_up_that_changes_the_daemons_pod_waits_until_the_new_one_is_ready(
    changed: Operator,
) -> None:
    (pod,) = changed.kubectl_json("get pods -l app=replicated")["items"]
    variables = [each.get("value") for each in pod["spec"]["containers"][0]["env"]]
    assert "debug" in variables
    assert all(each["ready"] for each in pod["status"]["containerStatuses"])
    (ready,) = [each for each in pod["status"]["conditions"] if each["type"] == "Ready"]
    # Other layers come after it in the same command, so that the pod is ready now says nothing.
    assert datetime.fromisoformat(ready["lastTransitionTime"]) <= updated(changed, "replicated")


def updated(operator: Operator, deployment: str) -> datetime:
    """When Pulumi held its last change of a Deployment for done."""
    resources = json.loads(operator.exported_state())["deployment"]["resources"]
    (found,) = [
        each
        for each in resources
        if each["type"] == "kubernetes:apps/v1:Deployment"
        and each["outputs"]["metadata"]["name"] == deployment
    ]
    return datetime.fromisoformat(found["modified"])


def test_limits_hold_in_the_daemons_namespace(changed: Operator) -> None:
    (container,) = json.loads(dry_run(changed))["spec"]["containers"]
    assert container["resources"] == {"limits": {"memory": "300Mi"}, "requests": {"memory": "10Mi"}}


@pytest.mark.usefixtures("admitted")
def test_the_users_own_certificate_is_shown_as_soon_as_it_is_given(
    changed: Operator, own: tuple[Path, str], nodes: dict[str, str]
) -> None:
    client = Client(authority=own[0])
    for address in nodes.values():
        eventually(
            lambda at=address: client.get(at, f"https://{PLAIN}/").status == 200,  # type: ignore[misc]
            f"{address} shows the new certificate",
            seconds=20,
        )
    assert own[1].splitlines()[1] not in changed.exported_state() + changed.log.read_text()


def test_a_newer_release_takes_what_it_no_longer_holds_away(
    changed: Operator, client: Client, nodes: dict[str, str]
) -> None:
    page_says(client, nodes["n1"], "The second release, licensed to Example Inc.")
    assert listed(changed, "cronjobs") == []
    assert names(listed(changed, "jobs")) - {REPOSITORY_JOB} == {"welcome-2"}


def test_the_release_before_comes_back_to_its_data(
    back: Operator, client: Client, nodes: dict[str, str]
) -> None:
    page_says(client, nodes["n1"], "<p>Licensed to Example Inc.")
    page_says(client, nodes["n1"], SIGNED, "/cgi-bin/sign")
    assert names(listed(back, "cronjobs,jobs")) - {REPOSITORY_JOB} == {"count", "welcome-1"}
