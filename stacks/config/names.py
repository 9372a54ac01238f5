"""Names in the configuration: of nodes, clusters, users, and Kubernetes labels and taints.

Owns their form, as Kubernetes and Linux demand it. Does not own whether two of them are the same.
"""

import re
from typing import Annotated, Final, Literal, get_args

from pydantic import BeforeValidator

from stacks.config.schema import parsed, quote

Effect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]

# Resource, unit and link names are built from a name by adding words; 40 leaves room for them within 63.
LONGEST_NAME: Final = 40
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
_LABEL_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_LABEL_PREFIX = re.compile(
    r"(?=.{1,253}/)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*/"
)

# What a kubelet may say about its own node within the reserved prefixes; the API server refuses the rest.
_OWN_PREFIXES = ("kubelet.kubernetes.io", "node.kubernetes.io")
_OWN_LABELS = ("topology.kubernetes.io/region", "topology.kubernetes.io/zone")
_CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
CONTROL_PLANE_TAINT: Final = f"{_CONTROL_PLANE}:NoSchedule"


def name(text: str) -> str:
    """A DNS label of at most 40 characters; ValueError with a sentence otherwise."""
    if len(text) > LONGEST_NAME or not _NAME.fullmatch(text):
        raise ValueError(
            f"{quote(text)} is no name of small letters, digits and hyphens, at most {LONGEST_NAME} long, "
            "with a letter or digit at both ends"
        )
    return text


def user(text: str) -> str:
    """A Linux user name; ValueError with a sentence otherwise."""
    if not _USER.fullmatch(text):
        raise ValueError(
            f"{quote(text)} is no user name; give small letters, digits, _ and -, at most 32"
        )
    return text


def label_key(text: str) -> str:
    """A label's key that a node may be given; ValueError with a sentence otherwise."""
    prefix = _key(text)
    if _reserved(prefix) and prefix not in _OWN_PREFIXES and text not in _OWN_LABELS:
        raise ValueError(
            f"labels of {prefix} are reserved for Kubernetes; allowed are {', '.join(_OWN_LABELS)} "
            f"and the prefixes {', '.join(_OWN_PREFIXES)}"
        )
    return text


def label_value(text: str) -> str:
    """A label's value; ValueError with a sentence otherwise."""
    if not _LABEL_VALUE.fullmatch(text):
        raise ValueError(
            f"{quote(text)} is no label value; give at most 63 letters, digits, -, _ and ."
        )
    return text


def taint(text: str) -> str:
    """A taint, `key=value:Effect` or `key:Effect`; ValueError with a sentence otherwise."""
    left, _, effect = text.rpartition(":")
    key, _, value = left.partition("=")
    if effect not in get_args(Effect):
        raise ValueError(
            f"{quote(text)} has no effect; give key=value:Effect with {', '.join(get_args(Effect))}"
        )
    if _reserved(_key(key)) and key != _CONTROL_PLANE:
        raise ValueError(
            f"{quote(text)} is a taint that Kubernetes itself sets; use a key of your own"
        )
    return f"{key}={label_value(value)}:{effect}" if value else f"{key}:{effect}"


def _key(text: str) -> str:
    """The prefix of a label's key ("" if it has none); ValueError if the key is malformed."""
    prefix, slash, rest = text.rpartition("/")
    if not _LABEL_NAME.fullmatch(rest) or (slash and not _LABEL_PREFIX.fullmatch(f"{prefix}/")):
        raise ValueError(
            f"{quote(text)} is no label key; give name or prefix/name, as in example.com/rack"
        )
    return prefix


def _reserved(prefix: str) -> bool:
    return any(prefix == own or prefix.endswith(f".{own}") for own in ("kubernetes.io", "k8s.io"))


Name = Annotated[str, BeforeValidator(parsed(name))]
User = Annotated[str, BeforeValidator(parsed(user))]
LabelKey = Annotated[str, BeforeValidator(parsed(label_key))]
LabelValue = Annotated[str, BeforeValidator(parsed(label_value))]
NodeTaint = Annotated[str, BeforeValidator(parsed(taint))]
