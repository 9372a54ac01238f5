import pytest

from bench.failure import BenchError
from bench.kubeadm import joining
from components.cluster.kubeadm import CA_HASH, TOKEN

WORKER = {"parameters": {"KUBEADM_JOIN": f"token: {TOKEN}\nhash: {CA_HASH}\n"}}


def test_the_workers_configuration_gets_what_kubeadm_printed() -> None:
    printed = "kubeadm join x:7443 --token ab.cd --discovery-token-ca-cert-hash sha256:12 \n"
    assert joining(WORKER, printed) == "token: ab.cd\nhash: sha256:12\n"


def test_a_join_command_that_is_none_ends_the_run() -> None:
    with pytest.raises(BenchError, match="no join command"):
        joining(WORKER, "error")
