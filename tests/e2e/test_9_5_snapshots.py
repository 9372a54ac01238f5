"""Snapshots of the application in the whole platform: taken, listed, and brought back onto another node.

The tests are steps of the life of the whole platform, in the order of the file.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.storage.names import CEPH
from components.storage.object_store import SECRET
from tests.e2e.full import full
from tests.e2e.operator import Operator
from tests.e2e.pods import eventually
from tests.e2e.test_1_cluster import UNCHANGED
from tests.e2e.test_9_3_application import pod_specs
from tests.e2e.test_9_4_changes import ENTRY, SIGNED
from tests.e2e.web import Client
from tests.e2e.whole import NAMESPACE, configured, listed, page_says

pytestmark = pytest.mark.e2e

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


def in_claim(script: str) -> str:
    return script.replace("{namespace}", NAMESPACE).replace("{claim}", CLAIM)


def node_of_claim(operator: Operator) -> str:
    pod = operator.kubectl_json(f"-n {NAMESPACE} get pod guestbook-0")
    node: str = pod["spec"]["nodeName"]
    return node


def newest_snapshot(operator: Operator) -> str:
    rows = [line.split() for line in operator.run("snapshots").splitlines() if CLAIM in line]
    return rows[-1][0]


def test_a_preview_of_a_living_stack_asks_no_host_and_no_cluster(whole: Operator) -> None:
    # Also of keys that the cluster has made, which are in an object: the object store's, for the snapshots.
    assert UNCHANGED.search(whole.run("preview", cut_off=True))


def test_the_snapshot_container_is_in_pods_of_the_claims_that_the_release_names_and_in_no_others(
    whole: Operator,
) -> None:
    pods = listed(whole, "pods --field-selector status.phase=Running")
    having = {
        pod["metadata"]["name"]: [each["name"] for each in pod["spec"]["containers"]]
        for pod in pods
    }
    assert having.pop("guestbook-0") == ["entries", SNAPSHOT]
    assert having
    assert not any(SNAPSHOT in names for names in having.values())


def test_snapshots_are_made_when_the_schedule_says_so(whole: Operator) -> None:
    eventually(
        lambda: CLAIM in whole.run("snapshots"),
        "there is a snapshot of its own accord",
        seconds=240,
    )


def test_status_says_when_the_last_snapshot_of_a_claim_was_made(whole: Operator) -> None:
    sections = {
        each["title"]: each for each in json.loads(whole.run("status", "--json"))["sections"]
    }
    (line,) = sections["snapshots"]["lines"]
    assert (line["subject"], line["health"]) == (CLAIM, "ok"), line


def test_data_comes_back_onto_the_other_node_after_its_claim_was_deleted(
    whole: Operator, client: Client, nodes: dict[str, str]
) -> None:
    page_says(client, nodes["n1"], SIGNED, f"/cgi-bin/sign?entry={ENTRY}")
    node = node_of_claim(whole)
    whole.ssh(node, in_claim(FILL))
    before = whole.ssh(node, in_claim(FACTS))
    assert "note: kept" in before
    whole.run("snapshot")
    wanted = newest_snapshot(whole)
    whole.kubectl(f"cordon {node}")
    whole.kubectl(f"-n {NAMESPACE} delete pvc {CLAIM} --wait=false")
    assert "claim was made anew" in whole.run("restore", "--id", wanted)
    assert node_of_claim(whole) != node
    assert whole.ssh(node_of_claim(whole), in_claim(FACTS)) == before
    page_says(client, nodes["n1"], SIGNED, "/cgi-bin/sign")
    whole.kubectl(f"uncordon {node}")


def test_a_restore_leaves_nothing_that_a_later_up_would_change(whole: Operator) -> None:
    assert UNCHANGED.search(whole.run("up"))


def test_what_cannot_be_restored_is_refused_before_anything_is_scaled_down(
    whole: Operator,
) -> None:
    assert "there is no snapshot deadbeef" in whole.fails("restore", "--id", "deadbeef")
    stranger = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "stranger", "namespace": NAMESPACE},
        "spec": {
            "containers": [
                {
                    "name": "a",
                    "image": pod_specs(whole)[0]["containers"][0]["image"],
                    "command": ["busybox", "sleep", "600"],
                    "volumeMounts": [{"name": "v", "mountPath": "/v"}],
                }
            ],
            "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": CLAIM}}],
        },
    }
    whole.shell(f"kubectl apply -f - >&2 <<'EOF'\n{json.dumps(stranger)}\nEOF")
    refusal = whole.fails("restore", "--id", newest_snapshot(whole))
    assert f"the claim {CLAIM} is in use by stranger" in refusal
    whole.kubectl(f"-n {NAMESPACE} delete pod stranger --now")
    (workload,) = listed(whole, "statefulsets")
    assert workload["spec"]["replicas"] == 1


@pytest.fixture(params=["directory", "s3"])
def elsewhere(request: pytest.FixtureRequest, whole: Operator) -> Iterator[dict[str, Any]]:
    """The repository somewhere else for a while; a directory is no other node's here, so there is one for all pods."""
    (other,) = {"n1", "n2"} - {node_of_claim(whole)}
    whole.kubectl(f"cordon {other}")
    if request.param == "directory":
        yield {"directory": "/opt/snapshots"}
    else:
        # The appliance's own store, as any other's: an address, and keys that the operator gives.
        user = whole.kubectl_json(f"-n {CEPH} get secret {SECRET}")["data"]
        script = """pulumi config set --secret appliance:snapshotKeys "$(
            printf '{"accessKey": "%s", "secretKey": "%s"}' "$(echo ACCESS | base64 -d)" "$(echo SECRET | base64 -d)")"
        """
        whole.shell(
            script.replace("ACCESS", user["AccessKey"]).replace("SECRET", user["SecretKey"])
        )
        service = whole.kubectl_json("-n rook-ceph get service -l app=rook-ceph-rgw")["items"][0]
        endpoint = f"http://{service['spec']['clusterIP']}:{service['spec']['ports'][0]['port']}"
        yield {"s3": {"endpoint": endpoint, "bucket": "elsewhere", "prefix": "shop"}}
    whole.kubectl(f"uncordon {other}")
    whole.configure(configured(whole))
    whole.run("up")


@full
def test_a_repository_may_be_a_directory_or_any_store_that_speaks_s3(
    whole: Operator, elsewhere: dict[str, Any]
) -> None:
    groups = configured(whole)
    groups["snapshots"] = {"repository": elsewhere, "schedule": "0 0 1 1 *"}
    whole.configure(groups)
    whole.run("up")
    before = whole.ssh(node_of_claim(whole), in_claim(FACTS))
    whole.run("snapshot")
    wanted = newest_snapshot(whole)
    whole.ssh(
        node_of_claim(whole),
        in_claim("cd /opt/replicated/hostpath/*_{namespace}_{claim} && rm -rf deep"),
    )
    whole.run("restore", "--id", wanted)
    assert whole.ssh(node_of_claim(whole), in_claim(FACTS)) == before
