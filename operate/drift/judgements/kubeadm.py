"""What kubeadm wrote: the configuration that nodes share, each kubelet's copy of it, and the control plane's images.

Owns which of it is the stack's: the fields that the program gives to kubeadm. All other fields of a kubelet's copy are
held against what the cluster gives to every node. Does not own the documents (components/cluster/kubeadm.py).
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from components.cluster.images import images
from operate.drift.difference import Difference, differences, lacks
from operate.drift.facts import Facts, Seen
from operate.drift.row import ABSENT, Row, row
from operate.status.facts import Node, Object

SHARED: Final = (
    ("kubelet-config", "kubelet", "KubeletConfiguration"),
    ("kube-proxy", "config.conf", "KubeProxyConfiguration"),
)
"""ConfigMap, its key, and kind of the document."""

OF_THE_HOST: Final = ("resolvConf", "containerRuntimeEndpoint")
"""Fields that kubeadm fills in on each host by what it finds there."""

PROGRAMS: Final = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
KUBELET: Final = (
    "on {host}: kubeadm upgrade node phase kubelet-config, then systemctl restart kubelet"
)
EDIT: Final = "make shell STACK={stack}, then kubectl -n kube-system edit configmap {name}"
MANIFEST: Final = "on {host}: put it back in /etc/kubernetes/manifests/{name}.yaml"


def judge(facts: Facts) -> Iterator[Row]:
    """Rows for what the nodes share, then for each host."""
    if not facts.mute:
        for name, key, kind in SHARED:
            yield from _shared(facts, name, key, kind)
    common = _common(facts)
    for node in facts.state.nodes:
        seen = facts.hosts[node.name]
        if seen.fault:
            continue
        if common is not None:
            yield from _kubelet(node, seen, common)
        if node.is_control_plane and node.name in facts.prescribed.hosts:
            yield from _images(node, seen, facts.prescribed.hosts[node.name].version)


def _shared(facts: Facts, name: str, key: str, kind: str) -> Iterator[Row]:
    """What is not as kubeadm was told, of a document that every node reads."""
    given = facts.prescribed.kubeadm.get(kind)
    if given is None:
        return
    found = _document(facts.config_maps.get(name), key)
    cure = EDIT.format(stack=facts.stack, name=name)
    where = f"ConfigMap kube-system/{name}"
    if found is None:
        yield row(what=key, where=where, wanted="there", found=ABSENT, cure=cure)
        return
    for one in lacks(given, found):
        yield _row(f"{key}: {one.path}", where, one, cure)


def _common(facts: Facts) -> Mapping[str, Any] | None:
    """What every kubelet is to have: what kubeadm gives to all, where nobody changed a field that it was given."""
    document = _document(facts.config_maps.get("kubelet-config"), "kubelet")
    return document and {**document, **facts.prescribed.kubeadm.get("KubeletConfiguration", {})}


def _kubelet(node: Node, seen: Seen, common: Mapping[str, Any]) -> Iterator[Row]:
    """What is not as in the document that all nodes share."""
    text = next((one.found for one in seen.found if one.kind == "kubelet"), "")
    cure = KUBELET.format(host=node.name)
    found = _parsed(base64.b64decode(text).decode(errors="replace"))
    if found is None:
        what = "kubelet's config.yaml"
        yield row(what=what, where=node.name, wanted="there", found="absent or no YAML", cure=cure)
        return
    for one in differences(_without_host_s(common), _without_host_s(found)):
        yield _row(f"kubelet's config.yaml: {one.path}", node.name, one, cure)


def _images(node: Node, seen: Seen, version: str) -> Iterator[Row]:
    """The images of the control plane's programs, for a version whose images are known."""
    found = {one.name: one.found for one in seen.found if one.kind == "image"}
    try:
        known = images(version)
    except KeyError:
        return
    for name in PROGRAMS:
        wanted = next(image for image in known if f"/{name}:" in image)
        if (has := found.get(name, ABSENT)) != wanted:
            yield row(
                what=f"image of {name}",
                where=node.name,
                wanted=wanted,
                found=has,
                cure=MANIFEST.format(host=node.name, name=name),
            )


def _row(what: str, where: str, one: Difference, cure: str) -> Row:
    return row(what=what, where=where, wanted=one.wanted, found=one.found, cure=cure)


def _document(config_map: Object | None, key: str) -> Mapping[str, Any] | None:
    """A document out of a ConfigMap; None where there is none."""
    return _parsed(config_map.get("data", {}).get(key, "")) if config_map else None


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    return document if isinstance(document, Mapping) else None


def _without_host_s(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in document.items() if name not in OF_THE_HOST}
