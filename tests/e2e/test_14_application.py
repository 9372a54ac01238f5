"""The example of a vendor's application: it comes, is reached, changes, is taken away and comes back to its data.

The tests are steps of one life, in the order of the file.
"""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.full import full
from tests.e2e.operator import CONFIGURATION, REPOSITORY, Operator
from tests.e2e.pods import eventually
from tests.e2e.test_1_cluster import UNCHANGED
from tests.e2e.web import Answer, Client

pytestmark = [
    pytest.mark.e2e,
    full,
]

EXAMPLE = REPOSITORY / "examples" / "guestbook"
HOST = "guestbook.test"
NAMESPACE = "replicated-guestbook"
ENTRY = "a+word+for+later"
SIGNED = "a word for later"


def configured(
    release: Path, *, licensed: bool = True, sequence: int = 1, **options: Any
) -> dict[str, Any]:
    """The stack's configuration with the application."""
    license_ = {
        "file": str(EXAMPLE / "license.yaml"),
        "publicKey": str(EXAMPLE / "vendor.pem"),
    }
    return {
        **copy.deepcopy(CONFIGURATION),
        "storage": {"default": "hostpath"},
        "ingress": {"provider": "contour"},
        "replicated": {"install": True},
        "license": license_ if licensed else {},
        "release": {
            "file": str(release),
            "lock": str(EXAMPLE / "lock.json"),
            "app": "guestbook",
            "sequence": sequence,
            "config": {"hostname": HOST, **options},
        },
    }


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vendor's file, where a newer one may be put in its place."""
    file = tmp_path_factory.mktemp("vendor") / "release.yaml"
    file.write_text((EXAMPLE / "release.yaml").read_text())
    return file


@pytest.fixture(scope="module")
def guestbook(operator: Operator, release: Path) -> Operator:
    """The operator of a stack that runs the application."""
    operator.begin_anew()
    operator.configure(configured(release))
    operator.run("up")
    return operator


@pytest.fixture(scope="module")
def client(guestbook: Operator, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """Someone outside who trusts the stack's own authority, which the release's certificate is from."""
    authority = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.write_text(outputs(guestbook)["ingress"]["authority"])
    return Client(authority=authority)


def outputs(operator: Operator) -> Any:
    return json.loads(operator.shell("pulumi stack output --json"))


def addresses(operator: Operator) -> list[str]:
    return [node["address"] for node in outputs(operator)["nodes"]]


def listed(operator: Operator, kinds: str) -> list[Any]:
    found: list[Any] = operator.kubectl_json(f"-n {NAMESPACE} get {kinds}")["items"]
    return found


def pod_specs(operator: Operator) -> list[Any]:
    """The pods' part of all workloads, and of the pods themselves."""
    specs = [each["spec"] for each in listed(operator, "pods")]
    kinds = "deployments,statefulsets,jobs"
    specs += [each["spec"]["template"]["spec"] for each in listed(operator, kinds)]
    jobs = listed(operator, "cronjobs")
    return specs + [each["spec"]["jobTemplate"]["spec"]["template"]["spec"] for each in jobs]


def answers(client: Client, address: str, text: str, path: str = "/") -> None:
    """Waits until the page says the text, by HTTP and by HTTPS."""
    for scheme in ("http", "https"):

        def probe(url: str = f"{scheme}://{HOST}{path}") -> bool:
            found: Answer = client.get(address, url)
            return found.status == 200 and text in found.request

        eventually(probe, f"{scheme}://{HOST}{path} at {address} says: {text}", seconds=90)


def test_the_page_is_reached_through_each_node_and_shows_a_field_of_the_license(
    guestbook: Operator, client: Client
) -> None:
    for address in addresses(guestbook):
        answers(client, address, "Licensed to Example Inc. for 1000 entries.")


def test_every_image_comes_from_the_daemons_registry(guestbook: Operator) -> None:
    registry = outputs(guestbook)["replicated"]["registry"]
    specs = pod_specs(guestbook)
    images = [each["image"] for spec in specs for each in spec["containers"]]
    assert len(images) > 6
    assert {image.partition("/")[0] for image in images} == {registry}


def test_the_images_are_in_the_registry_of_the_daemons_own_pod(guestbook: Operator) -> None:
    registry = outputs(guestbook)["replicated"]["registry"]
    ask = f"curl -s --cacert /etc/appliance/pki/ca.crt https://{registry}/v2/docker.io/library/busybox/tags/list"
    assert json.loads(guestbook.ssh("n1", ask))["tags"] == ["1.35.0"]


def test_every_claim_has_the_class_called_default_and_is_bound(guestbook: Operator) -> None:
    claims = listed(guestbook, "persistentvolumeclaims")
    assert [each["metadata"]["name"] for each in claims] == ["entries-guestbook-0"]
    assert {each["spec"]["storageClassName"] for each in claims} == {"default"}
    assert {each["status"]["phase"] for each in claims} == {"Bound"}


def test_the_report_of_the_rewrites_is_shown(guestbook: Operator) -> None:
    rows = outputs(guestbook)["application"]["rewrites"]
    old = {row["old"] for row in rows if row["rule"] == "images"}
    assert "docker.io/library/busybox:1.35.0" in old


def test_a_second_up_with_an_application_changes_nothing(guestbook: Operator) -> None:
    assert UNCHANGED.search(guestbook.run("up"))


def test_what_was_written_outlives_the_license(
    guestbook: Operator, client: Client, release: Path
) -> None:
    address = addresses(guestbook)[0]
    answers(client, address, SIGNED, f"/cgi-bin/sign?entry={ENTRY}")
    guestbook.configure(configured(release, licensed=False))
    guestbook.run("up")
    assert listed(guestbook, "deployments,statefulsets,cronjobs,jobs,services,ingresses") == []
    eventually(lambda: listed(guestbook, "pods") == [], "the pods are gone")
    claims = listed(guestbook, "persistentvolumeclaims")
    assert [each["status"]["phase"] for each in claims] == ["Bound"]
    guestbook.configure(configured(release))
    guestbook.run("up")
    answers(client, address, SIGNED, "/cgi-bin/sign")


def test_a_newer_release_takes_what_it_no_longer_holds_away_and_the_one_before_comes_back(
    guestbook: Operator, client: Client, release: Path
) -> None:
    first = release.read_text()
    release.write_text(first.replace("<p>Licensed to", "<p>The second release, licensed to"))
    guestbook.configure(configured(release, sequence=2, clean=False))
    guestbook.run("up")
    address = addresses(guestbook)[0]
    answers(client, address, "The second release, licensed to Example Inc.")
    assert listed(guestbook, "cronjobs") == []
    assert {each["metadata"]["name"] for each in listed(guestbook, "jobs")} == {"welcome-2"}
    release.write_text(first)
    guestbook.configure(configured(release))
    guestbook.run("up")
    answers(client, address, "<p>Licensed to Example Inc.")
    answers(client, address, SIGNED, "/cgi-bin/sign")
    assert {each["metadata"]["name"] for each in listed(guestbook, "cronjobs,jobs")} == {
        "count",
        "welcome-1",
    }


# What a restore must bring back, of everything in the claim: kind, mode, owner, time, content and the attribute.
FACTS = r"""
cd /opt/replicated/hostpath/*_{namespace}_{claim} || exit 1
find . | sort | while read -r file; do
  stat -c '%n %F %a %u:%g %Y' "$file"
  [ ! -f "$file" ] || sha256sum "$file"
  perl -e 'my ($f, $k, $b) = ($ARGV[0], "user.note", " " x 64); my $n = syscall(191, $f, $k, $b, 64);
    print "note: ", substr($b, 0, $n), "\n" if $n > 0' "$file"
done
"""
# Files of somebody, with modes, a link and an attribute, beside what the application keeps.
FILL = r"""
cd /opt/replicated/hostpath/*_{namespace}_{claim} || exit 1
mkdir -p deep/er
echo word >deep/er/file
ln -s file deep/er/link
perl -e 'my ($f, $k, $v) = ("deep/er/file", "user.note", "kept");
  syscall(188, $f, $k, $v, 4, 0) == 0 or die $!'
chown 1234:4321 deep/er/file
chmod 4640 deep/er/file
chmod 2750 deep
chown 7:8 .
chmod 1777 .
touch -d '2020-01-02 03:04:05' deep/er/file
"""
CLAIM = "entries-guestbook-0"
SNAPSHOT = "replicated-snapshot"


def with_snapshots(release: Path) -> dict[str, Any]:
    """The application with Ceph below it, whose object store its snapshots lie in."""
    found = configured(release)
    for node in found["hosts"]["nodes"]:
        node["roles"] = [*node["roles"], "storage"]
    found["storage"] = {"default": "hostpath", "rook": {"loopFile": "8Gi"}}
    group = {"repository": {"ceph": {}}, "schedule": "* * * * *", "retention": {"last": 100}}
    return {**found, "snapshots": group}


def in_claim(script: str) -> str:
    return script.replace("{namespace}", NAMESPACE).replace("{claim}", CLAIM)


def node_of_claim(operator: Operator) -> str:
    pod = operator.kubectl_json(f"-n {NAMESPACE} get pod guestbook-0")
    node: str = pod["spec"]["nodeName"]
    return node


def newest_snapshot(operator: Operator) -> str:
    rows = [line.split() for line in operator.run("snapshots").splitlines() if CLAIM in line]
    return rows[-1][0]


def test_the_snapshot_container_is_in_pods_of_the_claims_that_the_release_names_and_in_no_others(
    guestbook: Operator, release: Path
) -> None:
    guestbook.configure(with_snapshots(release))
    guestbook.run("up")
    pods = listed(guestbook, "pods --field-selector status.phase=Running")
    having = {
        pod["metadata"]["name"]: [each["name"] for each in pod["spec"]["containers"]]
        for pod in pods
    }
    assert having.pop("guestbook-0") == ["entries", SNAPSHOT]
    assert having
    assert not any(SNAPSHOT in names for names in having.values())
    test_every_image_comes_from_the_daemons_registry(guestbook)


def test_snapshots_are_made_when_the_schedule_says_so(guestbook: Operator) -> None:
    eventually(
        lambda: CLAIM in guestbook.run("snapshots"),
        "there is a snapshot of its own accord",
        seconds=240,
    )


def test_data_comes_back_onto_the_other_node_after_its_claim_was_deleted(
    guestbook: Operator, client: Client
) -> None:
    address = addresses(guestbook)[0]
    answers(client, address, SIGNED, f"/cgi-bin/sign?entry={ENTRY}")
    node = node_of_claim(guestbook)
    guestbook.ssh(node, in_claim(FILL))
    before = guestbook.ssh(node, in_claim(FACTS))
    assert "note: kept" in before
    guestbook.run("snapshot")
    wanted = newest_snapshot(guestbook)
    guestbook.kubectl(f"cordon {node}")
    guestbook.kubectl(f"-n {NAMESPACE} delete pvc {CLAIM} --wait=false")
    assert "claim was made anew" in guestbook.run("restore", "--id", wanted)
    assert node_of_claim(guestbook) != node
    assert guestbook.ssh(node_of_claim(guestbook), in_claim(FACTS)) == before
    answers(client, address, SIGNED, "/cgi-bin/sign")
    guestbook.kubectl(f"uncordon {node}")


def test_a_restore_leaves_nothing_that_a_later_up_would_change(guestbook: Operator) -> None:
    assert UNCHANGED.search(guestbook.run("up"))


def test_what_cannot_be_restored_is_refused_before_anything_is_scaled_down(
    guestbook: Operator,
) -> None:
    assert "there is no snapshot deadbeef" in guestbook.fails("restore", "--id", "deadbeef")
    stranger = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "stranger", "namespace": NAMESPACE},
        "spec": {
            "containers": [
                {
                    "name": "a",
                    "image": pod_specs(guestbook)[0]["containers"][0]["image"],
                    "command": ["busybox", "sleep", "600"],
                    "volumeMounts": [{"name": "v", "mountPath": "/v"}],
                }
            ],
            "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": CLAIM}}],
        },
    }
    guestbook.shell(f"kubectl apply -f - >&2 <<'EOF'\n{json.dumps(stranger)}\nEOF")
    refusal = guestbook.fails("restore", "--id", newest_snapshot(guestbook))
    assert f"the claim {CLAIM} is in use by stranger" in refusal
    guestbook.kubectl(f"-n {NAMESPACE} delete pod stranger --now")
    (workload,) = listed(guestbook, "statefulsets")
    assert workload["spec"]["replicas"] == 1


def test_a_stack_with_an_application_is_destroyed_without_a_rest(guestbook: Operator) -> None:
    guestbook.run("down")
    assert guestbook.names() == set()
