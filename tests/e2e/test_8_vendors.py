"""A cluster that is installed from the vendors' own repositories and registries, where these can be reached."""

from pathlib import Path

import pytest

from tests.e2e.operator import Operator
from tests.e2e.outside import unreachable, vendors_themselves
from tests.vendors.vendors import VERSION

pytestmark = pytest.mark.e2e


def test_a_cluster_comes_up_with_what_the_vendors_themselves_publish(
    operator: Operator, tmp_path: Path
) -> None:
    if lacking := unreachable():
        pytest.skip(f"not reachable from this machine: {', '.join(lacking)}")
    with vendors_themselves(operator, tmp_path):
        operator.run("up")
        (node,) = operator.kubectl_json("get nodes")["items"]
        runs = node["status"]["nodeInfo"]
        assert runs["kubeletVersion"] == f"v{VERSION}"
        assert runs["containerRuntimeVersion"].startswith("containerd://2.")
        operator.run("down")
