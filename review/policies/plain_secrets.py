"""No secret in clear in any property.

Owns the rule: what a stack's secrets are is known, since a preview is made with dummies. Does not own the state: a test
looks for the real ones in it.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from review.graph import Resource
from review.policies.finding import Case, Finding

PRIVATE: Final = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
SECRET_TYPE: Final = "kubernetes:core/v1:Secret"  # noqa: S105 - a kind's name
PUBLIC: Final = frozenset({"caCertificate"})
"""Dummies that are no secrets though they stand among them."""


def plain_secrets(case: Case) -> Iterator[Finding]:
    """Every property with a dummy, a private key or a Secret's content, that goes into the state as it is."""
    dummies = tuple(_forms(case.secrets))
    for each in case.graph:
        for key in sorted(set(each.inputs) - set(each.secret)):
            if (what := _told(each, key, dummies)) is not None:
                yield Finding(
                    urn=each.urn, what=f"{key} {what}", cure="make the value an Output.secret"
                )


def _told(resource: Resource, key: str, dummies: tuple[str, ...]) -> str | None:
    """What a property that is not secret gives away."""
    if resource.type == SECRET_TYPE and key in ("data", "stringData") and resource.inputs[key]:
        return "of a Secret is not secret"
    text = json.dumps(resource.inputs[key], ensure_ascii=False)
    if any(each in text for each in dummies):
        return "holds a secret of the stack"
    return "holds a private key" if PRIVATE.search(text) else None


def _forms(secrets: Mapping[str, str]) -> Iterator[str]:
    """How a secret may stand in JSON: as it is, line by line, and in base64."""
    for name, value in secrets.items():
        if name in PUBLIC:
            continue
        yield json.dumps(value, ensure_ascii=False)[1:-1]
        yield base64.b64encode(value.encode()).decode()
