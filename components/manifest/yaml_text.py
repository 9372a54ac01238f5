"""Plain values as YAML: what Kubernetes, and readers of plain YAML 1.1 too, read back as the same values.

Owns which words need quotes, and the form: block style, keys in their order, no anchors. libyaml does the writing. Does
not own reading (`document.py`).
"""

import io
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import yaml
from yaml.resolver import Resolver

from components.manifest import scalars

# Events hold no place and are never changed, so one of each is enough.
_MAP = yaml.MappingStartEvent(None, None, implicit=True, flow_style=False)
_MAP_END = yaml.MappingEndEvent()
_LIST = yaml.SequenceStartEvent(None, None, implicit=True, flow_style=False)
_LIST_END = yaml.SequenceEndEvent()
_NO_LIST = yaml.SequenceStartEvent(None, None, implicit=True, flow_style=True)
_NO_MAP = yaml.MappingStartEvent(None, None, implicit=True, flow_style=True)
_STREAM, _STREAM_END = yaml.StreamStartEvent(), yaml.StreamEndEvent()
_DOCUMENT = yaml.DocumentStartEvent(explicit=False)
_DOCUMENT_END = yaml.DocumentEndEvent(explicit=False)
# Lines are not folded: a long one stays one.
_WIDTH: Final = 1 << 30


def text(value: object) -> str:
    """A value as one document, without `---`. Raises TypeError for what JSON has no form for."""
    stream = io.StringIO()
    emitter: Any = yaml.CSafeDumper(stream, width=_WIDTH, allow_unicode=True)
    emit = emitter.emit
    emit(_STREAM)
    emit(_DOCUMENT)
    _emit(value, emit)
    emit(_DOCUMENT_END)
    emit(_STREAM_END)
    emitter.dispose()
    return stream.getvalue()


def _emit(value: object, emit: Callable[[yaml.Event], None]) -> None:
    if isinstance(value, dict):
        emit(_MAP if value else _NO_MAP)
        for key, inner in value.items():
            emit(_scalar(key))
            _emit(inner, emit)
        emit(_MAP_END)
    elif isinstance(value, list):
        emit(_LIST if value else _NO_LIST)
        for inner in value:
            _emit(inner, emit)
        emit(_LIST_END)
    else:
        emit(_scalar(value))


def _scalar(value: object) -> yaml.ScalarEvent:
    if isinstance(value, str):
        return _text(value)
    match value:
        case None:
            return _plain("null")
        case bool():
            return _plain("true" if value else "false")
        case int():
            return _plain(str(value))
        case float():
            return _plain(_fraction(value))
    raise TypeError(f"a {type(value).__name__} has no form in YAML here")


def _fraction(value: float) -> str:
    """1e+20 as 1.0e+20: YAML 1.1 has no fraction without a point."""
    written = repr(value)
    return written.replace("e", ".0e", 1) if "." not in written else written


@lru_cache(maxsize=8192)
def _plain(written: str) -> yaml.ScalarEvent:
    return yaml.ScalarEvent(None, None, (True, False), written)


@lru_cache(maxsize=8192)
def _text(value: str) -> yaml.ScalarEvent:
    style = "|" if "\n" in value else None
    return yaml.ScalarEvent(None, None, (not _means_more(value), True), value, style=style)


def _means_more(value: str) -> bool:
    """Whether a word would be read as something else than text without quotes, by Kubernetes or by YAML 1.1."""
    if scalars.resolve(value)[0] != scalars.STR:
        return True
    candidates = Resolver.yaml_implicit_resolvers.get(value[0], ())
    return any(pattern.match(value) for _, pattern in candidates)
