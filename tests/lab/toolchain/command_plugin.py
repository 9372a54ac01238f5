"""The command plugin as the engine sees it: a process with a gRPC interface. Knows the wire, not what is tested."""

import subprocess
from collections.abc import Mapping, Sequence
from concurrent import futures
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc

UNKNOWN = rpc.UNKNOWN
SECONDS = 30  # of one call: far above what any takes, so that a plugin that hangs fails the test

Values = Mapping[str, Any]


class PluginError(Exception):
    """What the plugin answered instead of a result."""


def secret(value: Any) -> dict[str, Any]:
    return {rpc._special_sig_key: rpc._special_secret_sig, "value": value}


def asset(**fields: str) -> dict[str, Any]:
    """An asset as the engine sends it: path, text or uri, with its hash."""
    return {rpc._special_sig_key: rpc._special_asset_sig, **fields}


def archive(**fields: Any) -> dict[str, Any]:
    """An archive as the engine sends it: path, uri or assets, with its hash."""
    return {rpc._special_sig_key: rpc._special_archive_sig, **fields}


def is_secret(value: Any) -> bool:
    return isinstance(value, dict) and value.get(rpc._special_sig_key) == rpc._special_secret_sig


def reveal(value: Any) -> Any:
    """The value with the secret marks taken off, at every depth."""
    if is_secret(value):
        return reveal(value["value"])
    if isinstance(value, dict):
        return {key: reveal(inner) for key, inner in value.items()}
    return value


def _to_wire(values: Values) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(dict(values))
    return message


def _from_wire(message: struct_pb2.Struct) -> dict[str, Any]:
    return json_format.MessageToDict(message)


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource between two operations: what the engine keeps of it. Inputs and outputs bear secret marks."""

    type: str
    name: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]

    @property
    def urn(self) -> str:
        return f"urn:pulumi:test::contract::{self.type}::{self.name}"


class EngineLog(engine_pb2_grpc.EngineServicer):
    """The one service of the engine that the plugin calls: its log."""

    def __init__(self) -> None:
        self.requests: list[engine_pb2.LogRequest] = []

    def Log(  # noqa: N802 - the service's name for it
        self, request: engine_pb2.LogRequest, _context: Any
    ) -> empty_pb2.Empty:
        self.requests.append(request)
        return empty_pb2.Empty()

    @property
    def lines(self) -> list[str]:
        return [request.message for request in self.requests]

    @property
    def warnings(self) -> list[str]:
        return [r.message for r in self.requests if r.severity == engine_pb2.WARNING]


class CommandPlugin:
    """A running plugin. Every operation checks the inputs first, as the engine does."""

    def __init__(self, binary: Path, environment: Mapping[str, str], stderr: Path) -> None:
        self.log = EngineLog()
        self._engine = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
        engine_pb2_grpc.add_EngineServicer_to_server(self.log, self._engine)
        engine_port = self._engine.add_insecure_port("127.0.0.1:0")
        self._engine.start()
        with stderr.open("w") as file:
            self._process = subprocess.Popen(
                [binary, f"127.0.0.1:{engine_port}"],
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
                env=dict(environment),
            )
        assert self._process.stdout is not None
        with self._process.stdout as stdout:
            port = int(stdout.readline())
        # An error travels in the trailer, with all that a command wrote; the engine's limit is 16 MB too.
        options = [
            ("grpc.max_metadata_size", 16 << 20),
            ("grpc.absolute_max_metadata_size", 16 << 20),
        ]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=options)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self.call(
            "Configure",
            provider_pb2.ConfigureRequest(
                acceptSecrets=True, sends_old_inputs=True, sends_old_inputs_to_delete=True
            ),
        )

    def close(self) -> None:
        self._channel.close()
        self._process.terminate()
        self._process.wait(timeout=SECONDS)
        self._engine.stop(grace=None)

    def call(self, method: str, request: Any) -> Any:
        """One call of the interface; what the plugin refuses is a PluginError."""
        try:
            return getattr(self._stub, method)(request, timeout=SECONDS)
        except grpc.RpcError as error:
            raise PluginError(error.details()) from None

    def check(self, kind: str, inputs: Values) -> tuple[dict[str, Any], list[str]]:
        """The inputs as the plugin wants them, and what is wrong with them as `property: reason`."""
        request = provider_pb2.CheckRequest(
            urn=f"urn:pulumi:test::contract::{kind}::step", news=_to_wire(inputs)
        )
        answer = self.call("Check", request)
        return _from_wire(answer.inputs), [f"{f.property}: {f.reason}" for f in answer.failures]

    def create(
        self, kind: str, inputs: Values, *, name: str = "step", preview: bool = False
    ) -> Resource:
        checked = self._checked(kind, inputs)
        new = Resource(type=kind, name=name, id="", inputs=checked, outputs={})
        request = provider_pb2.CreateRequest(
            urn=new.urn, name=name, type=kind, properties=_to_wire(checked), preview=preview
        )
        answer = self.call("Create", request)
        outputs = _from_wire(answer.properties)
        return Resource(type=kind, name=name, id=answer.id, inputs=checked, outputs=outputs)

    def update(self, old: Resource, inputs: Values, *, preview: bool = False) -> Resource:
        checked = self._checked(old.type, inputs)
        request = provider_pb2.UpdateRequest(
            id=old.id,
            urn=old.urn,
            olds=_to_wire(old.outputs),
            old_inputs=_to_wire(old.inputs),
            news=_to_wire(checked),
            preview=preview,
        )
        answer = self.call("Update", request)
        outputs = _from_wire(answer.properties)
        return Resource(type=old.type, name=old.name, id=old.id, inputs=checked, outputs=outputs)

    def delete(self, old: Resource) -> None:
        request = provider_pb2.DeleteRequest(
            id=old.id,
            urn=old.urn,
            properties=_to_wire(old.outputs),
            old_inputs=_to_wire(old.inputs),
        )
        self.call("Delete", request)

    def diff(self, old: Resource, inputs: Values) -> provider_pb2.DiffResponse:
        request = provider_pb2.DiffRequest(
            id=old.id,
            urn=old.urn,
            olds=_to_wire(old.outputs),
            old_inputs=_to_wire(old.inputs),
            news=_to_wire(self._checked(old.type, inputs)),
        )
        answer: provider_pb2.DiffResponse = self.call("Diff", request)
        return answer

    def invoke(self, function: str, arguments: Values) -> dict[str, Any]:
        request = provider_pb2.InvokeRequest(tok=function, args=_to_wire(arguments))
        return _from_wire(getattr(self.call("Invoke", request), "return"))

    def cancel(self) -> None:
        self.call("Cancel", empty_pb2.Empty())

    def _checked(self, kind: str, inputs: Values) -> dict[str, Any]:
        checked, faults = self.check(kind, inputs)
        if faults:
            raise PluginError("; ".join(faults))
        return checked


def changed(inputs: Values, *dropped: str, **new: Any) -> dict[str, Any]:
    """The inputs with some dropped and some set anew."""
    return {**{key: value for key, value in inputs.items() if key not in dropped}, **new}


def paths(diff: provider_pb2.DiffResponse) -> Sequence[str]:
    """The property paths that a diff names."""
    return sorted(diff.detailedDiff)
