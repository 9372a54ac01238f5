"""A stack of two nodes without drift, as facts, and the export that it comes from."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from components.cluster.images import images
from operate.drift.facts import Declared, Facts, Found, Looked, Prescribed, Seen, Told
from operate.status.facts import Object
from tests.operate.status.seen import N1, N2, STATE

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
NEXT_YEAR = NOW + timedelta(days=365)
VERSION = "1.35.4"
KUBELET = {"cgroupDriver": "systemd", "rotateCertificates": True}
PROXY = {"mode": "iptables", "clusterCIDR": "10.244.0.0/16"}
COMMON = {**KUBELET, "authentication": {"anonymous": {"enabled": False}}}
TOLD = Told(
    script=".appliance/node-0123456789ab.sh",
    parameters="NODE_NAME=n2\n",
    version=VERSION,
    labels=("node-role.kubernetes.io/worker=", "zone=a"),
    taints=("dedicated=db:NoSchedule",),
)


def config(**changes: Any) -> Found:
    """A kubelet's copy of the common configuration, on a host with a resolver of its own."""
    text = yaml.safe_dump({**COMMON, "resolvConf": "/run/systemd/resolve/resolv.conf", **changes})
    return Found(
        kind="kubelet",
        name="config.yaml",
        wanted="",
        found=base64.b64encode(text.encode()).decode(),
    )


def line(kind: str, name: str, wanted: str, found: str | None = None) -> Found:
    return Found(kind=kind, name=name, wanted=wanted, found=wanted if found is None else found)


def image(name: str) -> Found:
    wanted = next(one for one in images(VERSION) if f"/{name}:" in one)
    return Found(kind="image", name=name, wanted="", found=wanted)


IMAGES = tuple(
    image(name) for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
)
UNITS = line("unit", "kubelet", "enabled, active")
HOST1 = Seen(found=(UNITS, config(), *IMAGES), certificates={"pki/apiserver.crt": NEXT_YEAR})
HOST2 = Seen(found=(UNITS, config()))


def node(name: str) -> dict[str, Any]:
    return {
        "metadata": {
            "name": name,
            "labels": {"node-role.kubernetes.io/worker": "", "zone": "a", "other": "1"},
        },
        "spec": {"taints": [{"key": "dedicated", "value": "db", "effect": "NoSchedule"}]},
        "status": {"nodeInfo": {"kubeletVersion": f"v{VERSION}"}},
    }


def config_map(key: str, document: Mapping[str, Any]) -> Object:
    return {"data": {key: yaml.safe_dump(document)}}


def declared(kind: str, name: str, *, secret: bool = False, **fields: Any) -> Declared:
    body = {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "kube-system"},
        **fields,
    }
    return Declared(body=body, secret=secret)


def looked(one: Declared, applied: Any = None, **found: Any) -> Looked:
    """An object as it is, with other fields than it would have; `applied` are fields that it would have besides."""
    defaults = {"status": {"observed": 1}, "metadata": {**one.body["metadata"], "uid": "1"}}
    would = {**one.body, **defaults, **(applied or {})}
    return Looked(declared=one, applied=would, found={**would, **found})


NETWORK = declared("DaemonSet", "weave-net", spec={"minReadySeconds": 5})
FACTS = Facts(
    stack="core",
    now=NOW,
    state=STATE,
    prescribed=Prescribed(
        hosts={"n1": TOLD, "n2": TOLD},
        objects=(NETWORK,),
        kubeadm={"KubeletConfiguration": KUBELET, "KubeProxyConfiguration": PROXY},
    ),
    hosts={"n1": HOST1, "n2": HOST2},
    objects=(looked(NETWORK),),
    nodes={"n1": node("n1"), "n2": node("n2")},
    config_maps={
        "kubelet-config": config_map("kubelet", COMMON),
        "kube-proxy": config_map("config.conf", {**PROXY, "bindAddress": "0.0.0.0"}),  # noqa: S104
    },
    kubeconfig=NEXT_YEAR,
)
assert [one.name for one in STATE.nodes] == [N1.name, N2.name]


def with_host(name: str, *found: Found, **changes: Any) -> Facts:
    """The stack with more lines, or other values, in the answer of a host."""
    seen = replace(FACTS.hosts[name], **changes)
    seen = replace(seen, found=(*seen.found, *found))
    return replace(FACTS, hosts={**FACTS.hosts, name: seen})


def with_objects(*objects: Looked) -> Facts:
    """The stack with other objects."""
    prescribed = replace(FACTS.prescribed, objects=tuple(one.declared for one in objects))
    return replace(FACTS, prescribed=prescribed, objects=objects)


def secret(value: Any) -> dict[str, Any]:
    """A secret as an export with `--show-secrets` has it."""
    return {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "plaintext": json.dumps(value),
    }
