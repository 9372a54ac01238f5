"""What was seen on a host: the probe's answer as typed facts.

Owns reading the answer. Does not own what is right or wrong about it (rules.py), nor how it was fetched (survey.py).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Privilege = Literal["root", "sudo", "none"]

_PRIVILEGES: Final[Mapping[str, Privilege]] = {"root": "root", "sudo": "sudo", "none": "none"}

ABSENT: Final = "-"
"""How the probe writes what it cannot see of a port."""


class AnswerError(Exception):
    """What came back is no answer of the probe; the message says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class System:
    """The operating system, as /etc/os-release has it; `like` are the systems it calls itself akin to."""

    id: str
    version: str
    like: tuple[str, ...]
    name: str


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A socket that something listens on. Program and unit can be hidden from who is not root."""

    protocol: str
    port: int
    program: str | None
    unit: str | None


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The cluster that a host belongs to, as the appliance wrote it there; without a name if only its CA is known."""

    name: str | None
    fingerprint: str | None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A host at one moment. None, or nothing in a collection, is what could not be read there.

    `clock` is its time in seconds when the answer was ready; sizes are MiB; `listeners` is None when there is no
    program that lists them.
    """

    privilege: Privilege
    user: str
    system: System
    architecture: str
    kernel: str
    systemd: bool
    cgroup: int | None
    cgroup_controllers: frozenset[str]
    cpus: int
    memory: int
    free: Mapping[str, int]
    swap: tuple[str, ...]
    hostname: str
    machine_id: str | None
    product_uuid: str | None
    addresses: frozenset[str]
    listeners: tuple[Listener, ...] | None
    kernel_parts: Mapping[str, bool]
    programs: frozenset[str]
    sftp: bool | None
    cluster: Cluster | None
    source: str | None
    leftovers: tuple[str, ...]
    defences: frozenset[str]
    synchronised: bool | None
    clock: float


def parse(answer: str) -> Facts:
    """The facts of an answer. Raises AnswerError if it is cut off, or not from our probe."""
    values = _values(answer)
    try:
        return _facts(values)
    except (KeyError, ValueError, IndexError) as error:
        raise AnswerError(f"its answer cannot be read ({error!r})") from None


def _values(answer: str) -> Mapping[str, Sequence[str]]:
    """The values of each key. What a login prints before the answer is passed over."""
    lines = answer.splitlines()
    if "begin" not in lines or "end" not in lines:
        raise AnswerError("its answer is cut off")
    found: dict[str, list[str]] = defaultdict(list)
    for line in lines[lines.index("begin") + 1 : lines.index("end")]:
        key, equals, value = line.partition("=")
        if not equals:
            raise AnswerError("its answer has a line that is no fact")
        found[key].append(value.strip())
    return dict(found)


def _facts(values: Mapping[str, Sequence[str]]) -> Facts:
    def one(key: str) -> str:
        return values[key][0]

    def maybe(key: str) -> str | None:
        return values.get(key, [None])[0] or None

    def every(key: str) -> Sequence[str]:
        return values.get(key, ())

    cgroup = maybe("cgroup")
    return Facts(
        privilege=_PRIVILEGES[one("privilege")],
        user=one("user"),
        system=_system(one("system"), one("system_name")),
        architecture=one("architecture"),
        kernel=one("kernel"),
        systemd=one("systemd") == "yes",
        cgroup=int(cgroup) if cgroup else None,
        cgroup_controllers=frozenset((maybe("cgroup_controllers") or "").split()),
        cpus=int(one("cpus")),
        memory=int(one("memory_kib")) // 1024,
        free={path: int(size) // 1024 for size, path in map(str.split, every("free_kib"))},
        swap=tuple(every("swap")),
        hostname=one("hostname"),
        machine_id=maybe("machine_id"),
        product_uuid=maybe("product_uuid"),
        addresses=frozenset(every("address")),
        listeners=tuple(map(_listener, every("port"))) if "ports" in values else None,
        kernel_parts={name: word == "yes" for name, word in map(str.split, every("kernel_part"))},
        programs=frozenset(every("program")),
        sftp=_truth(maybe("sftp")),
        cluster=_cluster(maybe("cluster"), maybe("authority")),
        source=maybe("installed_from"),
        leftovers=tuple(every("leftover")),
        defences=frozenset(every("defence")),
        synchronised=_truth(maybe("synchronised")),
        clock=float(one("clock")),
    )


def _truth(word: str | None) -> bool | None:
    return None if word is None else word == "yes"


def _system(text: str, name: str) -> System:
    kind, version, *like = text.split()
    return System(id=kind, version=version, like=tuple(like), name=name)


def _listener(text: str) -> Listener:
    protocol, port, program, unit = text.split()
    return Listener(
        protocol=protocol,
        port=int(port),
        program=None if program == ABSENT else program,
        unit=None if unit == ABSENT else unit,
    )


def _cluster(line: str | None, authority: str | None) -> Cluster | None:
    """The cluster from the appliance's own note; on a host that is not so far, from the CA that it was given."""
    if line is not None:
        name, _, fingerprint = line.partition(" ")
        return Cluster(name=name, fingerprint=_hexadecimal(fingerprint))
    if authority is not None:
        return Cluster(name=None, fingerprint=_hexadecimal(authority))
    return None


def _hexadecimal(text: str) -> str | None:
    return text.strip().replace(":", "").lower() or None
