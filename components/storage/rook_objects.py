"""Rook's own manifests as objects: its definitions, rights and accounts, for two namespaces.

Owns which of two namespaces each object is in and which image its pods run. Does not own the texts: they come from
Rook's module, by way of the bundle. Upstream marks each place by a comment (`# namespace:operator`), for whoever
installs into other namespaces.
"""

import re
from collections.abc import Mapping
from typing import Final

from components.manifest.image import parse
from components.manifest.objects import KubernetesObject, read
from components.manifest.pods import with_images
from components.storage.names import CEPH, SYSTEM

_MARK: Final = re.compile(
    r"^(?P<key>.*:\s+)(?P<value>\S+)(?P<comment>\s+#\s*namespace:(?P<of>operator|cluster)\b.*)$",
    re.MULTILINE,
)
_NAMESPACES: Final = {"operator": SYSTEM, "cluster": CEPH}


class UpstreamManifestError(Exception):
    """A manifest of Rook is not what it was when this was written; the message says where."""


def rook_objects(
    texts: Mapping[str, str], files: tuple[str, ...], images: Mapping[str, str]
) -> tuple[KubernetesObject, ...]:
    """The objects of Rook's `files`, without namespaces: those are made with their walls.

    `texts` are file name → text, `images` upstream's names → references. Raises UpstreamManifestError.
    """
    objects: list[KubernetesObject] = []
    for file in files:
        reading = read(in_namespaces(texts[file]), file)
        if reading.faults:
            raise UpstreamManifestError("; ".join(str(fault) for fault in reading.faults))
        objects += reading.objects
    kept = [one for one in objects if one.identity[:2] != ("", "Namespace")]
    return tuple(with_images(one, lambda name: images[parse(name).name]) for one in kept)


def in_namespaces(text: str) -> str:
    """The text with every marked namespace replaced."""
    return _MARK.sub(
        lambda found: f"{found['key']}{_NAMESPACES[found['of']]}{found['comment']}", text
    )
