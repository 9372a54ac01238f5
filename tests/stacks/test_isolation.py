from components.isolation.namespace import Limits, Quota
from stacks.isolation import limits, quotas
from tests.stacks.test_appliance import configuration

GIVEN = configuration(
    replicated={"install": True},
    quotas={
        "namespaces": [
            {
                "name": "default",
                "hard": {"pods": 20},
                "priorities": [{"classes": ["high", "higher"], "hard": {"pods": "2"}}],
                "limits": {"default": {"cpu": "1"}, "request": {"cpu": "10m"}, "max": {"cpu": "2"}},
            }
        ]
    },
)


def test_quotas_become_one_for_all_and_one_for_each_group_of_priorities() -> None:
    assert quotas(GIVEN, "default") == (
        Quota(name="all", hard={"pods": "20"}),
        Quota(name="priority-high", hard={"pods": "2"}, priority_classes=("high", "higher")),
    )


def test_limits_keep_their_meaning() -> None:
    assert limits(GIVEN, "default") == Limits(
        default={"cpu": "1"}, default_request={"cpu": "10m"}, maximum={"cpu": "2"}
    )


def test_a_namespace_of_which_nothing_is_said_has_neither() -> None:
    assert quotas(GIVEN, "rook-ceph") == ()
    assert limits(GIVEN, "rook-ceph") is None
