"""Programs built from pinned Go modules.

Owns the wrapper modules' builds: a committed go.mod and go.sum name every byte that goes in; the checksum database is
asked for everything but the modules that it has no record of. Does not own which programs there are (recipes).
"""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from bundle import go_toolchain
from bundle.cache import cache_dir, digest, entry, scratch

KIND = "go-binaries"
COMPILER_CACHE = "go-build"
"""What the compiler keeps for itself, shared by all modules."""

PATCHED = "patched"
"""The patched copy's directory beside a wrapper's go.mod; the program names it."""


class BuildError(Exception):
    """A build failed; the message names the program and its log."""


@dataclass(frozen=True, kw_only=True)
class Patch:
    """Replacements in a copy of one module: file → (old, new, how often old must stand there)."""

    module: str
    edits: Mapping[str, tuple[tuple[str, str, int], ...]]


@dataclass(frozen=True, kw_only=True)
class GoModule:
    """Programs of one wrapper module.

    `directory` holds go.mod, go.sum and perhaps our own .go files. `binaries` maps file names to package paths.
    `nosumdb` are the modules that the checksum database has no record of: go.sum alone vouches for them. `copies` maps
    file names beside go.mod to "MODULE//PATH", for files that our own package embeds.
    """

    name: str
    directory: Path
    binaries: Mapping[str, str]
    ldflags: str = ""
    cgo: bool = False
    nosumdb: tuple[str, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)
    patch: Patch | None = None

    def key(self) -> str:
        """A digest over everything that goes in, this machine's C compiler included where it is used."""
        return self._digest(c_compiler() if self.cgo else "")

    def inputs(self) -> str:
        """The same without this machine: what a checkout alone says."""
        return self._digest("")

    def _digest(self, compiler: str) -> str:
        # Tests are compiled into nothing; pages are embedded.
        files = [file for file in sorted(self.directory.glob("*.go")) if not is_test(file)]
        files += sorted(self.directory.glob("*.html"))
        files += [self.directory / name for name in ("go.mod", "go.sum")]
        settings = repr((self.binaries, self.ldflags, self.cgo, self.copies, self.patch))
        texts = [file.read_bytes() for file in files]
        return f"{self.name}-{digest(go_toolchain.VERSION, settings, compiler, *texts)}"

    def is_built(self) -> bool:
        """Whether `build` has nothing to do."""
        return (cache_dir() / KIND / self.key()).is_dir()


def is_test(file: Path) -> bool:
    """Whether a file of Go is one of tests."""
    return file.name.endswith("_test.go")


def build(module: GoModule, log_dir: Path | None = None) -> Mapping[str, Path]:
    """The programs of a module by file name. Raises BuildError, with the log's path in the message."""
    logs = log_dir or cache_dir() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    made = entry(KIND, module.key(), lambda directory: _compile(module, directory, logs))
    return {name: made / name for name in module.binaries}


def sources(module: GoModule) -> Mapping[str, Path]:
    """Where the source of every Go module lies that is compiled into the programs: "path@version" → directory.

    What the wrapper replaces is named as it is in the program. Raises BuildError.
    """
    chosen = "{{if and .Replace .Replace.Version}}{{.Replace.Path}}@{{.Replace.Version}}"
    line = f"{{{{with .Module}}}}{chosen}{{{{else}}}}{{{{.Path}}}}@{{{{.Version}}}}{{{{end}}}} {{{{.Dir}}}}{{{{end}}}}"
    logs = cache_dir() / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with scratch() as work, _workshop(module, work / "module", logs) as go:
        printed = go("list", "-deps", "-f", line, *module.binaries.values())
        found = dict(entry.split(" ", 1) for entry in printed.splitlines() if entry)
        for key, directory in found.items():
            # The patched copy goes with the workshop; what it was made of stays.
            if directory == str(work / "module" / PATCHED):
                found[key] = json.loads(go("mod", "download", "-json", key))["Dir"]
    # The wrapper itself has no version: its packages are our own.
    return {key: Path(directory) for key, directory in found.items() if not key.endswith("@")}


def _compile(module: GoModule, directory: Path, logs: Path) -> None:
    work = directory / ".work"
    with compiling(), _workshop(module, work, logs) as go:
        flags = ["-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {module.ldflags}".rstrip()]
        # Programs that are called like their packages in one call: one is linked while others are compiled.
        alike = [path for name, path in module.binaries.items() if path.endswith(f"/{name}")]
        if alike:
            go("build", *flags, "-o", f"{directory}/", *alike)
        for name, package in module.binaries.items():
            if package not in alike:
                go("build", *flags, "-o", str(directory / name), package)
    shutil.rmtree(work)


@contextmanager
def _workshop(module: GoModule, work: Path, logs: Path) -> Iterator[Callable[..., str]]:
    """The go command in a copy of the wrapper, with all that is copied and patched. It raises BuildError."""
    shutil.copytree(module.directory, work)
    environment = _environment(module)
    log = logs / f"{module.name}.log"
    with log.open("w") as output:

        def go(*words: str) -> str:
            done = subprocess.run(
                ["go", *words],
                cwd=work,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                raise BuildError(f"go {words[0]} of {module.name} failed; see {log}")
            return done.stdout

        for name, source in module.copies.items():
            path, _, inner = source.partition("//")
            shutil.copyfile(Path(_module_directory(go, path)) / inner, work / name)
        if module.patch is not None:
            _apply(module.patch, Path(_module_directory(go, module.patch.module)), work / PATCHED)
            go("mod", "edit", "-replace", f"{module.patch.module}=./{PATCHED}")
        yield go


def _environment(module: GoModule) -> dict[str, str]:
    return {
        # The same bytes in three quarters of the time: the compiler collects its own garbage less often, unless it has
        # much of it. Who has little memory says so by the same variables.
        "GOGC": "400",
        "GOMEMLIMIT": "3GiB",
        **go_toolchain.environment(),
        "CGO_ENABLED": str(int(module.cgo)),
        "GOFLAGS": "-mod=readonly",
        "GOCACHE": str(cache_dir() / COMPILER_CACHE),
        "GONOSUMDB": ",".join(module.nosumdb),
        "GOWORK": "off",
    }


def _module_directory(go: Callable[..., str], module: str) -> str:
    go("mod", "download", module)
    return go("list", "-m", "-f", "{{.Dir}}", module).strip()


def _apply(patch: Patch, source: Path, target: Path) -> None:
    """Copies a module and edits it. An edit that does not fit exactly means another version: nothing is built."""
    shutil.copytree(source, target)
    for path in [target, *target.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)
    if not (target / "go.mod").exists():
        (target / "go.mod").write_text(f"module {patch.module}\n")
    for name, edits in patch.edits.items():
        text = (target / name).read_text()
        for old, new, times in edits:
            if text.count(old) != times:
                raise BuildError(
                    f"{patch.module}/{name} holds {old!r} {text.count(old)} times, not {times}"
                )
            text = text.replace(old, new)
        (target / name).write_text(text)


def c_compiler() -> str:
    """The C compiler's name and version; empty without one."""
    if shutil.which("gcc") is None:
        return ""
    done = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0]


@contextmanager
def compiling() -> Iterator[Path]:
    """The compiler's own cache, which stays for the life of the block whatever other processes do."""
    with _compiler_lock() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield cache_dir() / COMPILER_CACHE


def prune() -> int:
    """Drops the compiler's own cache, unless something compiles; the programs stay. Bytes given back."""
    cache = cache_dir() / COMPILER_CACHE
    with _compiler_lock() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        size = sum(file.stat().st_size for file in cache.rglob("*") if file.is_file())
        shutil.rmtree(cache, ignore_errors=True)
        return size


def _compiler_lock() -> IO[str]:
    cache_dir().mkdir(parents=True, exist_ok=True)
    return (cache_dir() / f"{COMPILER_CACHE}.lock").open("w")
