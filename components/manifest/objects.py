"""Kubernetes objects out of YAML: one for each, lists taken apart, everything that is wrong named at once.

Owns what makes two objects the same one, and the namespace that an object is in. Does not own YAML (`document.py`), nor
what an object must hold (`candidate.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from components.manifest import kinds
from components.manifest.body import Body, text_at, value_at
from components.manifest.candidate import Candidate, Path, text_maps
from components.manifest.document import Document, documents
from components.manifest.place import Fault, Place

Identity = tuple[str, str, str, str]
"""Group, kind, namespace ("" outside namespaces) and name: what the API server tells objects apart by."""
_SERVERS_OWN: Final = frozenset(
    {
        *("creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation"),
        *("managedFields", "resourceVersion", "selfLink", "uid"),
    }
)
Scopes = Mapping[tuple[str, str], bool]
"""Group and kind of a custom resource → whether its objects stand outside namespaces."""


@dataclass(frozen=True, kw_only=True)
class KubernetesObject:
    """One object as the API server is to get it, and where it was written."""

    place: Place
    body: Body

    @property
    def api_version(self) -> str:
        """Group and version, such as apps/v1."""
        return str(self.body["apiVersion"])

    @property
    def group(self) -> str:
        """The API group; "" for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def kind(self) -> str:
        """What the object is, such as Deployment."""
        return str(self.body["kind"])

    @property
    def name(self) -> str:
        """Its name within its kind and namespace."""
        return str(self.body["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """The namespace; "" outside namespaces."""
        return str(self.body["metadata"].get("namespace", ""))

    @property
    def identity(self) -> Identity:
        """What the API server tells it apart by."""
        return self.group, self.kind, self.namespace, self.name

    def __str__(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file holds: its objects in the order of the file, and everything that is wrong with it."""

    objects: tuple[KubernetesObject, ...]
    faults: tuple[Fault, ...]


def read(text: str, file: str, namespace: str = "default") -> Reading:
    """The objects in `text`; `file` is the name that faults use. Pure, and never raises.

    An object that has a namespace and names none gets `namespace`. What only the API server writes (`status`, and some
    of the metadata of an object that was copied out of a cluster) is left out.
    """
    faults: list[Fault] = []
    sound: list[Candidate] = []
    for document in documents(text, file):
        faults += document.faults
        for candidate in _candidates(document, faults):
            found = tuple(candidate.faults())
            faults += found
            if not found:
                sound.append(candidate)
    scopes = dict(_scopes(candidate.body for candidate in sound))
    objects = tuple(_object(candidate, scopes, namespace) for candidate in sound)
    faults += _twice(objects)
    return Reading(objects=objects, faults=tuple(sorted(set(faults))))


def _candidates(document: Document, faults: list[Fault]) -> Iterator[Candidate]:
    """What may be objects in a document: lists are taken apart, as kubectl does it."""
    waiting: list[tuple[object, Path, Body]] = [(document.value, (), {})]
    while waiting:
        found, path, inherited = waiting.pop(0)
        items = found.get("items") if isinstance(found, dict) else None
        if isinstance(found, dict) and isinstance(items, list):
            left_out = _of_list(found)
            waiting += [(item, (*path, "items", n), left_out) for n, item in enumerate(items)]
        elif isinstance(found, dict):
            yield Candidate(document=document, body={**inherited, **found}, path=path)
        elif not document.faults:
            sentence = "holds no Kubernetes object: a group of keys such as apiVersion and kind"
            faults.append(Fault(place=document.at(*path), text=sentence))


def _of_list(body: Body) -> Body:
    """What items of a typed list may leave out: those of a ConfigMapList are ConfigMaps."""
    kind = text_at(body, "kind")
    if kind == "List" or not kind.endswith("List"):
        return {}
    return {"apiVersion": body.get("apiVersion"), "kind": kind.removesuffix("List")}


def _scopes(bodies: Iterable[Body]) -> Iterator[tuple[tuple[str, str], bool]]:
    for body in bodies:
        if body["kind"] == "CustomResourceDefinition":
            spec = value_at(body, "spec")
            kind = (text_at(spec, "group"), text_at(spec, "names", "kind"))
            yield kind, text_at(spec, "scope") == "Cluster"


def _object(candidate: Candidate, scopes: Scopes, default: str) -> KubernetesObject:
    """The object of a sound candidate, in its namespace."""
    body = {key: value for key, value in candidate.body.items() if key != "status"}
    metadata = {
        key: value
        for key, value in body["metadata"].items()
        if value is not None and key not in _SERVERS_OWN
    }
    outside = _is_outside(text_at(body, "apiVersion"), text_at(body, "kind"), scopes)
    if outside:
        # The API server drops it without a word.
        metadata.pop("namespace", None)
    elif outside is False:
        metadata.setdefault("namespace", default)
    body["metadata"] = metadata
    for *way, last in text_maps(body["kind"]):
        holder = metadata if way else body
        if isinstance(texts := holder.get(last), dict):
            holder[last] = {key: "" if text is None else text for key, text in texts.items()}
    return KubernetesObject(place=candidate.place(), body=body)


def _is_outside(api_version: str, kind: str, scopes: Scopes) -> bool | None:
    """Whether a kind stands outside namespaces; None for a custom resource that is not defined here."""
    group = api_version.rpartition("/")[0]
    if kinds.is_built_in(group):
        return kinds.is_cluster_wide(group, kind)
    return scopes.get((group, kind))


def _twice(objects: Sequence[KubernetesObject]) -> Iterator[Fault]:
    first: dict[Identity, KubernetesObject] = {}
    for one in objects:
        other = first.setdefault(one.identity, one)
        if other is not one:
            yield Fault(place=one.place, text=f"{one} is given already: {other.place}")
