"""The ingress: on how many nodes it serves, which address Ingresses show, and when its default certificate ends.

Owns what the objects say of it. Does not own certificates that Ingresses bring themselves.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from components.ingress import envoy, nginx_controller
from operate.status.facts import Facts, Ingress
from operate.status.section import Line, Section, bad, ok
from operate.status.sections.certificates import SOON, ended
from operate.status.strength import daemon_set

PROXIES: Final[Mapping[str, str]] = {"contour": envoy.NAME, "nginx": nginx_controller.NAME}
"""The DaemonSet that has the ports of the hosts."""


def judge(facts: Facts) -> Iterator[Line]:
    """Two lines where the stack has an ingress."""
    if (ingress := facts.state.ingress) is not None:
        yield _proxies(facts, ingress)
        yield _certificate(facts, ingress)


def _proxies(facts: Facts, ingress: Ingress) -> Line:
    found = daemon_set(facts, ingress.namespace, PROXIES[ingress.provider])
    text = (
        f"serves ports 80 and 443 of {found.ready} of {found.wanted} nodes; Ingresses show "
        f"{', '.join(ingress.addresses)}"
    )
    return ok(ingress.provider, text) if found.full else bad(ingress.provider, text, *found.why)


def _certificate(facts: Facts, ingress: Ingress) -> Line:
    if facts.ingress is None:
        cure = "make refresh and make up put it right"
        return bad("certificate", f"Secret {ingress.certificate} has none to show", cure)
    text = f"{ingress.certificate} {ended(facts.ingress, facts.now)}"
    if facts.ingress - facts.now < SOON:
        return bad("certificate", text, "it needs to be renewed")
    return ok("certificate", text)


SECTION: Final = Section(
    title="ingress",
    judge=judge,
    kinds=("daemonsets", "pods", "nodes"),
    needs_api=True,
)
