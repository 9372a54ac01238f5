from components.storage.placement import placements, toleration

CONTROL_PLANE = {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}


def test_a_single_mon_prefers_a_control_plane_among_the_storage_nodes() -> None:
    # Its loss stops Ceph, and that of the only control plane the cluster: one host in place of two.
    found = placements(["example.com/a=b:NoSchedule"], alone=True)
    mon = found["mon"]["nodeAffinity"]
    (preferred,) = mon["preferredDuringSchedulingIgnoredDuringExecution"]
    assert preferred["preference"]["matchExpressions"] == [CONTROL_PLANE]
    # Rook does not add what all have.
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    assert mon[required] == found["all"]["nodeAffinity"][required]
    assert found["mon"]["tolerations"] == found["all"]["tolerations"] != []


def test_three_mons_are_never_two_on_one_host_and_have_no_preference() -> None:
    # Two mons on one host would be lost together. Rook's own anti-affinity makes each of them wait for five minutes.
    mon = placements([], alone=False)["mon"]
    (apart,) = mon["topologySpreadConstraints"]
    assert apart["whenUnsatisfiable"] == "DoNotSchedule"
    assert (apart["maxSkew"], apart["topologyKey"]) == (1, "kubernetes.io/hostname")
    assert apart["labelSelector"] == {"matchLabels": {"app": "rook-ceph-mon"}}
    assert "preferredDuringSchedulingIgnoredDuringExecution" not in mon["nodeAffinity"]


def test_a_taint_with_a_value_is_tolerated_with_that_value_only() -> None:
    assert toleration("example.com/use=build:NoExecute") == {
        "key": "example.com/use",
        "operator": "Equal",
        "value": "build",
        "effect": "NoExecute",
    }
