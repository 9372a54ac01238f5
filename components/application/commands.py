"""The results of a release's `cmds`: the same at every run, and different for every stack.

Owns `cert`, `random`, `publickey` and `echo`. All but echo follow from a secret seed. Does not own the seed, which is
derived from the stack's root secret, nor the authority that signs certificates. Keys are of the curve P-256: no library
computes an RSA key from a seed, and a way of our own would be nobody else's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from components.application.checked import spelt
from components.application.description import Command, Description
from components.certificates import SEED_BYTES, issue
from components.manifest.document import Document
from components.manifest.place import Fault

_RESULTS: Final = {"cert": 3, "random": 1, "publickey": 2, "echo": 1}
_LENGTH, _LONGEST = 16, 1024
_CHARACTERS: Final = "[_A-Za-z0-9]"
_SET = re.compile(r"\[([^\[\]^]+)\]")
_REFUSED: Final = {
    "publicip": "asks a service on the internet; make it an option",
    "raw": "runs a program of its own; make its result an option",
    "system": "runs a program of its own; make its result an option",
}
_BLOCK: Final = 4096


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What results follow from: a secret seed (hexadecimal), the stack's authority as PEM, the namespace."""

    seed: str
    ca_certificate: str
    ca_key: str
    namespace: str


def faults(description: Description, document: Document) -> Iterator[Fault]:
    """What is wrong with the commands, before anything is computed."""
    names = [command.name for command in description.cmds]
    for at, command in enumerate(description.cmds):
        sentence = _wrong(command, description, names[:at])
        if sentence:
            place = document.at("cmds", at)
            yield Fault(place=place, text=f"{spelt(('cmds', at))}: {command.name}: {sentence}")
    for value_at, name, path in _uses(description):
        found = next((each for each in description.cmds if each.name == name), None)
        if found is not None and not 0 <= value_at < _RESULTS.get(found.cmd, value_at + 1):
            sentence = f"{found.cmd} gives {_RESULTS[found.cmd]} result(s), from value_at: 0"
            yield Fault(place=document.at(*path), text=f"{spelt(path)}: {sentence}")


def result(description: Description, name: str, at: int, ground: Ground) -> str:
    """One result of a command."""
    command = next(each for each in description.cmds if each.name == name)
    match command.cmd:
        case "echo":
            return command.args[0] if command.args else ""
        case "random":
            return _random(command, ground)
        case "cert":
            return _certificate(command, ground)[at]
        case _:
            key = load_pem_private_key(
                result(description, command.args[0], 0, ground).encode(), password=None
            ).public_key()
            forms = (
                (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
                (Encoding.OpenSSH, PublicFormat.OpenSSH),
            )
            return key.public_bytes(*forms[at]).decode()


def is_secret(description: Description, name: str) -> bool:
    """Whether a command's results must stay secret; an echo stands in the release for everybody."""
    return any(each.name == name and each.cmd != "echo" for each in description.cmds)


def _wrong(command: Command, description: Description, before: Sequence[str]) -> str:
    if command.name in before:
        return "is there already"
    if command.cmd not in _RESULTS:
        why = _REFUSED.get(command.cmd, f"is not one of {', '.join(_RESULTS)}")
        return f"cmd {command.cmd} {why}"
    try:
        match command.cmd:
            case "random":
                _length(command)
                characters(command.args[1] if len(command.args) > 1 else _CHARACTERS)
            case "cert":
                _names(command, "")
            case "publickey":
                kinds = {each.name: each.cmd for each in description.cmds}
                if not command.args or kinds.get(command.args[0]) != "cert":
                    return "publickey takes the name of a command cert, whose key it belongs to"
    except ValueError as error:
        return str(error)
    return ""


def _uses(description: Description) -> Iterator[tuple[int, str, tuple[str | int, ...]]]:
    for at, group in enumerate(description.config):
        for place, item in enumerate(group.items):
            for key in ("value_cmd", "default_cmd", "data_cmd"):
                found = getattr(item, key)
                if found is not None:
                    path = ("config", at, "items", place, key)
                    yield found.value_at, found.name, path


def _length(command: Command) -> int:
    text = command.args[0] if command.args else str(_LENGTH)
    if not text.isdigit() or not 1 <= int(text) <= _LONGEST:
        raise ValueError(f"the length '{text}' is no number from 1 to {_LONGEST}")
    return int(text)


def characters(text: str) -> str:
    """The characters of a set such as [A-Za-z0-9_]; text without brackets is its own characters. Raises ValueError."""
    found = _SET.fullmatch(text)
    listed = found[1] if found else text
    made: list[str] = []
    at = 0
    while at < len(listed):
        if found and listed[at + 1 : at + 2] == "-" and at + 2 < len(listed):
            first, last = ord(listed[at]), ord(listed[at + 2])
            if first > last:
                raise ValueError(f"the characters {text} run backwards")
            made += map(chr, range(first, last + 1))
            at += 3
        else:
            made.append(listed[at])
            at += 1
    if not made:
        raise ValueError("there are no characters to choose from")
    return "".join(dict.fromkeys(made))


def _random(command: Command, ground: Ground) -> str:
    """Characters of which each is equally likely: bytes that would favour some are passed over."""
    chosen = characters(command.args[1] if len(command.args) > 1 else _CHARACTERS)
    wanted = _length(command)
    made: list[str] = []
    block = 0
    # Two bytes a character: more characters than one byte can count are allowed.
    limit = 2**16 - 2**16 % len(chosen)
    while len(made) < wanted:
        stream = _derived(ground, f"random\0{command.name}\0{block}", _BLOCK)
        numbers = (int.from_bytes(stream[at : at + 2]) for at in range(0, _BLOCK, 2))
        made += [chosen[number % len(chosen)] for number in numbers if number < limit]
        block += 1
    return "".join(made[:wanted])


def _certificate(command: Command, ground: Ground) -> tuple[str, str, str]:
    """Key, certificate and authority. The key length that may be asked for is RSA's, and there is none."""
    names, addresses = _names(command, ground.namespace)
    leaf = issue(
        authority_certificate_pem=ground.ca_certificate,
        authority_key_pem=ground.ca_key,
        seed=_derived(ground, f"cert\0{command.name}", SEED_BYTES),
        common_name=(names or addresses)[0][:64],
        dns_names=names,
        ip_addresses=addresses,
        server=True,
        client=True,
    )
    return leaf.key_pem, leaf.certificate_pem, ground.ca_certificate


def _names(command: Command, namespace: str) -> tuple[list[str], list[str]]:
    """Names and addresses from `args`: key length, names with commas, addresses with commas. Raises ValueError."""
    length, names, addresses = (*command.args[:3], *("",) * (3 - len(command.args[:3])))
    if length and not length.isdigit():
        raise ValueError(f"the first argument of cert is a key length, and '{length}' is none")
    listed = [name.strip() for name in names.split(",") if name.strip()]
    numbers = [text.strip() for text in addresses.split(",") if text.strip()]
    for each in numbers:
        ip_address(each)
    if not listed and not numbers:
        # Every Service of the application, by the names that its pods call it.
        listed = [f"*.{namespace}.svc", f"*.{namespace}.svc.cluster.local", "localhost"]
    return listed, numbers


def _derived(ground: Ground, label: str, length: int) -> bytes:
    info = b"application command\0" + label.encode()
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(
        bytes.fromhex(ground.seed)
    )
