"""Debian root file systems and package sets, from the package sources that this machine is set up with.

Owns making them so that equal packages give equal bytes. Does not own which packages are wanted (recipes), and names no
mirror: what apt on this machine trusts is what is used.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

RELEASE = "bookworm"
SUITES = frozenset({RELEASE, f"{RELEASE}-updates", f"{RELEASE}-security"})
# A date of its own for everything that would write one; any fixed one does.
EPOCH = "1700000000"
# What a build leaves that is not content: clocks, caches, identities, and documentation that no container reads.
LITTER = (
    "etc/apt/sources.list",
    "etc/apt/sources.list.d/*",
    "etc/hostname",
    "etc/machine-id",
    "etc/resolv.conf",
    "var/cache/*",
    "var/lib/apt/*",
    "var/lib/dbus/machine-id",
    "var/log/*",
    "usr/share/doc/*",
    "usr/share/info/*",
    "usr/share/locale/*",
    "usr/share/man/*",
    "tmp/*",
)


class DebianError(Exception):
    """Packages could not be had; the message says what and where to look."""


def sources(directory: Path = Path("/etc/apt"), suite: str = RELEASE) -> str:
    """The one-line form of this machine's sources for RELEASE, component main. Raises DebianError if there is none.

    Another suite is asked for at the same places, which serve all that Debian supports.
    """
    lines = [*_one_line(directory), *_paragraphs(directory)]
    if not lines:
        raise DebianError(
            f"{directory} names no source of Debian {RELEASE} main; add one, as for any package"
        )
    return "".join(f"{_of_suite(line, suite)}\n" for line in lines)


def _of_suite(line: str, suite: str) -> str:
    """The line with the suite in place of RELEASE, the pockets for updates and security included."""
    rest, name, component = line.rsplit(" ", 2)
    return f"{rest} {suite}{name.removeprefix(RELEASE)} {component}"


def _one_line(directory: Path) -> Iterator[str]:
    for file in [
        directory / "sources.list",
        *sorted((directory / "sources.list.d").glob("*.list")),
    ]:
        if not file.is_file():
            continue
        for line in file.read_text().splitlines():
            words = line.partition("#")[0].split()
            if words[:1] != ["deb"]:
                continue
            end = next((i for i, word in enumerate(words) if word.endswith("]")), 0)
            options = " ".join(words[1 : end + 1]) if end else "[]"
            rest = words[end + 1 :]
            if len(rest) > 2 and rest[1] in SUITES and "main" in rest[2:]:  # noqa: PLR2004
                yield f"deb {options if end else ''} {rest[0]} {rest[1]} main".replace("  ", " ")


def _paragraphs(directory: Path) -> Iterator[str]:
    for file in sorted((directory / "sources.list.d").glob("*.sources")):
        text = "\n".join(line for line in file.read_text().splitlines() if not line.startswith("#"))
        for paragraph in text.split("\n\n"):
            fields = {
                key.strip().lower(): value.strip()
                for key, separator, value in (
                    line.partition(":") for line in paragraph.splitlines()
                )
                if separator
            }
            if (
                fields.get("types", "").split()[:1] != ["deb"]
                or "main" not in fields.get("components", "").split()
                or fields.get("enabled", "yes").lower() in {"no", "false"}
            ):
                continue
            key = fields.get("signed-by", "")
            option = f"[signed-by={key}] " if key.startswith("/") else ""
            for uri in fields.get("uris", "").split():
                for suite in fields.get("suites", "").split():
                    if suite in SUITES:
                        yield f"deb {option}{uri} {suite} main"


def root(target: Path, packages: tuple[str, ...], log: Path) -> dict[str, str]:
    """Makes a minimal root with the packages in `target`; gives every installed package and its version."""
    mmdebstrap(target, packages, log)
    installed = versions(target)
    clean(target)
    return installed


def package_set(
    target: Path, base: tuple[str, ...], packages: tuple[str, ...], log: Path
) -> dict[str, str]:
    """Fetches into `target` the .deb files that a minimal root with `base` lacks for `packages`; name → version."""
    with tempfile.TemporaryDirectory() as work:
        fetched = Path(work) / "archives"
        fetched.mkdir()
        install = "apt-get install --download-only --no-install-recommends -y"
        hooks = (
            f'--customize-hook=chroot "$1" apt-get clean && chroot "$1" {install} {" ".join(packages)}',
            f"--customize-hook=copy-out /var/cache/apt/archives {work}",
        )
        mmdebstrap(Path(work) / "root", base, log, hooks)
        found = {}
        for file in sorted(fetched.glob("*.deb")):
            name, version, _ = file.name.split("_", 2)
            found[name] = version.replace("%3a", ":")
            shutil.copyfile(file, target / file.name)
    return found


def mmdebstrap(
    target: Path,
    packages: tuple[str, ...],
    log: Path,
    more: tuple[str, ...] = (),
    suite: str = RELEASE,
) -> None:
    """Makes a root with the packages; `more` are options, which win over the usual ones. Raises DebianError."""
    if shutil.which("mmdebstrap") is None:
        raise DebianError("mmdebstrap is missing; apt-get install mmdebstrap")
    options = ["--mode=root", "--variant=minbase", "--format=directory", *more]
    options += ['--aptopt=Apt::Install-Recommends "false"', "--skip=output/dev"]
    if packages:
        options.append(f"--include={','.join(packages)}")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        done = subprocess.run(
            # In mounts of its own: whatever happens to it, none stays behind on this machine.
            ["unshare", "--mount", "mmdebstrap", *options, suite, str(target), "-"],
            input=sources(suite=suite),
            stdout=output,
            stderr=output,
            text=True,
            check=False,
            env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "LC_ALL": "C.UTF-8"},
        )
    if done.returncode != 0:
        raise DebianError(f"mmdebstrap failed; see {log}")


def versions(root_directory: Path) -> dict[str, str]:
    """Every package that is installed in a root, and its version."""
    printed = subprocess.run(
        [
            "dpkg-query",
            f"--admindir={root_directory}/var/lib/dpkg",
            "-W",
            "-f",
            "${Package} ${Version}\n",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return dict(line.split(" ", 1) for line in printed.splitlines())


def clean(root_directory: Path, patterns: tuple[str, ...] = LITTER) -> None:
    """Removes what matches the patterns, and Python's own caches."""
    found = [path for pattern in patterns for path in root_directory.glob(pattern)]
    found += root_directory.rglob("__pycache__")
    for path in found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
