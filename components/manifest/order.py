"""What waits for what among the objects of a manifest.

Owns the dependencies: an object waits for its namespace and its definition; pods wait for what they name and for the
rights that they act with; a custom resource waits for the controller that looks after it. On destroy the same runs
backwards, so that a controller is there to clean up after its resources.

Nothing waits for something that could be waiting for it: pods never wait for custom resources, services or claims,
since each of those can be waiting for pods. Does not own references that no object states.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from components.manifest import kinds, pods
from components.manifest.body import groups_at, text_at, texts_at, value_at
from components.manifest.objects import Identity, KubernetesObject

_RBAC: Final = "rbac.authorization.k8s.io"
# Bound to so often that its being in no manifest must not make an operator look like any other pod.
_ADMINISTRATOR: Final[Identity] = (_RBAC, "ClusterRole", "", "cluster-admin")
_CHANGING: Final = frozenset({"*", "create", "update", "patch", "delete"})


def dependencies(objects: Sequence[KubernetesObject]) -> dict[Identity, tuple[Identity, ...]]:
    """For each object, what it waits for, in an order in which they can be made: each after all that it waits for."""
    return _Order(objects).all()


class _Order:
    def __init__(self, objects: Sequence[KubernetesObject]) -> None:
        self.objects = {one.identity: one for one in objects}
        self.definitions = dict(_definitions(objects))
        self.rights = _rights(objects)
        self.controllers = self._controllers()

    def all(self) -> dict[Identity, tuple[Identity, ...]]:
        found = {
            identity: self._present(identity, self._of(one))
            for identity, one in self.objects.items()
        }
        done: dict[Identity, tuple[Identity, ...]] = {}

        def take(identity: Identity) -> None:
            if identity not in done:
                for other in found[identity]:
                    take(other)
                done[identity] = found[identity]

        for identity in found:
            take(identity)
        return done

    def _present(self, identity: Identity, wanted: Iterable[Identity]) -> tuple[Identity, ...]:
        """Those that are objects of this manifest; the others are there already, or are not ours."""
        return tuple(sorted({other for other in wanted if other in self.objects} - {identity}))

    def _of(self, one: KubernetesObject) -> Iterator[Identity]:
        if one.namespace:
            yield "", "Namespace", "", one.namespace
        yield from pods.needs(one)
        yield from self._behind(one)
        definition = self.definitions.get((one.group, one.kind))
        if definition is not None:
            yield definition
            # Also before it on destroy: without its controller a finalizer would never be taken off.
            yield from self.controllers.get(one.group, ())
        yield from _served_by(one)
        if (one.group, one.kind) == ("", "PersistentVolumeClaim"):
            name = text_at(one.body, "spec", "storageClassName")
            yield "storage.k8s.io", "StorageClass", "", name

    def _behind(self, one: KubernetesObject) -> Iterator[Identity]:
        """What a pod's process needs as soon as it runs: its rights, and the definitions of what it looks after."""
        rights = self._rights_of(one)
        yield from rights
        looked_after = {group for role in rights for group in self._groups(role)}
        for (group, _), definition in self.definitions.items():
            if group in looked_after:
                yield definition

    def _controllers(self) -> Mapping[str, set[Identity]]:
        """For each group of custom resources, the objects whose pods may change them."""
        found: dict[str, set[Identity]] = defaultdict(set)
        for identity, one in self.objects.items():
            for role in self._rights_of(one):
                for group in self._groups(role):
                    found[group].add(identity)
        return found

    def _rights_of(self, one: KubernetesObject) -> set[Identity]:
        acting = pods.account(one)
        return self.rights.get(acting, set()) if acting else set()

    def _groups(self, role: Identity) -> set[str]:
        """The groups of the defined custom resources that a role lets its bearer change."""
        defined = {group for group, _ in self.definitions}
        if role == _ADMINISTRATOR:
            return defined
        changed: set[str] = set()
        for rule in groups_at(self.objects[role].body, "rules") if role in self.objects else ():
            if _CHANGING & set(texts_at(rule, "verbs")):
                changed |= set(texts_at(rule, "apiGroups"))
        return defined if "*" in changed else changed & defined


def _definitions(
    objects: Iterable[KubernetesObject],
) -> Iterator[tuple[tuple[str, str], Identity]]:
    """Group and kind of each custom resource that is defined here, with the definition."""
    for one in objects:
        if one.kind == "CustomResourceDefinition" and kinds.is_built_in(one.group):
            spec = value_at(one.body, "spec")
            yield (text_at(spec, "group"), text_at(spec, "names", "kind")), one.identity


def _rights(objects: Iterable[KubernetesObject]) -> Mapping[Identity, set[Identity]]:
    """What each service account's rights rest on: the bindings that name it, and their roles."""
    found: dict[Identity, set[Identity]] = defaultdict(set)
    for one in objects:
        if one.group != _RBAC or one.kind not in ("ClusterRoleBinding", "RoleBinding"):
            continue
        kind = text_at(one.body, "roleRef", "kind")
        namespace = one.namespace if kind == "Role" else ""
        role = (_RBAC, kind, namespace, text_at(one.body, "roleRef", "name"))
        for subject in groups_at(one.body, "subjects"):
            if text_at(subject, "kind") == "ServiceAccount":
                home = text_at(subject, "namespace") or one.namespace
                found["", "ServiceAccount", home, text_at(subject, "name")] |= {one.identity, role}
    return found


def _served_by(one: KubernetesObject) -> Iterator[Identity]:
    """The services that the API server would call for an object: before they answer, it would fail other requests."""
    holders: tuple[object, ...] = ()
    if one.group == "apiregistration.k8s.io":
        holders = (value_at(one.body, "spec"),)
    elif one.group == "admissionregistration.k8s.io":
        holders = tuple(value_at(hook, "clientConfig") for hook in groups_at(one.body, "webhooks"))
    for holder in holders:
        yield (
            "",
            "Service",
            text_at(holder, "service", "namespace"),
            text_at(holder, "service", "name"),
        )
