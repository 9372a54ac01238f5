"""Installing from the vendors' own repositories and registries: where they are, if not where the vendors have them.

Owns the form of these places. Does not own the vendors' places themselves (`components/cluster/repositories.py`).
"""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, JsonValue

from stacks.config.addresses import host
from stacks.config.airgap import Airgap
from stacks.config.report import Fault
from stacks.config.schema import Settings, parsed, quote

_URL = r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9.,:_~%+@{}$/-]*)?"
_SUITE = r"[A-Za-z0-9._{}/-]*"
_WORD = r"[A-Za-z0-9._-]+"
_PLACES = {"{minor}", "{distribution}", "{codename}", "{release}"}
_SEGMENT = r"[a-z0-9]+([._-]+[a-z0-9]+)*"


def _known_places(text: str) -> str:
    """The text; ValueError if there is something else in braces than what is put in there."""
    unknown = sorted(set(re.findall(r"{[^}]*}?|}", text)) - _PLACES)
    if unknown:
        raise ValueError(
            f"{quote(unknown[0])} is put in by nobody; known are {', '.join(sorted(_PLACES))}"
        )
    return text


def _without_password(text: str) -> str:
    """The text; ValueError, without quoting it, if it has a user or password, which would be readable on every host."""
    if re.match(r"[a-z]+://[^/]*@", text):
        raise ValueError(
            "holds a user or password, which would stand readable on every host; use a mirror that needs none"
        )
    return text


def url(text: str) -> str:
    """An http or https address; ValueError with a sentence otherwise."""
    if not re.fullmatch(_URL, _without_password(text)):
        raise ValueError(f"{quote(text)} is no address such as https://mirror.example.com/path")
    return _known_places(text)


def deb_source(text: str) -> str:
    """What a line of sources.list has after its options; ValueError with a sentence otherwise."""
    if not re.fullmatch(rf"{_URL} ({_SUITE}/|{_SUITE}( {_WORD})+)", _without_password(text)):
        raise ValueError(
            f"{quote(text)} is no source; give address, suite and components as in sources.list, or address and a "
            "path that ends with /"
        )
    return _known_places(text)


def fingerprint(text: str) -> str:
    """The 40 hexadecimal digits of a key's fingerprint; ValueError with a sentence otherwise."""
    plain = re.sub(r"[\s:]", "", text).upper()
    if not re.fullmatch(r"[0-9A-F]{40}", plain):
        raise ValueError(
            f"{quote(text)} is no fingerprint of 40 hexadecimal digits, as `gpg --show-keys` prints it"
        )
    return plain


def version_beginning(text: str) -> str:
    """A containerd version or the beginning of one, from 2 on; ValueError with a sentence otherwise."""
    found = re.fullmatch(r"([0-9]{1,3})(\.[0-9]{1,3}){0,2}", text, re.ASCII)
    if not found or int(found[1]) < 2:  # noqa: PLR2004 - what came before, Kubernetes drops
        raise ValueError(f"{quote(text)} is no containerd version such as 2, 2.2 or 2.2.1")
    return text


def registry_name(text: str) -> str:
    """A registry's host name with or without a port; ValueError with a sentence otherwise."""
    name, colon, port = text.partition(":")
    if colon and not re.fullmatch(r"[0-9]{1,5}", port):
        raise ValueError(f"{quote(text)} is no registry such as registry.k8s.io")
    return host(name) + colon + port


def mirror(text: str) -> str:
    """HOST[:PORT][/PATH], as images are named there; ValueError with a sentence otherwise."""
    if "://" in text:
        raise ValueError(f"{quote(text)} begins with a scheme; give mirror.example.com/path")
    name, slash, path = text.partition("/")
    if slash and not re.fullmatch(rf"{_SEGMENT}(/{_SEGMENT})*", path):
        raise ValueError(f"{quote(text)} is no place such as mirror.example.com/path")
    return registry_name(name) + slash + path


Url = Annotated[str, BeforeValidator(parsed(url))]
Fingerprint = Annotated[str, BeforeValidator(parsed(fingerprint))]
_VENDOR: Final[dict[str, JsonValue]] = {"without": "the vendor's"}
_PLACES_TEXT = (
    "The host puts in its {distribution}, {codename} and {release}; {minor} is that of Kubernetes."
)


class _Key(Settings):
    key: Url | None = Field(
        default=None,
        title="an address such as https://mirror.example.com/key.asc",
        description="Where hosts fetch the key from that the repository is signed with, as text. It may be any place: "
        "the fingerprint decides.",
        json_schema_extra=_VENDOR,
        examples=["https://mirror.example.com/key.asc"],
    )
    fingerprint: Fingerprint | None = Field(
        default=None,
        title="40 hexadecimal digits",
        description="The fingerprint of that key. Signatures of any other key are refused.",
        json_schema_extra=_VENDOR,
        examples=["0123456789ABCDEF0123456789ABCDEF01234567"],
    )


class Deb(_Key):
    """`online.….deb`: the repository for Debian and Ubuntu."""

    source: Annotated[str, BeforeValidator(parsed(deb_source))] | None = Field(
        default=None,
        title="address, suite and components",
        description=f"The source as in sources.list, after the options. {_PLACES_TEXT}",
        json_schema_extra=_VENDOR,
        examples=["https://mirror.example.com/kubernetes/v{minor}/deb/ /"],
    )


class Rpm(_Key):
    """`online.….rpm`: the repository for RHEL and its likes."""

    source: Url | None = Field(
        default=None,
        title="an address such as https://mirror.example.com/path",
        description=f"The baseurl for dnf, which knows $basearch. {_PLACES_TEXT}",
        json_schema_extra=_VENDOR,
        examples=["https://mirror.example.com/kubernetes/v{minor}/rpm/"],
    )


class Repositories(Settings):
    """`online.kubernetes`: packages kubelet, kubeadm and kubectl."""

    deb: Deb = Field(
        default=Deb(),
        title="a group of keys",
        description="The repository for Debian and Ubuntu.",
        json_schema_extra=_VENDOR,
    )
    rpm: Rpm = Field(
        default=Rpm(),
        title="a group of keys",
        description="The repository for RHEL and its likes.",
        json_schema_extra=_VENDOR,
    )


class Containerd(Repositories):
    """`online.containerd`: package containerd.io."""

    version: Annotated[str, BeforeValidator(parsed(version_beginning))] = Field(
        default="2",
        title="a version or the beginning of one, from 2 on",
        description="The containerd version that hosts are installed with, the newest that begins so. It is not "
        "changed on a host that has a fitting one.",
        examples=["2.2"],
    )


class Online(Settings):
    """`online`: the places that are used when there is no bundle."""

    kubernetes: Repositories = Field(
        default=Repositories(),
        title="a group of keys",
        description="The package repositories of Kubernetes, from pkgs.k8s.io unless given.",
        json_schema_extra=_VENDOR,
    )
    containerd: Containerd = Field(
        default=Containerd(),
        title="a group of keys",
        description="The package repositories of containerd, from download.docker.com unless given.",
        json_schema_extra=_VENDOR,
    )
    registries: dict[
        Annotated[str, BeforeValidator(parsed(registry_name))],
        Annotated[str, BeforeValidator(parsed(mirror))],
    ] = Field(
        default_factory=dict,
        title="a group with a mirror for each registry's name",
        description="Registries to ask instead of the ones in images' names, over TLS and without a password. The "
        "registry itself is then not asked any more.",
        examples=[{"registry.k8s.io": "mirror.example.com/k8s"}],
    )


def faults(online: Online, airgap: Airgap) -> Iterator[Fault]:
    """What is wrong with the group as a whole."""
    if airgap.bundle is not None and online.model_fields_set:
        yield Fault(
            path=("online",),
            text="airgap.bundle is set, so everything comes from the bundle and nothing from here; remove one of both",
            reads=(("airgap", "bundle"),),
        )
