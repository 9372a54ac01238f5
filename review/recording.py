"""A monitor that answers like the engine in the first preview of a stack, and remembers what was registered.

Owns the answers: every resource is what it was asked to be, all else is unknown but for stand-ins, and nothing can be
asked. Does not own the program that registers, the stand-ins (stand_ins.py), nor what is done with the graph.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import pulumi
from google.protobuf import empty_pb2, json_format
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import configure, reset_options
from pulumi.runtime.stack import run_in_stack

from review.graph import STACK, Graph, GraphError, Resource

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the wire format's mark of a secret
UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
LATER: Final = "(known after deployment)"
PROJECT: Final = "appliance"
COMMAND: Final = "command:"
Answers = Mapping[str, Mapping[str, str]]


class Recorder(mocks.MockMonitor, mocks.Mocks):
    """The monitor; `registered` are the requests by URN, `outputs` those of the stack."""

    def __init__(self, answers: Answers) -> None:
        super().__init__(self)
        self.answers = answers
        self.registered: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN that the engine would give: the mocks' own leaves out all but the nearest component."""
        above = parent.split("::")[2] if parent else ""
        whole = type_ if above in ("", STACK) else f"{above}${type_}"
        return f"urn:pulumi:{pulumi.get_stack()}::{PROJECT}::{whole}::{name}"

    def RegisterResource(  # noqa: N802 - the monitor's own name
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """What was asked for, with its secrets and unknowns as they came, and the outputs that stand-ins are for."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if urn in self.registered:
            raise GraphError(f"two resources are called {urn}")
        self.registered[urn] = request
        known = Struct()
        known.CopyFrom(request.object)
        known.update(self.answers.get(request.name, {}))
        # Much waits for a command's end by its id, which is chance and says nothing.
        id_ = request.name if request.type.startswith(COMMAND) else ""
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=known)

    def ReadResource(  # noqa: N802 - the monitor's own name
        self, request: resource_pb2.ReadResourceRequest
    ) -> resource_pb2.ReadResourceResponse:
        """What is read is not there yet: nothing is known of it but what it was asked by."""
        urn = self.make_urn(request.parent, request.type, request.name)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=request.properties)

    def RegisterResourceOutputs(  # noqa: N802 - the monitor's own name
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Only the stack's are of use: they are what an operator sees at the end."""
        if request.urn.split("::")[2] == STACK:
            self.outputs = json_format.MessageToDict(request.outputs)
        return empty_pb2.Empty()

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Never asked: the two above answer."""
        raise AssertionError(args.name)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        """A preview without an account can answer nothing."""
        raise GraphError(f"the program calls {args.token}, which needs an account")


def record(program: Callable[[], None], stack: str, answers: Answers) -> Graph:
    """The graph that the program registers in the first preview of the stack. Raises what the program raises.

    `answers` are outputs by the resource's name that stand for what is only known later.
    """
    recorder = Recorder(answers)
    # Not set_mocks: it makes a root of its own, and the stack's outputs would go nowhere.
    told = recorder.GetDeploymentInfo(empty_pb2.Empty())  # type: ignore[no-untyped-call]
    configure(
        mocks.MockSettings(  # type: ignore[no-untyped-call]
            monitor=recorder,
            monitor_features=set(told.supportedFeatures),
            engine=mocks.MockEngine(None),
            project=PROJECT,
            stack=stack,
            dry_run=True,
            organization=None,
            callbacks=None,
        )
    )
    # Not asyncio.run: it leaves a thread without a loop, which Pulumi's next program in it would look for.
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(run_in_stack(program))
    finally:
        loop.close()
        reset_options()
    found = {urn: _resource(urn, recorder.registered[urn]) for urn in sorted(recorder.registered)}
    outputs = {
        name: told
        for name, value in recorder.outputs.items()
        if (told := _plain(value)) != LATER and not _marked(value)
    }
    return Graph(stack=stack, resources=found, outputs=outputs)


def _resource(urn: str, request: resource_pb2.RegisterResourceRequest) -> Resource:
    raw = json_format.MessageToDict(request.object)
    return Resource(
        urn=urn,
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent="" if STACK in request.parent.split("::")[2:3] else request.parent,
        # A provider's reference has its id at the end, which is unknown.
        provider=request.provider.rpartition("::")[0],
        inputs={key: _plain(value) for key, value in sorted(raw.items())},
        secret=tuple(sorted(key for key, value in raw.items() if _marked(value))),
        waits=tuple(sorted(request.dependencies)),
        protected=request.protect,
        retained=request.retainOnDelete,
        ignored=tuple(sorted(request.ignoreChanges)),
    )


def _plain(value: object) -> object:
    """A value of the wire without the marks of secrets, and with unknowns in words."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return _plain(value.get("value"))
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return LATER if value == UNKNOWN else value


def _marked(value: object) -> bool:
    """Whether a secret's mark stands anywhere in a value of the wire."""
    if isinstance(value, dict):
        return value.get(SIGNATURE) == SECRET or any(_marked(each) for each in value.values())
    return isinstance(value, list) and any(_marked(each) for each in value)
