"""Pulumi mocks that remember what was registered: parents, dependencies and secrets included."""

import gc
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
from google.protobuf import json_format
from pulumi.runtime import mocks
from pulumi.runtime.settings import reset_options

from operate.checks import NEEDS_MORE

# As in __main__.py: looking for cycles among a graph's many small objects takes a seventh of the tests' time.
gc.set_threshold(100_000, 50, 100)

SECRET_MARK = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the wire format's mark of a secret


class Recorded:
    """One registration: the request as the engine would get it, and its inputs with secrets unwrapped."""

    def __init__(self, request: Any) -> None:
        self.request = request
        self.type: str = request.type
        self.raw: dict[str, Any] = json_format.MessageToDict(request.object)
        self.inputs: dict[str, Any] = reveal(self.raw)

    @property
    def parent(self) -> str:
        return str(self.request.parent.rpartition("::")[2])

    @property
    def depends_on(self) -> set[str]:
        """Names of the resources that this one waits for."""
        return {urn.rpartition("::")[2] for urn in self.request.dependencies}

    def is_secret(self, name: str) -> bool:
        """Whether the input, or something inside it, goes to the engine as a secret."""
        return SECRET_MARK in str(self.raw.get(name))


def reveal(value: Any) -> Any:
    if isinstance(value, dict):
        if SECRET_MARK in value:
            return reveal(value.get("value"))
        return {key: reveal(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [reveal(inner) for inner in value]
    return value


class Engine(mocks.MockMonitor, mocks.Mocks):
    """The mock monitor; `outputs` gives a resource's outputs by its name, on top of its inputs.

    `read` has the parent of each resource that is only read, by its name.
    """

    def __init__(self) -> None:
        super().__init__(self)
        self.recorded: dict[str, Recorded] = {}
        self.read: dict[str, str] = {}
        self.outputs: dict[str, dict[str, Any]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        given = self.outputs.get(args.name, {})
        return f"{args.name}-id", {"stdout": f"stdout of {args.name}", **args.inputs, **given}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        raise AssertionError(f"the program calls {args.token}; a preview must not need an answer")

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the monitor's own name
        self.recorded[request.name] = Recorded(request)
        return super().RegisterResource(request)

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - the monitor's own name
        self.read[request.name] = request.parent.rpartition("::")[2]
        return super().ReadResource(request)

    def __getitem__(self, name: str) -> Recorded:
        return self.recorded[name]


@pytest.fixture(autouse=True)
def nothing_is_built(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A unit test finds the empty cache of a new machine, and not what lies ready on this one."""
    if not any(request.node.get_closest_marker(marker) for marker in NEEDS_MORE):
        monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path_factory.getbasetemp() / "no-cache"))


@pytest.fixture(autouse=True, scope="session")
def _interrupts_are_heard() -> None:
    """A test run in the background inherits that interrupts are ignored, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """A fresh engine for one test: nothing of one program is seen by the next."""
    recording = Engine()
    mocks.set_mocks(recording, project="appliance", stack="test", monitor=recording)
    yield recording
    reset_options()


@pytest.fixture
def secret() -> pulumi.Output[str]:
    """A secret whose text is easy to find where it must not be."""
    return pulumi.Output.secret("correct horse battery staple")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with `golden/NAME` beside the test; a review of that file is a review of what hosts get."""
    directory = Path(request.path).parent / "golden"

    def compare(name: str, text: str) -> None:
        file = directory / name
        if request.config.getoption("--update-golden"):
            directory.mkdir(exist_ok=True)
            file.write_text(text)
        assert file.read_text() == text, f"{file} differs; pytest --update-golden writes it anew"

    return compare
