"""Caches that belong to one test, and items small enough to be built in every one."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from bundle.builder import assemble, build
from bundle.gomodule import build as compile_module
from bundle.image import Command
from bundle.lock import Lock
from bundle.programs import REGISTRY
from bundle.recipe import Artifact, Image, Recipe, Text
from bundle.recipes import RECIPES

ONE, TWO, HOST = "registry.test/one:1", "registry.test/two:1", "host/registry:1"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and an empty state beside it."""
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("APPLIANCE_STATE", str(tmp_path / "state"))
    return tmp_path / "cache"


@pytest.fixture
def recipes() -> Iterator[dict[str, Recipe]]:
    """Three recipes that need no compiler and no network, instead of the real ones."""
    table = cast("dict[str, Recipe]", RECIPES)
    real = dict(table)
    table.clear()
    for name in (ONE, TWO):
        command = Command(entrypoint=("/greeting",))
        files = {"greeting": Text(text=f"hello from {name}\n")}
        table[name] = Image(files=files, command=command, origin="text")
    table[HOST] = Artifact(files={"registry": Text(text="not a program")}, origin="text")
    yield table
    table.clear()
    table.update(real)


@pytest.fixture
def no_lock(tmp_path: Path) -> Lock:
    """A lock that has nothing."""
    return Lock(path=tmp_path / "lock.json", go="", items={})


@pytest.fixture
def bundle(cache: Path, recipes: dict[str, Recipe], no_lock: Lock) -> Path:
    """The directory of a small bundle."""
    assert cache.name == "cache"
    return assemble(build(recipes, no_lock), "go0")


@pytest.fixture(scope="session")
def registry_program() -> Path:
    """The real registry, from the cache that all runs share."""
    return compile_module(REGISTRY)["registry"]


@pytest.fixture
def registry(registry_program: Path, tmp_path: Path) -> Iterator[int]:
    """A writable registry on the loopback interface; gives its port."""
    port = free_port()
    settings = tmp_path / "registry.yaml"
    settings.write_text(
        f'{{version: 0.1, http: {{addr: "127.0.0.1:{port}", relativeurls: true}}, '
        f"storage: {{filesystem: {{rootdirectory: {tmp_path}/storage}}}}}}"
    )
    with (tmp_path / "registry.log").open("w") as log:
        process = subprocess.Popen(
            [str(registry_program), "serve", str(settings)],
            stdout=log,
            stderr=log,
            env={"OTEL_TRACES_EXPORTER": "none"},
        )
    try:
        await_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_port(port: int, seconds: float = 20) -> None:
    """Returns when something listens on the port."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, f"nothing listens on 127.0.0.1:{port}"
            time.sleep(0.05)
        else:
            return
