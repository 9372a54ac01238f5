"""Who may connect to the daemon's pod; the rest of the namespace is closed to the outside.

Owns the exceptions. Does not own the rule they are exceptions from (components/isolation).
"""

from components.isolation.namespace import Admits
from components.replicated.places import REGISTRY, REGISTRY_PORT, SELECTOR, UI, UI_PORT


def admissions() -> tuple[Admits, ...]:
    """The console and the registry, for everybody.

    containerd pulls from the host: depending on the network its packets have the node's address, or one of the host's
    own in the pods' range (Weave's bridge), which no policy can tell from a pod's. So reading is open to all who have
    a route, that is nodes and pods; writing demands a password. The console comes through a port of every node, from
    anywhere.
    """
    return (
        Admits(name=UI, pods=SELECTOR, ports=(UI_PORT,)),
        Admits(name=REGISTRY, pods=SELECTOR, ports=(REGISTRY_PORT,)),
    )
