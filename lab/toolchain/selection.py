"""Choosing, tool by tool, between the official binary and one built here.

Owns the choice and each tool's place in the directory. Does not own looking for official binaries (`official.py`,
`download.py`) or what is built (`sources.py`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bundle.gomodule import GoModule, build
from lab.toolchain import download, official, sources
from lab.toolchain.tool import Origin, Tool
from lab.toolchain.versions import Versions

PLUGINS: Final = "home/plugins"


def tools(versions: Versions) -> tuple[Tool, ...]:
    """The tools of the chain, in the order in which they are built."""
    program = official.pulumi(versions.pulumi)
    if program is None and download.asked():
        program = download.pulumi(versions.pulumi)
    kubernetes, command = versions.provider_kubernetes, versions.provider_command
    return (
        *engine(versions, program),
        provider("kubernetes", kubernetes, sources.provider_kubernetes(versions), program),
        provider("command", command, sources.provider_command(versions), program),
        kubectl(versions),
    )


def engine(versions: Versions, program: Path | None) -> tuple[Tool, ...]:
    """The engine and the Python language host: official ones, beside `program`, come together or not at all."""
    if program is not None:
        files = {
            f"bin/{name}": program.with_name(name)
            for name in ("pulumi", "pulumi-language-python", "pulumi-language-python-exec")
        }
        return (existing("pulumi engine", versions.pulumi, files),)
    module = sources.language_python()
    host = Tool(
        name="Python language host",
        version=versions.language_python,
        origin=Origin.BUILT,
        identity=module.key(),
        files=lambda: {
            **in_directory("bin", build(module)),
            "bin/pulumi-language-python-exec": sources.language_python_script(),
        },
    )
    return (built("pulumi engine", versions.pulumi, sources.pulumi(versions), "bin"), host)


def provider(name: str, version: str, module: GoModule, program: Path | None = None) -> Tool:
    """A provider plugin, where the engine looks for it: a directory named after its exact version.

    `program` is the official pulumi, which can install official plugins.
    """
    place = f"{PLUGINS}/resource-{name}-v{version}"
    title = f"{name} plugin"
    found = official.provider(name, version)
    if found is None and program is not None and download.asked():
        found = download.provider(name, version, program)
    if found is not None:
        return existing(title, version, {f"{place}/{found.name}": found})
    origin = Origin.STAND_IN if name == "command" else Origin.BUILT
    return built(title, version, module, place, origin)


def kubectl(versions: Versions) -> Tool:
    """The kubectl of the cluster's own release; built, it is the one of the bundle's build."""
    found = official.kubectl(versions.kubectl)
    if found is None and download.asked():
        found = download.kubectl(versions.kubectl)
    if found is not None:
        return existing("kubectl", versions.kubectl, {"bin/kubectl": found})
    module = sources.kubernetes(versions)
    return Tool(
        name="kubectl",
        version=versions.kubectl,
        origin=Origin.BUILT,
        identity=module.key(),
        files=lambda: {"bin/kubectl": build(module)["kubectl"]},
    )


def existing(name: str, version: str, files: Mapping[str, Path]) -> Tool:
    """An official tool that is on this machine."""
    stats = [(path, file.stat()) for path, file in files.items()]
    identity = "".join(f"{path} {stat.st_size} {stat.st_mtime_ns};" for path, stat in stats)
    return Tool(
        name=name,
        version=version,
        origin=Origin.OFFICIAL,
        identity=identity,
        files=lambda: files,
    )


def built(
    name: str, version: str, module: GoModule, place: str, origin: Origin = Origin.BUILT
) -> Tool:
    """A tool that is one Go module's programs."""
    return Tool(
        name=name,
        version=version,
        origin=origin,
        identity=module.key(),
        files=lambda: in_directory(place, build(module)),
    )


def in_directory(place: str, programs: Mapping[str, Path]) -> dict[str, Path]:
    """Programs by their path below the tool chain's directory."""
    return {f"{place}/{name}": program for name, program in programs.items()}
