"""Names of labs and hosts, and every path, link and namespace name that follows from them.

Owns the derivation: each name can be told from the lab's and host's alone, so that a delete finds what a killed create
made even without its state file. Does not own any of the things named.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from bundle import cache
from lab.hosts.failure import LabError

LONGEST = 40
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def home() -> Path:
    """Where all labs are kept: `lab` in the state directory."""
    return cache.state_dir() / "lab"


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A lab by its name; `home` tells labs of equal name in two state directories apart."""

    home: Path
    name: str

    def __post_init__(self) -> None:
        _check("lab", self.name)

    @property
    def directory(self) -> Path:
        """What the lab keeps on disk."""
        return self.home / self.name

    @property
    def lock(self) -> Path:
        """Held while addresses are given out and while the switch is made or removed."""
        return self.home / ".locks" / f"{self.name}.lock"

    @property
    def namespace(self) -> str:
        """The network namespace that holds the lab's bridge."""
        return f"lab-{self.name}-{self.token}"

    @property
    def uplink(self) -> str:
        """This machine's end of the cable to the bridge, in the root namespace."""
        return f"lab-{self.token}"

    @property
    def token(self) -> str:
        """Eight characters that belong to this lab alone."""
        return _token(str(self.home.resolve()), self.name)


@dataclass(frozen=True, kw_only=True)
class HostId:
    """A host by its name within a lab."""

    lab: Lab
    name: str

    def __post_init__(self) -> None:
        _check("host", self.name)

    @property
    def directory(self) -> Path:
        """Everything the host keeps on disk."""
        return self.lab.directory / self.name

    @property
    def root(self) -> Path:
        """The host's root directory; there only when it is whole."""
        return self.directory / "root"

    @property
    def log(self) -> Path:
        """What systemd-nspawn and the host's console said since the last boot."""
        return self.directory / "console.log"

    @property
    def lock(self) -> Path:
        """Held by whatever changes the host."""
        return self.lab.home / ".locks" / f"{self.lab.name}.{self.name}.lock"

    @property
    def namespace(self) -> str:
        """The host's network namespace."""
        return f"lab-{self.lab.name}-{self.name}-{self.token}"

    @property
    def cgroup(self) -> str:
        """The host's directory in each cgroup hierarchy."""
        return self.namespace

    @property
    def machine(self) -> str:
        """The name that systemd-nspawn knows the host by."""
        return f"lab-{self.token}"

    @property
    def port(self) -> str:
        """The bridge's end of the host's cable, in the lab's namespace."""
        return f"{self.name[:5]}-{self.token}"

    @property
    def mac(self) -> str:
        """The hardware address of eth0: for life, so that neighbours need not learn a new one after a reboot."""
        return ":".join(["02", "1a", *re.findall("..", self.token)])

    @property
    def token(self) -> str:
        """Eight characters that belong to this host alone."""
        return _token(str(self.lab.home.resolve()), self.lab.name, self.name)

    def __str__(self) -> str:
        return f"{self.lab.name}/{self.name}"


def valid(name: str) -> bool:
    """Whether a lab or host can have this name."""
    return len(name) <= LONGEST and _NAME.fullmatch(name) is not None


def _check(kind: str, name: str) -> None:
    if not valid(name):
        raise LabError(
            f"{name!r} is no name of a {kind}; give small letters, digits and hyphens, at most {LONGEST}, with a "
            "letter or digit at both ends"
        )


def _token(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
