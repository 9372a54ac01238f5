"""What still looks like an image from elsewhere after the rewrite: in arguments, variables, settings, custom kinds.

Owns the scan. It changes nothing: what a program makes of such a text only the vendor knows. Without internet every
find is refused, since it would be found out by a pod that does not start.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from components.application.rewrites.draft import Draft
from components.application.rewrites.finding import Path, Rewritten
from components.application.rewrites.image_fields import image_paths
from components.application.rewrites.images import ImageSettings, is_allowed, is_local
from components.manifest.body import Body
from components.manifest.image import ImageReferenceError, parse

RULE: Final = "leftovers"
_SENTENCE: Final = "looks like an image from another registry"
_CURE: Final = "name the appliance's registry there, or allow the image if it is none"

# What names a registry, a path, and a tag or a digest, but is no part of a URL or of a longer path.
_REFERENCE = re.compile(
    r"(?<![\w./:@%-])"
    r"(?:(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*(?::[0-9]+)?|localhost(?::[0-9]+)?|[0-9]+(?:\.[0-9]+){3}:[0-9]+)"
    r"(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+"
    r"(?::[A-Za-z0-9_][\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})"
    r"(?![\w/:@])",
    re.ASCII,
)
_KEY = re.compile(r"(?:^i|[a-z]I|(?:^|[_-])[iI])mage(?:Name)?$|_IMAGE$|^IMAGE$")
_OPTION = re.compile(r"--?[\w-]*image(?:=(?P<value>.+))?")
# Words about fields, and what kubectl keeps of an earlier version of the object.
_PROSE: Final = frozenset(
    {
        *("description", "example", "pattern", "title", "status", "managedFields"),
        "kubectl.kubernetes.io/last-applied-configuration",
    }
)


def leftovers(body: Body, settings: ImageSettings) -> Rewritten:
    """The object as it is, with a finding for each text that names an image of another registry."""
    draft = Draft(RULE, body)
    known = {path for path, _ in image_paths(body)}
    secret = body.get("kind") == "Secret"
    for path, text in _candidates(body):
        if path in known or not _is_foreign(text, settings):
            continue
        # What a Secret holds is shown to nobody.
        said = f"{_SENTENCE}; {_CURE}" if secret else f"'{text}' {_SENTENCE}; {_CURE}"
        where = path[:1] if secret else path
        if settings.closed:
            draft.refuse(where, said)
        else:
            draft.leave(where, said)
    return _hidden(draft.done()) if secret else draft.done()


def _hidden(found: Rewritten) -> Rewritten:
    """The findings without the values that they are about."""
    bare = tuple(replace(each, old=None, new=None) for each in found.findings)
    return Rewritten(body=found.body, findings=bare)


def _is_foreign(text: str, settings: ImageSettings) -> bool:
    if is_local(text, settings.registry):
        return False
    try:
        return not is_allowed(parse(text), settings.allowed)
    except ImageReferenceError:
        return False


def _candidates(body: Body) -> dict[tuple[Path, str], None]:
    """Every reference that stands in a text, and every text where one is expected, each once by its place."""
    found: dict[tuple[Path, str], None] = {}
    _search(body, (), found)
    return found


def _search(value: object, path: Path, found: dict[tuple[Path, str], None]) -> None:
    if isinstance(value, dict):
        if variable := _of_variable(value):
            found[(*path, "value"), variable] = None
        for key, inner in value.items():
            if key not in _PROSE:
                _look(inner, path, key, found, expected=_names_image(key))
    elif isinstance(value, list):
        before: object = ""
        for index, inner in enumerate(value):
            _look(inner, path, index, found)
            for image in _of_option(before, inner):
                found[(*path, index), image] = None
            before = inner


def _look(
    value: object,
    path: Path,
    part: str | int,
    found: dict[tuple[Path, str], None],
    *,
    expected: bool = False,
) -> None:
    """What stands at one key, or one place of a list."""
    if isinstance(value, str):
        for image in _in_text(value):
            found[(*path, part), image] = None
        if expected:
            found[(*path, part), value] = None
    elif isinstance(value, dict | list):
        _search(value, (*path, part), found)


def _in_text(text: str) -> Sequence[str]:
    """The references with a registry in a text."""
    if "/" not in text or (":" not in text and "@" not in text):
        return ()
    return _REFERENCE.findall(text)


@lru_cache(maxsize=4096)
def _names_image(key: object) -> bool:
    """Whether an image is expected at a key: `image`, `sidecarImage`, `IMAGE`."""
    return isinstance(key, str) and _KEY.search(key) is not None


def _of_variable(group: Body) -> str:
    """The value of a variable such as SIDECAR_IMAGE."""
    name, value = group.get("name"), group.get("value")
    if isinstance(name, str) and isinstance(value, str) and name.upper().endswith("IMAGE"):
        return value
    return ""


def _of_option(before: object, value: object) -> Sequence[str]:
    """`--image=nginx`, or `nginx` behind `--image`."""
    if not isinstance(value, str):
        return ()
    if value.startswith("-") and (found := _OPTION.fullmatch(value)) and found["value"]:
        return (found["value"],)
    is_one = isinstance(before, str) and before.startswith("-")
    behind = _OPTION.fullmatch(str(before)) if is_one else None
    return (value,) if behind and not behind["value"] and not value.startswith("-") else ()
