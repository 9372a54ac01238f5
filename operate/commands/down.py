"""`make down`: everything that the stack made goes; its keys, secrets and passphrase stay."""

from collections.abc import Sequence
from typing import Final

from operate import last_up
from operate.phases import Phases
from operate.tunnel import reaching
from operate.workplace import alone, open_workplace

CLUSTER_GONE: Final = {
    # The Kubernetes provider then forgets objects of a cluster that does not answer, and the hosts' own delete scripts
    # do without it. Never on by default: a network that is cut for a minute would lose the record of what runs.
    "PULUMI_K8S_DELETE_UNREACHABLE": "true",
    "APPLIANCE_CLUSTER_GONE": "1",
}


def down(
    name: str, extra: Sequence[str], phases: Phases, *, wait: bool, cluster_gone: bool
) -> None:
    """Destroy what a stack made; `cluster_gone` says that its cluster will never answer again."""
    opened = open_workplace(name, phases)
    with alone(opened, "down", wait=wait) as held, reaching(held) as place:
        chosen = place.using(**CLUSTER_GONE) if cluster_gone else place
        with phases.phase("pulumi destroy"):
            chosen.engine.operate("destroy", "--yes", "--skip-preview", *extra)
        place.stack.kubeconfig.unlink(missing_ok=True)
        last_up.forget(place.stack.directory)
    print(f"stack {name} is gone; its keys and secrets stay in {opened.stack.directory}")
