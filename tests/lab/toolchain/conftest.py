"""What the contract tests of the command provider stand on: the plugin's binary, its process, an SSH server."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.toolchain.command_plugin import CommandPlugin
from tests.lab.toolchain.ssh_server import SshServer

MODULE = Path(__file__).parents[3] / "lab" / "toolchain" / "modules" / "provider-command"
GO_FLAGS = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version=1.2.1"]


def _cache() -> Path:
    default = (
        Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kubernetes-appliance"
    )
    return Path(os.environ.get("APPLIANCE_CACHE", default))


def _build() -> Path:
    """The plugin built from this checkout, under a key of the module's files."""
    digest = hashlib.sha256()
    for file in sorted([*MODULE.glob("*.go"), *MODULE.glob("go.*")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    binary = (
        _cache()
        / "test"
        / f"provider-command-{digest.hexdigest()[:16]}"
        / "pulumi-resource-command"
    )
    if binary.exists():
        return binary
    if shutil.which("go") is None:
        pytest.skip(
            "APPLIANCE_COMMAND_PLUGIN is not set and there is no go to build the plugin with"
        )
    binary.parent.mkdir(parents=True, exist_ok=True)
    part = binary.with_suffix(f".{os.getpid()}")
    environment = {
        "GOCACHE": str(_cache() / "go-build"),
        **os.environ,
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly",
        "GOTOOLCHAIN": "local",
    }
    subprocess.run(
        ["go", "build", *GO_FLAGS, "-o", part, "."], cwd=MODULE, env=environment, check=True
    )
    part.rename(binary)
    return binary


@pytest.fixture(scope="session")
def command_plugin_binary() -> Path:
    """APPLIANCE_COMMAND_PLUGIN (the tool chain's, or an official plugin), else one that is built here."""
    given = os.environ.get("APPLIANCE_COMMAND_PLUGIN")
    return Path(given) if given else _build()


def _start(binary: Path, directory: Path) -> CommandPlugin:
    # Without an agent of whoever runs the tests: it would let in where a test wants to be refused.
    environment = {k: v for k, v in os.environ.items() if k != "SSH_AUTH_SOCK"}
    return CommandPlugin(binary, environment, directory / "stderr")


@pytest.fixture(scope="session")
def _command_plugin(
    command_plugin_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CommandPlugin]:
    plugin = _start(command_plugin_binary, tmp_path_factory.mktemp("plugin"))
    yield plugin
    plugin.close()


@pytest.fixture
def own_plugin(command_plugin_binary: Path, tmp_path: Path) -> Iterator[CommandPlugin]:
    """A plugin process for one test, which may spoil it."""
    plugin = _start(command_plugin_binary, tmp_path)
    yield plugin
    plugin.close()


@pytest.fixture
def plugin(_command_plugin: CommandPlugin) -> CommandPlugin:
    """The one plugin process of the session, its log empty."""
    _command_plugin.log.requests.clear()
    return _command_plugin


@pytest.fixture(scope="session")
def ssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """The host that remote commands reach; its files are this machine's."""
    server = SshServer(tmp_path_factory.mktemp("sshd"))
    server.start()
    yield server
    server.stop()
