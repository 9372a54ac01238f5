"""Definitions of custom resources of apiextensions.k8s.io/v1beta1.

Owns bringing what stood once for all versions to each of them. v1 demands a structural schema: one that is not, nobody
can repair without knowing the resource, so it is refused. Where unknown fields were kept, they still are.
"""

from typing import Any, Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Path
from components.manifest.body import Body, groups_at, text_at, value_at

_KEEP: Final = "x-kubernetes-preserve-unknown-fields"
_SCHEMA: Final = "openAPIV3Schema"
_ANY: Final = {"type": "object", _KEEP: True}
_PROTECTED: Final = (".k8s.io", ".kubernetes.io")
_APPROVED: Final = "api-approved.kubernetes.io"
_GONE: Final = (
    *("version", "validation", "subresources", "additionalPrinterColumns", "preserveUnknownFields"),
)
_FORBIDDEN: Final = frozenset({"$ref", "definitions", "dependencies", "patternProperties", "id"})
_WHY: Final = "v1 has it in each version"


def definition(draft: Draft) -> None:
    """The definition with everything in its versions, and a schema in each."""
    spec = draft.body.get("spec")
    if not isinstance(spec, dict):
        draft.refuse(("spec",), "is missing")
        return
    _approved(draft, spec)
    listed = groups_at(spec, "versions")
    if not listed and not text_at(spec, "version"):
        draft.refuse(("spec", "versions"), "is missing")
        return
    versions = listed or ({"name": spec["version"], "served": True, "storage": True},)
    keeps = spec.get("preserveUnknownFields") is not False
    after = [_version(draft, spec, index, each, keeps=keeps) for index, each in enumerate(versions)]
    for key in _GONE:
        if key in spec:
            draft.remove(
                ("spec", key), _WHY if key != "preserveUnknownFields" else "v1 has it in the schema"
            )
    draft.set(("spec", "versions"), after, _WHY)
    if not text_at(spec, "scope"):
        draft.set(("spec", "scope"), "Namespaced", "was the default of v1beta1")
    _conversion(draft, spec)


def _approved(draft: Draft, spec: Body) -> None:
    group = text_at(spec, "group")
    if f".{group}".endswith(_PROTECTED) and not value_at(
        draft.body, "metadata", "annotations", _APPROVED
    ):
        sentence = (
            f"group {group} is Kubernetes' own, and v1 demands the annotation {_APPROVED} for it"
        )
        draft.refuse(("metadata", "annotations"), sentence)


def _version(draft: Draft, spec: Body, index: int, version: Body, *, keeps: bool) -> Body:
    """One version with its schema, subresources and columns."""
    schema = value_at(version, "schema", _SCHEMA) or value_at(spec, "validation", _SCHEMA)
    columns = version.get("additionalPrinterColumns") or spec.get("additionalPrinterColumns")
    resources = version.get("subresources") or spec.get("subresources")
    own = {
        key: value
        for key, value in version.items()
        if key not in ("schema", "subresources", "additionalPrinterColumns")
    }
    if schema is not None:
        where = (
            ("spec", "versions", index, "schema") if "schema" in version else ("spec", "validation")
        )
        for path, reason in faults(schema, (*where, _SCHEMA)):
            draft.refuse(path, reason)
    kept = _ANY if schema is None else (keeping(schema) if keeps else schema)
    return {
        **own,
        "schema": {_SCHEMA: kept},
        **({"subresources": resources} if resources else {}),
        **({"additionalPrinterColumns": [_column(each) for each in columns]} if columns else {}),
    }


def _column(column: Any) -> Any:  # noqa: ANN401 - whatever the vendor wrote
    if not isinstance(column, dict):
        return column
    return {("jsonPath" if key == "JSONPath" else key): value for key, value in column.items()}


def faults(schema: Any, path: Path) -> list[tuple[Path, str]]:  # noqa: ANN401
    """Where a schema is not structural: https://kubernetes.io/docs, “Specifying a structural schema”."""
    if not isinstance(schema, dict):
        return []
    found: list[tuple[Path, str]] = []
    free = schema.get("x-kubernetes-int-or-string") or schema.get(_KEEP)
    if not schema.get("type") and not free:
        found.append((path, "has no type, which v1 demands at every level; give one"))
    if schema.get("additionalProperties") and schema.get("properties"):
        found.append((path, "has both properties and additionalProperties, which v1 refuses"))
    found += [((*path, key), "is not allowed in schemas of v1") for key in _FORBIDDEN & set(schema)]
    for way, inner in _children(schema):
        found += faults(inner, (*path, *way))
    return found


def keeping(schema: Any) -> Any:  # noqa: ANN401
    """The schema with unknown fields kept at every level: each that has fields of its own would drop others."""
    if not isinstance(schema, dict):
        return schema
    after = dict(schema)
    if isinstance(schema.get("properties"), dict):
        inside = schema["properties"].items()
        after["properties"] = {name: keeping(inner) for name, inner in inside}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            after[key] = keeping(schema[key])
    is_open = "additionalProperties" in schema or schema.get("x-kubernetes-embedded-resource")
    if schema.get("type") == "object" and not is_open:
        after[_KEEP] = True
    return after


def _children(schema: Body) -> list[tuple[Path, Any]]:
    properties = schema.get("properties")
    found: list[tuple[Path, Any]] = []
    if isinstance(properties, dict):
        found += [(("properties", str(name)), inner) for name, inner in properties.items()]
    found += [((key,), schema[key]) for key in ("items", "additionalProperties") if key in schema]
    return found


def _conversion(draft: Draft, spec: Body) -> None:
    """The webhook that converts has a group of its own."""
    conversion = spec.get("conversion")
    if not isinstance(conversion, dict) or conversion.get("strategy") != "Webhook":
        return
    client = conversion.get("webhookClientConfig")
    if not isinstance(client, dict):
        draft.refuse(("spec", "conversion", "webhookClientConfig"), "is missing")
        return
    reviews = conversion.get("conversionReviewVersions") or ["v1beta1"]
    webhook = {"clientConfig": client, "conversionReviewVersions": reviews}
    draft.set(
        ("spec", "conversion"), {"strategy": "Webhook", "webhook": webhook}, "v1 writes it so"
    )
