"""References to images: the grammar that container runtimes read, and the full name that a short one stands for.

Owns `nginx` → `docker.io/library/nginx:latest`. Does not own where references stand in objects (`pods.py`).
"""

import re
from dataclasses import dataclass
from typing import Final

_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?", re.ASCII)
_COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*", re.ASCII)
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(
    r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}", re.ASCII
)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}", re.ASCII)
_LONGEST: Final = 255
_HUB: Final = "docker.io"


class ImageReferenceError(ValueError):
    """A text is no reference to an image; the message says so in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image by its full name: `docker.io/library/nginx:1.27`, with a digest or without."""

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def repository(self) -> str:
        """Registry and path, without the tag."""
        return f"{self.domain}/{self.path}"

    @property
    def name(self) -> str:
        """Repository and tag. What names neither tag nor digest means the tag `latest`."""
        tag = self.tag or ("" if self.digest else "latest")
        return f"{self.repository}:{tag}" if tag else self.repository

    def __str__(self) -> str:
        return f"{self.name}@{self.digest}" if self.digest else self.name


def parse(text: str) -> Image:
    """The image that a reference stands for. Raises ImageReferenceError."""
    rest, at, digest = text.partition("@")
    if at and not _DIGEST.fullmatch(digest):
        raise ImageReferenceError(f"'{text}' has no digest such as sha256:… behind the @")
    name, colon, tag = rest.rpartition(":")
    # A colon before the last slash belongs to a port.
    if not colon or "/" in tag:
        name, tag = rest, ""
    elif not _TAG.fullmatch(tag):
        raise ImageReferenceError(
            f"'{text}' has no tag of letters, digits, dots and hyphens behind the colon"
        )
    if _IDENTIFIER.fullmatch(name):
        raise ImageReferenceError(f"'{text}' is the identifier of an image and names none")
    domain, path = _split(name)
    if not _DOMAIN.fullmatch(domain) or not _PATH.fullmatch(path) or len(path) > _LONGEST:
        raise ImageReferenceError(f"'{text}' is no image such as quay.io/organisation/name:1.0")
    return Image(domain=domain, path=path, tag=tag, digest=digest)


def _split(name: str) -> tuple[str, str]:
    """Registry and path: what stands before the first slash is a registry only if it looks like a host."""
    domain, slash, path = name.partition("/")
    is_host = "." in domain or ":" in domain or domain == "localhost" or domain.lower() != domain
    if not slash or not is_host:
        domain, path = _HUB, name
    if domain == "index.docker.io":
        domain = _HUB
    if domain == _HUB and "/" not in path:
        path = f"library/{path}"
    return domain, path
