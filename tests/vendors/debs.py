"""Debian packages and signed repositories of them, made by Debian's own programs.

Owns their form. Does not own what is in them (vendors.py) and how hosts reach them (internet.py).
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A PGP key in a directory of its own."""

    home: Path
    fingerprint: str

    @classmethod
    @contextmanager
    def made(cls, home: Path) -> Iterator["Signer"]:
        """A new key; the agent that gpg starts for it ends with the block."""
        home.mkdir(mode=0o700)
        try:
            yield cls._make(home)
        finally:
            end = ["gpgconf", "--homedir", str(home), "--kill", "gpg-agent"]
            subprocess.run(end, check=False, capture_output=True)

    @classmethod
    def _make(cls, home: Path) -> "Signer":
        gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
        # RSA, since the rpm of Debian knows no Ed25519.
        subprocess.run(
            [*gpg, "--passphrase", "", "--quick-gen-key", "Test <t@example.com>", "rsa2048"],
            check=True,
            capture_output=True,
        )
        listed = subprocess.run(
            [*gpg, "--list-keys", "--with-colons"], check=True, capture_output=True, text=True
        ).stdout
        fingerprint = next(line for line in listed.splitlines() if line.startswith("fpr:"))
        return cls(home=home, fingerprint=fingerprint.split(":")[9])

    def gpg(self, *words: str) -> str:
        done = subprocess.run(
            ["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--yes", *words],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    @property
    def public(self) -> str:
        return self.gpg("--armor", "--export")


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package: files by path (a file to copy, or text), and lines of its control file."""

    name: str
    version: str
    files: Mapping[str, Path | str] = field(default_factory=dict)
    control: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    """What its postinst does."""

    def write(self, directory: Path) -> None:
        """Makes the .deb in a directory."""
        directory.mkdir(parents=True, exist_ok=True)
        root = directory / f".{self.name}-{self.version}"
        for path, content in self.files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                shutil.copyfile(content, file)
                file.chmod(0o755)
            else:
                file.write_text(content)
        meta = root / "DEBIAN"
        meta.mkdir(parents=True)
        fields = {
            "Package": self.name,
            "Version": self.version,
            "Architecture": "amd64",
            "Maintainer": "Test <t@example.com>",
            "Description": f"stand-in for the vendor's {self.name}",
            **self.control,
        }
        (meta / "control").write_text("".join(f"{key}: {it}\n" for key, it in fields.items()))
        if "etc/containerd/config.toml" in self.files:
            (meta / "conffiles").write_text("/etc/containerd/config.toml\n")
        if self.after:
            (meta / "postinst").write_text(f"#!/bin/sh\nset -e\n{self.after}\n")
            (meta / "postinst").chmod(0o755)
        command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(root), str(directory)]
        subprocess.run(command, check=True, capture_output=True)
        shutil.rmtree(root)


def flat(directory: Path, signer: Signer) -> None:
    """Indexes and signs a directory of packages, as sources with the suite "/" have it."""
    (directory / "Packages").write_bytes(_ftparchive(directory, "packages", "."))
    _sign(directory, signer, _ftparchive(directory, "release", "."))


def suite(directory: Path, name: str, component: str, signer: Signer) -> None:
    """Indexes and signs the packages below `pool` as one suite with one component."""
    place = directory / "dists" / name
    binary = place / component / "binary-amd64"
    binary.mkdir(parents=True)
    (binary / "Packages").write_bytes(_ftparchive(directory, "packages", "pool"))
    options = {"Suite": name, "Codename": name, "Components": component, "Architectures": "amd64"}
    words = [f"-oAPT::FTPArchive::Release::{key}={it}" for key, it in options.items()]
    _sign(place, signer, _ftparchive(place, *words, "release", "."))


def _ftparchive(directory: Path, *words: str) -> bytes:
    command = ["apt-ftparchive", *words]
    return subprocess.run(command, cwd=directory, check=True, capture_output=True).stdout


def _sign(directory: Path, signer: Signer, release: bytes) -> None:
    plain = directory / "Release"
    plain.write_bytes(release)
    signer.gpg("--clearsign", "--output", str(directory / "InRelease"), str(plain))
