"""Which StorageClass binds a claim: the appliance's, on claims, claim templates and generic ephemeral volumes.

Owns `storageClassName` and the old annotation for it. Does not own the classes, nor the claims' protection.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Path, Rewritten, is_late
from components.manifest.body import Body, text_at, texts_at, value_at
from components.manifest.templates import group_and_kind, pod_of

RULE: Final = "storage class"
ANNOTATION: Final = "volume.beta.kubernetes.io/storage-class"
"""What named the class before the field did; where it stands, it wins."""
OPT_OUT: Final = "replicated.com/no-rewrite-storage-class"
_SHARED: Final = frozenset({"ReadWriteMany", "ReadOnlyMany"})
_CLASS: Final = ("spec", "storageClassName")


@dataclass(frozen=True, kw_only=True)
class StorageClassSettings:
    """The class of claims: `name`; `shared` for claims that pods on several nodes may mount, if that is another one.

    `live` are the claims that the cluster has: (namespace, name) → class, None where it says none. A claim's class is
    for life, so a rewrite never gives a live one another. `namespace` is that of objects that name none.
    """

    name: str
    shared: str = ""
    live: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    namespace: str = "default"


def storage_class(body: Body, settings: StorageClassSettings) -> Rewritten:
    """An object with the class of every claim that it is or makes."""
    draft = Draft(RULE, body)
    for path, claim in _claims(body):
        _rewrite(draft, path, claim, settings)
    return draft.done()


def _claims(body: Body) -> Iterator[tuple[Path, Body]]:
    """The claims in an object: itself, the templates of a StatefulSet, and those of its pods' ephemeral volumes."""
    kind = group_and_kind(body)
    if kind == ("", "PersistentVolumeClaim"):
        yield (), body
    templates = value_at(body, "spec", "volumeClaimTemplates")
    if kind == ("apps", "StatefulSet") and isinstance(templates, list):
        for index, claim in enumerate(templates):
            if isinstance(claim, dict):
                yield ("spec", "volumeClaimTemplates", index), claim
    found = pod_of(body)
    if found is None:
        return
    path, spec = found
    volumes = spec.get("volumes")
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        claim = value_at(volume, "ephemeral", "volumeClaimTemplate")
        if isinstance(claim, dict):
            yield (*path, "volumes", index, "ephemeral", "volumeClaimTemplate"), claim


def _rewrite(draft: Draft, path: Path, claim: Body, settings: StorageClassSettings) -> None:
    where = (*path, *_CLASS)
    if reason := _reason(claim):
        draft.leave(where, reason)
        return
    wanted, why = _wanted(claim, settings)
    live = _live(draft.body, path, claim, settings)
    if len(live) > 1:
        classes = ", ".join(sorted(each or "none" for each in live))
        draft.refuse(
            where,
            f"its live claims have the classes {classes}, and one template cannot say both; write "
            f"the class that new claims are to have and the annotation {OPT_OUT}",
        )
        return
    (kept,) = live or {wanted}
    if kept != wanted:
        why = f"the live claim has this class for life; {wanted} would replace it, and its data with it"
    _put(draft, path, claim, kept, why)
    if kept != wanted:
        draft.leave(where, why)


def _reason(claim: Body) -> str:
    """Why a claim's class is the vendor's own business; "" if it is not."""
    annotations = value_at(claim, "metadata", "annotations")
    given = value_at(claim, *_CLASS)
    old = value_at(annotations, ANNOTATION)
    opted = value_at(annotations, OPT_OUT)
    if is_late(claim.get("spec")) or is_late(annotations) or is_late(given) or is_late(old):
        return "is only known after deployment"
    if opted is not None and str(opted).lower() != "false":
        return f"the annotation {OPT_OUT} stands"
    if old == "" or (given == "" and old is None):
        return "an empty class means a volume that is there already"
    if value_at(claim, "spec", "volumeName"):
        return "volumeName says which volume it is"
    if value_at(claim, "spec", "dataSource") or value_at(claim, "spec", "dataSourceRef"):
        return "its class has to fit what it is filled from"
    return ""


def _wanted(claim: Body, settings: StorageClassSettings) -> tuple[str, str]:
    """The class that a new claim is to have, and why."""
    if settings.shared and _SHARED & set(texts_at(claim, "spec", "accessModes")):
        return (
            settings.shared,
            "claims that several nodes mount have the shared class of the appliance",
        )
    return settings.name, "claims have the appliance's class"


def _live(body: Body, path: Path, claim: Body, settings: StorageClassSettings) -> set[str | None]:
    """The classes of the claims that the cluster has of this one; of a template there may be many."""
    namespace = text_at(body, "metadata", "namespace") or settings.namespace
    name = text_at(claim, "metadata", "name")
    if not path:
        here = (namespace, name)
        return {settings.live[here]} if here in settings.live else set()
    if path[0] != "spec" or path[1] != "volumeClaimTemplates":
        return set()
    # StatefulSets call their claims <template>-<set>-<number>.
    prefix = f"{name}-{text_at(body, 'metadata', 'name')}-"
    return {
        each
        for (place, claimed), each in settings.live.items()
        if place == namespace and claimed.startswith(prefix) and claimed[len(prefix) :].isdecimal()
    }


def _put(draft: Draft, path: Path, claim: Body, name: str | None, why: str) -> None:
    """Both the field and, where it stands, the annotation, which would win over the field."""
    annotation = ("metadata", "annotations", ANNOTATION)
    for where, needed in ((_CLASS, name is not None), (annotation, False)):
        given: Any = value_at(claim, *where)
        if given == name or (given is None and not needed):
            continue
        if name is None:
            draft.remove((*path, *where), why)
        else:
            draft.set((*path, *where), name, why)
