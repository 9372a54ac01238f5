"""A small bundle with one of everything that a bill of materials tells apart, made without a compiler or a network."""

import shutil
import subprocess
from pathlib import Path

from bundle import image, items, layout
from bundle.image import Command
from bundle.lock import Item
from bundle.sbom.programs import Module, Program

STATUS = """\
Package: bash
Status: install ok installed
Maintainer: Matthias Klose <doko@debian.org>
Architecture: amd64
Version: 5.2.15-2+b13
Source: bash (5.2.15-2)

Package: left-over
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: tool
Status: install ok installed
Maintainer: Someone <someone@example.test>
Architecture: all
Version: 1:2.0-1

"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: someone
License: GPL-2+

Files: contrib/*
Copyright: someone else
License: MIT

License: GPL-2+
 The text.
"""
ROOT, PLAIN, HOST, DEBS = "one.test/root:1", "one.test/plain:1", "host/tool:v1", "host/debian:1"
GO = b"\x7fELF stands for a Go program"
# What the program above would say of itself; the real thing is read in a test with a compiler.
PROGRAM = Program(
    package="one.test/tool/cmd/tool",
    go="go1.26.8",
    main=Module(path="one.test/tool", version="v1.0.0", patched=True),
    modules=(
        Module(path="two.test/Library", version="v0.1.0+incompatible", sum="h1:abc="),
        Module(path="three.test/unknown", version="v3.0.0", sum="h1:def="),
    ),
)


def deb(directory: Path, name: str = "tool", copyright_file: str | None = COPYRIGHT) -> Path:
    """A .deb file of that name."""
    root = directory / f"{name}.root"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: 1:2.0-1\nArchitecture: all\n"
        "Maintainer: Someone <someone@example.test>\nDescription: a tool\n"
    )
    documents = root / "usr/share/doc" / name
    documents.mkdir(parents=True)
    if copyright_file is not None:
        (documents / "copyright").write_text(copyright_file)
    file = directory / f"{name}_2.0-1_all.deb"
    subprocess.run(["dpkg-deb", "--build", str(root), str(file)], check=True, capture_output=True)
    shutil.rmtree(root)
    return file


def bundle(directory: Path) -> Path:
    """A bundle of two images that share their root, a host program and a set of packages; every byte of it fits."""
    blobs, work = directory / "bundle" / "blobs" / "sha256", directory / "work"
    work.mkdir()
    root = image.layer(blobs, image.files_tar({"var/lib/dpkg/status": (STATUS.encode(), 0o644)}))
    script = image.layer(blobs, image.files_tar({"launch.sh": (b"#!/bin/sh\n", 0o755)}))
    program = image.layer(blobs, image.files_tar({"usr/bin/tool": (GO, 0o755)}))
    (work / "tool").write_bytes(GO)
    debs = image.artifact(blobs, {"tool_2.0-1_all.deb": deb(work)})
    made = [
        _item(DEBS, "artifact", blobs, debs),
        _item(HOST, "artifact", blobs, image.artifact(blobs, {"tool": work / "tool"})),
        _item(PLAIN, "image", blobs, image.image(blobs, [root, script], Command())),
        _item(ROOT, "image", blobs, image.image(blobs, [root, program], Command())),
    ]
    for name, text in layout.texts(blobs.parents[1], made, "go1.26.8").items():
        (blobs.parents[1] / name).write_bytes(text)
    return blobs.parents[1]


def _item(name: str, kind: str, blobs: Path, manifest: image.Blob) -> Item:
    digest = f"sha256:{manifest.sha256}"
    files = items._titles(blobs, manifest)
    return Item(name=name, kind=kind, digest=digest, size=1, origin="made by a test", files=files)
