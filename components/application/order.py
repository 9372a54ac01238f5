"""In which order the objects of a release are made, and what each of them waits for.

Owns the steps, and the exceptions that keep one object from waiting for ever. Does not own what pods name
(components/manifest/order.py).

Services are made before the pods behind them and are not waited for: a pod can need its own Service, or another's that
needs its own, before it is ready; and Pulumi works at a limited number of resources at a time, so that waiting Services
could keep all others from beginning.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from components.manifest.objects import Identity, KubernetesObject
from components.manifest.order import dependencies

_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "definitions": ("CustomResourceDefinition", "PriorityClass", "RuntimeClass", "StorageClass"),
    "services": ("Service", "Endpoints", "EndpointSlice"),
    "rights, settings and claims": (
        *("ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
        *("Secret", "ConfigMap", "PersistentVolume", "PersistentVolumeClaim"),
        *("NetworkPolicy", "LimitRange", "ResourceQuota"),
    ),
    "workloads": (
        *("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"),
        *("Pod", "Job", "CronJob"),
    ),
    "budgets, scaling and custom resources": (),
    "ingress": ("Ingress", "IngressClass"),
    "webhooks": (
        *("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "APIService"),
        *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
    ),
}
_OTHERS: Final = "budgets, scaling and custom resources"
NAMES: Final = tuple(_STEPS)
_OF_KIND: Final = {kind: name for name, kinds in _STEPS.items() for kind in kinds}

Needs = Callable[[KubernetesObject], Iterable[Identity]]
"""What an object must wait for because its own values come from there."""


class CircleError(ValueError):
    """Objects wait for each other; the message names them."""


def step(one: KubernetesObject) -> str:
    """The step that an object is made in."""
    return _OF_KIND.get(one.kind, _OTHERS)


def steps(
    objects: Sequence[KubernetesObject],
) -> Iterator[tuple[str, tuple[KubernetesObject, ...]]]:
    """The steps that have objects, in order, each with its objects in the order of the file."""
    for name in NAMES:
        found = tuple(one for one in objects if step(one) == name)
        if found:
            yield name, found


def waiting(
    objects: Sequence[KubernetesObject], needs: Needs = lambda _: ()
) -> dict[Identity, tuple[Identity, ...]]:
    """For each object what it waits for, each after all that it waits for. Raises CircleError.

    That is the nearest step before its own that has objects, which waits for the one before; what it names; and what
    its values come from.
    """
    by_step: dict[str, list[Identity]] = defaultdict(list)
    for one in objects:
        by_step[step(one)].append(one.identity)
    named = dependencies(objects)
    present = {one.identity: one for one in objects}
    wanted: dict[Identity, tuple[Identity, ...]] = {}
    for identity, one in present.items():
        earlier = [name for name in NAMES[: NAMES.index(step(one))] if by_step[name]]
        before = by_step[earlier[-1]] if earlier else []
        late = [each for each in needs(one) if each in present]
        wanted[identity] = tuple(dict.fromkeys((*before, *_earlier(named, present, one), *late)))
    return _sorted(wanted)


def _earlier(
    named: Mapping[Identity, tuple[Identity, ...]],
    present: Mapping[Identity, KubernetesObject],
    one: KubernetesObject,
) -> Iterator[Identity]:
    """What an object names, as far as that is not made in a later step."""
    at = NAMES.index(step(one))
    for other in named.get(one.identity, ()):
        if NAMES.index(step(present[other])) <= at:
            yield other


def _sorted(
    wanted: Mapping[Identity, tuple[Identity, ...]],
) -> dict[Identity, tuple[Identity, ...]]:
    done: dict[Identity, tuple[Identity, ...]] = {}
    open_: list[Identity] = []

    def take(identity: Identity) -> None:
        if identity in done:
            return
        if identity in open_:
            circle = (*open_[open_.index(identity) :], identity)
            names = " → ".join(f"{kind} {name}" for _, kind, _, name in circle)
            raise CircleError(f"objects wait for each other's values: {names}")
        open_.append(identity)
        for other in wanted[identity]:
            take(other)
        open_.pop()
        done[identity] = wanted[identity]

    for identity in wanted:
        take(identity)
    return done
