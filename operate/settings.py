"""The settings file that the engine reads: what git tracks, with the stack's encryption and secrets added.

Owns putting the two together, again on every command, so that a change of the tracked file always arrives. Does not
own what the keys mean, and never writes the tracked file.

Files are composed as YAML nodes and not as values: reading `22:22` or `1.10` into Python and writing it out again would
change it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

ENCRYPTION: Final = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""The keys beside `config` that say how secrets are encrypted; Pulumi writes them."""


def has_encryption(text: str) -> bool:
    """Whether a settings file says by itself how its secrets are encrypted."""
    return any(key.value in ENCRYPTION for key, _ in _entries(_root(text)))


def secrets_provider(text: str) -> str | None:
    """The secrets provider that a settings file names, if it names one."""
    for key, value in _entries(_root(text)):
        if key.value == "secretsprovider":
            return str(value.value)
    return None


def keys(text: str) -> frozenset[str]:
    """The configuration keys of a settings file."""
    return frozenset(key.value for key, _ in _entries(_config(_root(text))))


def merge(tracked: str, previous: str) -> str:
    """The tracked text with the encryption settings and secrets of the settings file before.

    A key that the tracked text has wins. Plain values that only the settings file before has go: see `strays`.
    """
    root = _root(tracked)
    before = _root(previous)
    present = {key.value for key, _ in _entries(root)}
    added = [
        (key, value)
        for key, value in _entries(before)
        if key.value in ENCRYPTION and key.value not in present
    ]
    config = _config(root)
    secrets = [
        (key, value)
        for key, value in _entries(_config(before))
        if _is_secret(value) and key.value not in keys(tracked)
    ]
    config.value = [*config.value, *secrets]
    rest = [(key, value) for key, value in _entries(root) if key.value != "config"]
    root.value = [*added, *rest, (_scalar("config"), config)]
    return str(yaml.serialize(root, Dumper=yaml.SafeDumper, width=float("inf")))


def strays(tracked: str, previous: str) -> tuple[str, ...]:
    """Plain keys that only the settings file before has: someone set them with `pulumi config set`."""
    known = keys(tracked)
    found = (
        key.value
        for key, value in _entries(_config(_root(previous)))
        if key.value not in known and not _is_secret(value)
    )
    return tuple(sorted(found))


def refresh(tracked: Path, settings: Path) -> tuple[str, ...]:
    """Write the settings file anew from the tracked one; returns the keys that this dropped."""
    text = tracked.read_text()
    previous = settings.read_text() if settings.exists() else ""
    write(settings, merge(text, previous))
    return strays(text, previous)


def write(file: Path, text: str) -> None:
    """Write a file for its owner alone, whole or not at all."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)


def _root(text: str) -> yaml.MappingNode:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return node if isinstance(node, yaml.MappingNode) else _mapping()


def _config(root: yaml.MappingNode) -> yaml.MappingNode:
    for key, value in _entries(root):
        if key.value == "config" and isinstance(value, yaml.MappingNode):
            return value
    return _mapping()


def _entries(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    yield from node.value


def _is_secret(node: yaml.Node) -> bool:
    """Whether a value is encrypted, or something in it is."""
    if isinstance(node, yaml.SequenceNode):
        return any(_is_secret(item) for item in node.value)
    if isinstance(node, yaml.MappingNode):
        return any(key.value == "secure" or _is_secret(value) for key, value in node.value)
    return False


def _mapping() -> yaml.MappingNode:
    return yaml.MappingNode(tag="tag:yaml.org,2002:map", value=[], flow_style=False)


def _scalar(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(tag="tag:yaml.org,2002:str", value=text)
