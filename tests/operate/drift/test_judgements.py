from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from operate.drift.facts import Facts, Looked
from operate.drift.judgements import JUDGEMENTS
from operate.drift.row import Row
from tests.operate.drift.given import (
    COMMON,
    FACTS,
    NETWORK,
    NEXT_YEAR,
    NOW,
    config,
    config_map,
    declared,
    image,
    line,
    looked,
    node,
    with_host,
    with_objects,
)


def rows(facts: Facts) -> list[Row]:
    return [row for judged in JUDGEMENTS for row in judged(facts)]


def told(facts: Facts) -> list[tuple[str, str, str, str]]:
    return [(row.where, row.what, row.wanted, row.found) for row in rows(facts)]


def test_a_stack_as_it_was_made_has_no_rows() -> None:
    assert rows(FACTS) == []


@pytest.mark.parametrize(
    ("kind", "name", "cure"),
    [
        ("unit", "haproxy", "on n2: systemctl enable --now haproxy"),
        ("sysctl", "net.x", "on n2: sysctl --load /etc/sysctl.d/90-appliance.conf"),
        ("swap", "swap", "on n2: swapoff --all, and take it out of /etc/fstab"),
        ("runtime", "containerd", "on n2: systemctl restart containerd"),
        ("flag", "KUBELET_EXTRA_ARGS", "/etc/default/kubelet, then systemctl restart kubelet"),
        ("flag", "--node-ip", "/var/lib/kubelet/kubeadm-flags.env, then systemctl restart"),
        ("file", "/etc/haproxy/haproxy.cfg", "make up STACK=core ARGS='--replace **::n2-prepare'"),
        ("file", "/etc/containerd/certs.d/registry.k8s.io/hosts.toml", "--replace **::n2-prepare'"),
        ("file", "/etc/appliance/registry.yaml", "--replace **::n2-registry'"),
        ("file", "/etc/systemd/system/appliance-registry.service", "--replace **::n2-registry'"),
        ("package", "containerd", "--replace **::n2-prepare'"),
        ("program", "/usr/local/bin/kubelet", "--replace **::n2-prepare'"),
        ("name", "api.core.internal", "--replace **::n2-prepare'"),
        ("script", ".appliance/node-0123456789ab.sh", "--replace **::n2-script'"),
    ],
)
def test_each_kind_of_line_has_its_cure(kind: str, name: str, cure: str) -> None:
    (row,) = rows(with_host("n2", line(kind, name, "a", "b")))
    assert (row.where, row.wanted, row.found) == ("n2", "a", "b")
    assert row.what == ("swap" if kind == "swap" else f"{kind} {name}")
    assert cure in row.cure


def test_nobody_is_told_to_replace_what_would_destroy_data() -> None:
    (row,) = rows(with_host("n2", line("file", "/usr/local/sbin/appliance-osd", "a", "b")))
    assert "--replace" not in row.cure
    assert "destroy the OSD's data" in row.cure


def test_a_kubelet_has_the_configuration_of_all_but_for_its_resolver() -> None:
    facts = with_host("n2", found=(config(maxPods=64, authentication={}),))
    assert told(facts) == [
        ("n2", "kubelet's config.yaml: authentication.anonymous", '{"enabled": false}', "absent"),
        ("n2", "kubelet's config.yaml: maxPods", "absent", "64"),
    ]
    assert "kubeadm upgrade node phase kubelet-config" in rows(facts)[0].cure
    damaged = replace(config(), found="")
    assert [row.found for row in rows(with_host("n2", found=(damaged,)))] == ["absent or no YAML"]


def test_what_all_nodes_share_is_as_kubeadm_was_told() -> None:
    other = {**COMMON, "cgroupDriver": "cgroupfs"}
    changed = replace(
        FACTS, config_maps={**FACTS.config_maps, "kubelet-config": config_map("kubelet", other)}
    )
    where = "ConfigMap kube-system/kubelet-config"
    # The kubelets' copies are as they should be.
    assert told(changed) == [(where, "kubelet: cgroupDriver", "systemd", "cgroupfs")]
    gone = replace(FACTS, config_maps={"kubelet-config": FACTS.config_maps["kubelet-config"]})
    assert told(gone) == [("ConfigMap kube-system/kube-proxy", "config.conf", "there", "absent")]


def test_the_control_plane_runs_the_images_of_its_version_and_workers_need_none() -> None:
    seen = FACTS.hosts["n1"].found
    etcd = image("etcd")
    other = replace(etcd, found="registry.k8s.io/etcd:3.5.0")
    facts = with_host("n1", found=tuple(other if one == etcd else one for one in seen))
    assert told(facts) == [("n1", "image of etcd", etcd.found, other.found)]
    without = with_host("n1", found=tuple(one for one in seen if one != etcd))
    assert told(without) == [("n1", "image of etcd", etcd.found, "absent")]


def test_a_certificate_that_ends_within_a_month_is_named_on_its_host() -> None:
    soon = NOW + timedelta(days=3, hours=1)
    ends = {"pki/apiserver.crt": soon, "pki/ca.crt": soon, "pki/sa.crt": NEXT_YEAR}
    facts = replace(with_host("n1", certificates=ends), kubeconfig=NOW)
    assert told(facts) == [
        (
            "n1",
            "certificate pki/apiserver.crt",
            "30 days or more to go",
            "ends on 2026-11-25, in 3 days",
        ),
        ("n1", "certificate pki/ca.crt", "30 days or more to go", "ends on 2026-11-25, in 3 days"),
        (
            "kubeconfig",
            "certificate the operator's",
            "30 days or more to go",
            "ended on 2026-11-22",
        ),
    ]
    assert "kubeadm certs renew all" in rows(facts)[0].cure
    assert "for the cluster's life" in rows(facts)[1].cure
    client = with_host("n2", certificates={"/var/lib/kubelet/pki/kubelet-client-current.pem": soon})
    assert "systemctl restart kubelet" in rows(client)[0].cure


def with_node(**parts: Any) -> Facts:
    return replace(FACTS, nodes={**FACTS.nodes, "n2": {**node("n2"), **parts}})


def test_a_node_has_the_configuration_s_labels_and_taints_and_may_have_others() -> None:
    marks = {"metadata": {"labels": {"zone": "b"}}, "spec": {}}
    assert told(with_node(**marks)) == [
        ("n2", "label node-role.kubernetes.io/worker", "node-role.kubernetes.io/worker=", "absent"),
        ("n2", "label zone", "zone=a", "zone=b"),
        ("n2", "taint", "dedicated=db:NoSchedule", "absent"),
    ]


def test_a_taint_may_have_no_value() -> None:
    taint = replace(FACTS.prescribed.hosts["n2"], taints=("db:NoSchedule",))
    prescribed = replace(FACTS.prescribed, hosts={**FACTS.prescribed.hosts, "n2": taint})
    spec = {"taints": [{"key": "db", "effect": "NoSchedule"}]}
    facts = replace(with_node(spec=spec), prescribed=prescribed)
    assert rows(facts) == []


def test_a_kubelet_that_runs_an_older_version_than_lies_there_is_named() -> None:
    older = with_node(status={"nodeInfo": {"kubeletVersion": "v1.34.2"}})
    assert told(older) == [("n2", "version of the kubelet that runs", "v1.35.4", "v1.34.2")]
    assert told(replace(FACTS, nodes={"n1": node("n1")})) == [("n2", "node", "there", "absent")]


def test_without_an_api_server_nothing_is_said_of_what_it_was_not_asked() -> None:
    facts = replace(FACTS, objects=(), nodes={}, config_maps={}, mute="refused")
    assert rows(facts) == []


def test_a_field_of_an_object_that_the_stack_owns_is_named_with_both_values() -> None:
    facts = with_objects(looked(NETWORK, spec={"minReadySeconds": 1}))
    (row,) = rows(facts)
    assert (row.where, row.what) == ("DaemonSet kube-system/weave-net", "spec.minReadySeconds")
    assert (row.wanted, row.found) == ("5", "1")
    assert row.cure == "make refresh STACK=core, then make up STACK=core"


def test_status_and_the_api_server_s_own_metadata_are_nobody_s_wish() -> None:
    metadata = {**NETWORK.body["metadata"], "uid": "1"}
    found = looked(
        NETWORK,
        applied={"metadata": {**metadata, "managedFields": [1], "generation": 2}},
        metadata={**metadata, "resourceVersion": "7"},
        status={},
    )
    assert rows(with_objects(found)) == []


def test_an_object_that_was_deleted_is_named_unless_it_clears_itself_away() -> None:
    assert told(with_objects(Looked(declared=NETWORK))) == [
        ("DaemonSet kube-system/weave-net", "the object", "there", "absent")
    ]
    job = declared("Job", "once", spec={"ttlSecondsAfterFinished": 60})
    assert rows(with_objects(Looked(declared=job))) == []


@pytest.mark.parametrize(
    ("one", "field"),
    [
        (declared("Secret", "weave-passwd"), "data"),
        (declared("ConfigMap", "settings", secret=True), "data"),
    ],
)
def test_of_a_secret_only_that_it_is_another_one_is_said(one: Any, field: str) -> None:
    facts = with_objects(
        looked(one, {field: {"password": "b25l"}}, **{field: {"password": "dHdv"}})
    )
    assert told(facts) == [(str(one), "data.password", "(a secret)", "another one")]


@pytest.mark.parametrize("kind", ["HorizontalPodAutoscaler", "ScaledObject"])
def test_how_many_pods_an_autoscaler_wants_is_its_own_business(kind: str) -> None:
    web = declared("Deployment", "web", spec={"replicas": 2})
    more = looked(web, spec={"replicas": 7})
    target = {"kind": "Deployment", "name": "web"}
    scaler = declared(kind, "web", spec={"scaleTargetRef": target})
    assert rows(with_objects(more, looked(scaler))) == []
    other = declared(kind, "api", spec={"scaleTargetRef": {**target, "name": "api"}})
    assert [row.what for row in rows(with_objects(more, looked(other)))] == ["spec.replicas"]


def test_the_authority_of_a_webhook_may_be_written_by_others() -> None:
    hook = {"name": "a", "clientConfig": {"caBundle": "b25l"}, "failurePolicy": "Fail"}
    one = declared("ValidatingWebhookConfiguration", "x", webhooks=[hook])
    other = {**hook, "clientConfig": {"caBundle": "dHdv"}, "failurePolicy": "Ignore"}
    facts = with_objects(looked(one, webhooks=[other]))
    assert [row.what for row in rows(facts)] == ["webhooks[a].failurePolicy"]


@pytest.mark.parametrize(
    "words",
    [
        "* spec.selector: Invalid value: field is immutable",
        'The RoleBinding "a" is invalid: roleRef: Invalid value: cannot change roleRef',
    ],
)
def test_a_field_that_cannot_be_put_right_in_place_is_drift(words: str) -> None:
    refused = Looked(declared=NETWORK, found={"metadata": {}}, refused=words)
    (row,) = rows(with_objects(refused))
    assert row.what == "a field that cannot be changed"
    assert row.found[:24] == words[:24]
    assert row.cure.startswith("delete it")


def test_of_a_host_that_told_only_a_part_nothing_is_said_of_the_rest() -> None:
    script = line("script", ".appliance/node-0123456789ab.sh", "as copied", "absent")
    facts = with_host("n1", found=(script,), fault="nothing of it was run")
    assert [row.what for row in rows(facts)] == ["script .appliance/node-0123456789ab.sh"]


def test_the_rules_of_a_role_that_gathers_others_are_written_by_its_controller() -> None:
    gathers = {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}
    one = declared("ClusterRole", "all", rules=[], aggregationRule=gathers)
    assert rows(with_objects(looked(one, rules=[{"verbs": ["get"]}]))) == []
    plain = declared("ClusterRole", "own", rules=[])
    assert [row.what for row in rows(with_objects(looked(plain, rules=[1])))] == ["rules"]
