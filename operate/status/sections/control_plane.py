"""The control planes: API servers and their checks (etcd's among them), and the programs beside them."""

from collections.abc import Iterator
from typing import Final

from operate.status.facts import ApiServer, Facts, Node
from operate.status.objects import full_name, is_true
from operate.status.reasons import Reasons
from operate.status.section import Line, Section, bad, ok

PROGRAMS: Final = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
NAMESPACE: Final = "kube-system"


def judge(facts: Facts) -> Iterator[Line]:
    """A line for each control plane, and one for the operator's endpoint where that is what does not answer."""
    for node in facts.state.control_planes:
        yield _control_plane(facts, node, facts.api_servers[node.name])
    # Where no server answers, it is not the endpoint's fault.
    if not facts.endpoint.answers and any(it.answers for it in facts.api_servers.values()):
        yield bad(
            "endpoint",
            f"https://{facts.state.endpoint} does not answer",
            facts.endpoint.error,
        )


def _control_plane(facts: Facts, node: Node, server: ApiServer) -> Line:
    # Beside the balancer there may be no way to it, but the host itself says how it is.
    if node.balanced and facts.endpoint.answers and facts.hosts[node.name].api == "200":
        return _beside(facts, node, "API server ready, as its own host says")
    if not server.answers:
        return bad(
            node.name, "the API server does not answer", server.error, *_on_host(facts, node)
        )
    if server.failed:
        return bad(
            node.name, "the API server is not ready", f"failed checks: {', '.join(server.failed)}"
        )
    return _beside(facts, node, f"API server ready ({server.checks} checks)")


def _beside(facts: Facts, node: Node, ready: str) -> Line:
    if missing := tuple(_programs(facts, node)):
        return bad(node.name, "the API server is ready, and not all beside it runs", *missing)
    return ok(node.name, f"{ready}; etcd, controller manager and scheduler run")


def _on_host(facts: Facts, node: Node) -> Iterator[str]:
    """What the host itself says of its API server: whether it is the way there that is wrong."""
    answer = facts.hosts[node.name].api
    if answer == "200":
        yield "on its own host it is ready: the way there is blocked"
    elif answer and answer != "000":
        yield f"on its own host it answers {answer}"


def _programs(facts: Facts, node: Node) -> Iterator[str]:
    pods = {full_name(pod): pod for pod in facts.of("Pod")}
    reasons = Reasons(facts)
    for program in PROGRAMS:
        pod = pods.get(f"{NAMESPACE}/{program}-{node.name}")
        if pod is None:
            yield f"{program} has no pod: kubelet does not run it"
        elif not is_true(pod, "Ready"):
            yield f"{program}: {reasons.of_pod(pod)}"


SECTION: Final = Section(title="control plane", judge=judge, kinds=("pods", "nodes"))
