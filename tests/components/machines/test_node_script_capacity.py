"""What the node script says of a cluster."""

from pathlib import Path

from components.application.preflight_step import read
from tests.components.machines.node_functions import Functions

KUBECTL = """
kube() {
  case "$*" in
    "get --raw /version") printf '{\\n "gitVersion": "v1.35.4"\\n}' ;;
    "get nodes -o"*) printf 'node n1 2 4026532Ki\\nnode n2 1500m 4Gi\\n' ;;
    api-versions) printf 'apps/v1\\nv1\\n' ;;
  esac
}
"""


def test_what_the_script_says_is_what_the_check_reads(tmp_path: Path) -> None:
    cluster = read(Functions(state=tmp_path).run(f"{KUBECTL}\ncapacity"))
    assert (cluster.version, cluster.nodes, str(cluster.cores)) == ((1, 35, 4), 2, "3.5")
    assert cluster.api_versions == frozenset({"apps/v1", "v1"})
