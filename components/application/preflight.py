"""What a release asks of the cluster that it is to run in, and whether the cluster is that.

Owns reading the requirements and comparing them. Does not own finding out what the cluster is (`preflight_step.py`).
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from components.application.description import Requirements

Version = tuple[int, ...]

_CONSTRAINT = re.compile(r"(>=|<=|!=|==|>|<|=)?\s*v?([0-9]+(?:\.[0-9]+){0,2})")
_OPERATORS: Final[Mapping[str, Callable[[Version, Version], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "!=": operator.ne,
    "==": operator.eq,
    "=": operator.eq,
    "": operator.eq,
}
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kKMGTP]?)(i?)[bB]?")
_UNITS: Final = " KMGTP"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """What a cluster is; None for what nobody knows yet. `memory` is in bytes, of all nodes."""

    version: Version
    nodes: int
    cores: Decimal | None = None
    memory: int | None = None
    api_versions: frozenset[str] | None = field(default=None)


def version(text: str) -> Version:
    """v1.35.4 as numbers. Raises ValueError."""
    found = re.match(r"v?([0-9]+)\.([0-9]+)(?:\.([0-9]+))?", text)
    if found is None:
        raise ValueError(f"'{text}' is no version such as 1.35.4")
    return tuple(int(part or 0) for part in found.groups())


def unreadable(wanted: Requirements) -> Iterator[tuple[str, str]]:
    """The requirements that mean nothing: key and sentence."""
    for key, read in (
        ("server_version", _constraints),
        ("cluster_size", _number),
        ("total_cores", _number),
        ("total_memory", amount),
    ):
        try:
            read(getattr(wanted, key))
        except ValueError as error:
            yield key, str(error)


def unmet(wanted: Requirements, cluster: Cluster) -> Iterator[str]:
    """Every requirement that a cluster does not meet, as a sentence; what is not known yet is not judged."""
    for holds, limit, text in _constraints(wanted.server_version):
        given = cluster.version[: len(limit)]
        if not holds(given, limit):
            is_version = ".".join(map(str, cluster.version))
            yield f"the release needs Kubernetes {text}, and this cluster has {is_version}"
    nodes, cores = _number(wanted.cluster_size), _number(wanted.total_cores)
    if cluster.nodes < nodes:
        yield f"the release needs {nodes} node(s), and this cluster has {cluster.nodes}"
    if cluster.cores is not None and cluster.cores < cores:
        yield f"the release needs {cores} cores, and all nodes together have {cluster.cores}"
    memory = amount(wanted.total_memory)
    if cluster.memory is not None and cluster.memory < memory:
        has = f"{Decimal(cluster.memory) / 10**9:.1f}GB"
        yield f"the release needs {wanted.total_memory} of memory, and all nodes together have {has}"
    if cluster.api_versions is not None:
        for missing in sorted(set(wanted.api_versions) - cluster.api_versions):
            yield f"the release needs the API version {missing}, which this cluster does not serve"


def amount(text: str) -> int:
    """8GB, 8Gi or 4026532Ki in bytes; 0 for nothing. Raises ValueError."""
    if not text.strip():
        return 0
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"'{text}' is no amount of memory such as 8GB")
    power = _UNITS.index(found[2].upper() or " ")
    return int(Decimal(found[1]) * (1024 if found[3] else 1000) ** power)


def cpu(text: str) -> Decimal:
    """Cores as Kubernetes writes them: 2 or 1500m."""
    return Decimal(text[:-1]) / 1000 if text.endswith("m") else Decimal(text)


def _number(text: str) -> int:
    if not text.strip():
        return 0
    if not text.strip().isdigit():
        raise ValueError(f"'{text}' is no whole number")
    return int(text)


def _constraints(
    text: str,
) -> list[tuple[Callable[[Version, Version], bool], Version, str]]:
    """All of which must hold. Raises ValueError."""
    found = []
    rest = text.replace(",", " ").strip()
    while rest:
        one = _CONSTRAINT.match(rest)
        if one is None or (rest[one.end() :] and not rest[one.end()].isspace()):
            raise ValueError(f"'{text}' is no range of versions such as >=1.28.0 <1.36.0")
        limit = tuple(map(int, one[2].split(".")))
        found.append((_OPERATORS[one[1] or ""], limit, one[0].strip()))
        rest = rest[one.end() :].strip()
    return found
