"""What any Kubernetes object must have before it can be one: apiVersion, kind, a name, and text where text belongs.

Owns these checks, which need no cluster. Does not own what a kind means below its top-level fields: the API server
checks that.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from components.manifest import kinds
from components.manifest.body import Body, value_at
from components.manifest.document import Document
from components.manifest.place import Fault, Place

Path = tuple[str | int, ...]

# Names become part of resource names, with slashes between them; the API server allows neither of these two anyway.
_NAME = re.compile(r"[^/%\s]+")
_GROUP_VERSION = re.compile(r"([^/\s]+/)?[^/\s]+")
_OWN_NAMESPACES: Final = ("default", "kube-node-lease", "kube-public", "kube-system")
_DATA: Final = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}


def text_maps(kind: object) -> tuple[tuple[str, ...], ...]:
    """The groups in an object of a kind that hold text for every key."""
    data = _DATA.get(kind, ()) if isinstance(kind, str) else ()
    return ("metadata", "labels"), ("metadata", "annotations"), *((name,) for name in data)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What may become an object: a group of keys, and the way to it in its document."""

    document: Document
    body: Body
    path: Path

    def place(self, *path: str | int) -> Place:
        """Where something in it stands."""
        return self.document.at(*self.path, *path)

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with it."""
        yield from self._type()
        metadata = self.body.get("metadata")
        if not isinstance(metadata, dict):
            yield self._fault("metadata is missing; give at least metadata.name", "metadata")
            return
        yield from self._names(metadata)
        for path in text_maps(self.body.get("kind")):
            yield from self._text_map(path)

    def _fault(self, sentence: str, *path: str | int) -> Fault:
        return Fault(place=self.place(*path), text=sentence)

    def _type(self) -> Iterator[Fault]:
        for key, example in (("apiVersion", "apps/v1"), ("kind", "Deployment")):
            given = self.body.get(key)
            if not isinstance(given, str) or not given:
                yield self._fault(f"{key} is missing or no text; give one such as {example}", key)
                return
        version, kind = self.body["apiVersion"], self.body["kind"]
        if not _GROUP_VERSION.fullmatch(version):
            sentence = f"apiVersion '{version}' is none; give group/version"
            yield self._fault(sentence, "apiVersion")
            return
        known = kinds.known_kinds(version)
        if known and kind not in known:
            yield self._fault(f"{version} has no kind {kind}; {_instead(kind, known)}", "kind")
        elif known:
            allowed = kinds.fields(version, kind)
            for key in self.body:
                if key not in allowed and key != "status":
                    yield self._fault(f"{kind} has no field {key}; {_instead(key, allowed)}", key)

    def _names(self, metadata: Body) -> Iterator[Fault]:
        name, namespace = metadata.get("name"), metadata.get("namespace")
        if name is None and "generateName" in metadata:
            sentence = "generateName makes another object at every run; give metadata.name"
            yield self._fault(sentence, "metadata", "generateName")
        elif name is None:
            yield self._fault("metadata.name is missing; give one", "metadata", "name")
        elif not _is_name(name):
            sentence = f"metadata.name {name!r} is no name; give text without spaces and slashes"
            yield self._fault(sentence, "metadata", "name")
        if namespace is not None and not _is_name(namespace):
            sentence = f"metadata.namespace {namespace!r} is no name of a namespace"
            yield self._fault(sentence, "metadata", "namespace")
        if self.body.get("kind") == "Namespace" and name in _OWN_NAMESPACES:
            yield self._fault(f"every cluster has the namespace {name}; take this object out")

    def _text_map(self, path: tuple[str, ...]) -> Iterator[Fault]:
        given = value_at(self.body, *path)
        if given is not None and not isinstance(given, dict):
            yield self._fault(f"{'.'.join(path)} is no group of keys", *path)
            return
        for key, inner in (given or {}).items():
            # An empty value is empty text to the API server.
            if inner is not None and not isinstance(inner, str):
                where = f"{'.'.join(path)}: the value of {key}"
                sentence = f"{where} is {_shown(inner)} and must be text; put it in quotes"
                yield self._fault(sentence, *path, key)


def _is_name(given: object) -> bool:
    return isinstance(given, str) and _NAME.fullmatch(given) is not None


def _instead(given: str, known: Iterable[str]) -> str:
    near = get_close_matches(given, known, n=1)
    return f"did you mean {near[0]}?" if near else f"it has {', '.join(known)}"


def _shown(given: object) -> str:
    if isinstance(given, dict | list):
        return "a group or a list"
    return str(given).lower() if isinstance(given, bool) else str(given)
