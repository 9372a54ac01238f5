"""Bindings of rbac v1alpha1, whose subjects were written differently, and requests for certificates."""

from typing import Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Path
from components.manifest.body import Body, numbered_at, text_at, value_at

_GROUP: Final = "rbac.authorization.k8s.io"
_ALL: Final = "system:authenticated"
_LEGACY: Final = "kubernetes.io/legacy-unknown"


def binding(draft: Draft) -> None:
    """Subjects name an API group, no version; the user `*` was every user that has logged in."""
    for index, subject in numbered_at(draft.body, "subjects"):
        _subject(draft, ("subjects", index), subject)


def _subject(draft: Draft, where: Path, subject: Body) -> None:
    kind = text_at(subject, "kind")
    version = text_at(subject, "apiVersion")
    group = {"ServiceAccount": "", "User": _GROUP, "Group": _GROUP}.get(
        kind, version.rpartition("/")[0]
    )
    after = {key: value for key, value in subject.items() if key != "apiVersion"}
    after |= {"apiGroup": group} if group else {}
    if kind == "User" and subject.get("name") == "*":
        after |= {"kind": "Group", "name": _ALL}
    if after != subject:
        draft.set(where, after, "subjects name a group and no version in v1")


def request(draft: Draft) -> None:
    """A signer was optional once; which one was meant nobody can say now."""
    signer = value_at(draft.body, "spec", "signerName")
    if signer in (None, "", _LEGACY):
        draft.refuse(("spec", "signerName"), "is missing, or of no signer of today; name one")
    if not value_at(draft.body, "spec", "usages"):
        draft.refuse(
            ("spec", "usages"), "is missing, which certificates.k8s.io/v1 refuses; give them"
        )
