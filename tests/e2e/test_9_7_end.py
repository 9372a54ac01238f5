"""The end of the whole platform: given up on hosts that stay, brought back without its storage, and destroyed.

The tests are the last steps of the life of the whole platform, in the order of the file.
"""

import json
import re
import time
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import web
from tests.e2e.ceph import FIVE_MINUTES
from tests.e2e.operator import CONFIGURATION, PATIENCE, Operator
from tests.e2e.pods import eventually
from tests.e2e.test_9_2_daemon import REGISTRY
from tests.e2e.web import Balancer, Client
from tests.e2e.whole import (
    CERTIFICATE,
    GUESTBOOK,
    PLAIN,
    configured,
    listed,
    outputs,
    page_says,
    release,
)

pytestmark = pytest.mark.e2e

# An address that nobody has (RFC 5737).
FAR_AWAY = "203.0.113.9"
ENTRY, SIGNED = "before+the+end", "before the end"
DATA = "/opt/replicated-e2e"
# Prints a line for everything that storage may leave on a host.
LEFT_BEHIND = r"""
find /opt/replicated/rook /var/lib/rook -type f 2>/dev/null
ls /etc/systemd/system/appliance-osd.service /usr/local/sbin/appliance-osd 2>/dev/null
ls {loop} 2>/dev/null
ps -eo comm= | grep -E '^(ceph-|radosgw)'
true
"""


def storage_by_hand() -> list[dict[str, Any]]:
    """A class called default, and a volume on n2: what the storage layer gives, made by somebody else."""
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "e2e-replicated"},
        "spec": {
            "capacity": {"storage": "100Gi"},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "default",
            "hostPath": {"path": DATA, "type": "Directory"},
            "nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [
                        {
                            "matchExpressions": [
                                {
                                    "key": "kubernetes.io/hostname",
                                    "operator": "In",
                                    "values": ["n2"],
                                }
                            ]
                        }
                    ]
                }
            },
        },
    }
    kind = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "default"},
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    return [kind, volume]


def loops(operator: Operator) -> dict[str, str]:
    """The loop device below each host's OSD. The kernel is every lab's: only the number tells whose it was."""
    return {
        node: operator.ssh(node, "basename $(cat /var/lib/appliance/osd-loop)").strip()
        for node in ("n1", "n2")
    }


@pytest.mark.usefixtures("admitted")
def test_every_layer_can_be_given_up_within_five_minutes_and_storage_leaves_no_trace(
    whole: Operator, client: Client, nodes: dict[str, str]
) -> None:
    page_says(client, nodes["n1"], SIGNED, f"/cgi-bin/sign?entry={ENTRY}")
    attached = loops(whole)
    # The release is still there, and its license is not.
    whole.configure({**CONFIGURATION, "release": release(whole)})
    began = time.monotonic()
    whole.run("up", limit=600)
    assert time.monotonic() - began < FIVE_MINUTES * PATIENCE
    for node, loop in attached.items():
        file = f"/sys/block/{loop}/loop/backing_file"
        assert whole.ssh(node, LEFT_BEHIND.replace("{loop}", file)) == ""
    namespaces = whole.kubectl("get namespaces -o name").split()
    assert not [name for name in namespaces if "rook" in name or "local-path" in name]
    assert "ceph.rook.io" not in whole.kubectl("api-resources -o name")


def test_nothing_of_ingress_and_daemon_is_left(whole: Operator) -> None:
    assert not [
        name for name in whole.names() if "contour" in name or name.startswith("replicated")
    ]
    kinds = "deployments,services,pvc,secrets,networkpolicies,resourcequotas"
    assert whole.kubectl(f"get {kinds} -o name").split() == ["service/kubernetes"]
    labels = whole.kubectl_json("get namespace default")["metadata"]["labels"]
    assert labels == {"kubernetes.io/metadata.name": "default"}
    for node in ("n1", "n2"):
        assert whole.ssh(node, f"ls /etc/containerd/certs.d/{REGISTRY}") == ""


def test_without_its_license_an_application_keeps_its_claims_and_nothing_else(
    whole: Operator,
) -> None:
    assert listed(whole, "deployments,statefulsets,cronjobs,jobs,services,ingresses") == []
    eventually(lambda: listed(whole, "pods") == [], "the pods are gone")
    claims = listed(whole, "persistentvolumeclaims")
    assert [each["status"]["phase"] for each in claims] == ["Bound"]


def test_a_port_that_is_taken_on_a_host_is_refused_before_the_ingress_comes(
    whole: Operator,
) -> None:
    whole.ssh("n2", "systemd-run --unit squatter systemd-socket-activate -l 0.0.0.0:80 cat")
    whole.configure({**CONFIGURATION, "ingress": {"provider": "contour"}})
    printed = whole.fails("up")
    assert re.search(r"n2: error: port 80 is taken by systemd-socket.*, and the ingress", printed)
    assert "contour-envoy" not in whole.names()
    whole.ssh("n2", "systemctl stop squatter")


@pytest.fixture(scope="module")
def again(whole: Operator) -> Operator:
    """All but storage, on the living cluster: a class is somebody else's, and the ingress behind a balancer."""
    whole.ssh("n2", f"mkdir -p -m 0777 {DATA}")
    whole.shell(web.applied(*storage_by_hand()))
    served = {"provider": "contour", "certificate": CERTIFICATE, "proxyProtocol": True}
    # Without Ceph there is no store that snapshots could lie in.
    everything = configured(whole, ingress=served, snapshots={})
    whole.configure({**everything, "hosts": CONFIGURATION["hosts"], "storage": {}})
    whole.run("up")
    return whole


@pytest.fixture(scope="module")
def balancer(again: Operator, tmp_path_factory: pytest.TempPathFactory) -> Balancer:
    """Someone in front of the nodes who says for whom."""
    authority = tmp_path_factory.mktemp("balancer") / "ca.pem"
    authority.write_text(outputs(again)["ingress"]["authority"])
    return Balancer(authority=authority)


def test_behind_a_balancer_a_pod_sees_the_client_and_nobody_comes_in_without_the_proxy_protocol(
    balancer: Balancer, nodes: dict[str, str]
) -> None:
    for address in nodes.values():
        for scheme in ("http", "https"):
            url = f"{scheme}://{PLAIN}/"

            def seen(at: str = address, of: str = url) -> bool:
                request = balancer.get(at, of, client=FAR_AWAY).request
                return f"x-forwarded-for: {FAR_AWAY}\n" in request.lower()

            eventually(seen, f"{url} through {address}: the pod sees {FAR_AWAY}", seconds=30)
            assert balancer.get(address, url, client=None).status == 0, (address, scheme)


def test_a_daemon_that_comes_to_a_living_cluster_takes_the_class_that_is_there(
    again: Operator,
) -> None:
    claim = again.kubectl_json("get pvc replicated-pv-claim")
    assert (claim["status"]["phase"], claim["spec"]["volumeName"]) == ("Bound", "e2e-replicated")


def test_an_application_whose_license_comes_back_has_its_data(
    balancer: Balancer, nodes: dict[str, str]
) -> None:
    url = f"https://{GUESTBOOK}/cgi-bin/sign"

    def kept() -> bool:
        found = balancer.get(nodes["n1"], url, client=FAR_AWAY)
        return found.status == 200 and SIGNED in found.request

    eventually(kept, f"{url} says: {SIGNED}", seconds=90)


def test_the_picture_of_the_stack_has_every_resource_and_the_times_that_the_last_up_told(
    again: Operator,
) -> None:
    page = Path(again.run("graph").splitlines()[-1]).read_text()
    drawn = re.findall(r'data-urn="([^"]*)"', page)
    state = json.loads(again.exported_state())["deployment"]["resources"]
    assert sorted(map(unescape, drawn)) == sorted(each["urn"] for each in state)
    assert "Why it took" in page
    told = again.log.read_text().rpartition("\n$ up\n")[2]
    layers = re.findall(r"^ +(\S.* s) {4}(ingress|replicated|application)$", told, re.MULTILINE)
    assert len(layers) == 3, told[-2000:]
    for seconds, layer in layers:
        shown = re.search(r'class="time">([^<]*)<', page.partition(f'id="layer-{layer}"')[2])
        assert shown is not None
        assert shown[1] == ("under 1 s" if seconds == "0 s" else seconds)


def test_the_whole_is_destroyed_without_a_rest(again: Operator) -> None:
    again.run("down")
    assert again.names() == set()
