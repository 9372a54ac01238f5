"""The real plugins with nothing made: between them and the engine stands who answers the few calls that need a cluster.

Owns these calls. Does not own the plugins, which answer everything else, nor what stands for the hosts' answers
(review/stand_ins.py).

Of commands it is `Create`: the plugin is asked as in a preview, and what it does not know then is told; and `Update`
in a preview, where hosts say what they said before. Of Kubernetes it is `Configure`, by which the plugin writes objects
into files and needs no cluster.
"""

import hashlib
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import json_format
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2

from review.recording import Answers

VARIABLE: Final = "PULUMI_DEBUG_PROVIDERS"
"""By this variable the engine learns of plugins that run already, as NAME:PORT."""
SERVICE: Final = "/pulumirpc.ResourceProvider/"
CREATE: Final = f"{SERVICE}Create"
UPDATE: Final = f"{SERVICE}Update"
CONFIGURE: Final = f"{SERVICE}Configure"
RENDER: Final = "kubernetes:config:renderYamlToDirectory"
UNLIMITED: Final = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
)
Call = Callable[[bytes], bytes]
Answer = Callable[[bytes, Call], bytes]
"""From a call's request, and the way to the plugin, to the response."""


class Between(grpc.GenericRpcHandler):
    """Hands every call on to a plugin, but those in `answered`."""

    def __init__(self, plugin: grpc.Channel, answered: Mapping[str, Answer]) -> None:
        self._plugin = plugin
        self._answered = answered

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """How a call of the engine is answered."""
        method = str(handler_call_details.method)
        plugin: Call = self._plugin.unary_unary(method, _as_it_is, _as_it_is)

        def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
            try:
                own = self._answered.get(method)
                return own(request, plugin) if own else plugin(request)
            except grpc.RpcError as refused:
                # Some calls are newer than the plugin, and the engine wants to hear that from it.
                context.abort(refused.code(), refused.details() or "")
                raise

        return grpc.unary_unary_rpc_method_handler(answer)


def _as_it_is(message: bytes) -> bytes:
    return message


def created(answers: Answers) -> Answer:
    """`Create` of a command that is not run."""

    def create(request: bytes, plugin: Call) -> bytes:
        wanted = provider_pb2.CreateRequest.FromString(request)
        wanted.preview = True
        planned = provider_pb2.CreateResponse.FromString(plugin(wanted.SerializeToString()))
        properties = json_format.MessageToDict(planned.properties)
        made = provider_pb2.CreateResponse(id=identifier(wanted.urn))
        name = wanted.urn.rpartition("::")[2]
        made.properties.update(known(properties, answers.get(name, {})))
        return made.SerializeToString()

    return create


def updated(request: bytes, plugin: Call) -> bytes:
    """`Update` of a command in a preview. Unanswered, the cluster might be another, whose objects nobody compares."""
    wanted = provider_pb2.UpdateRequest.FromString(request)
    assert wanted.preview
    planned = provider_pb2.UpdateResponse.FromString(plugin(request))
    before = json_format.MessageToDict(wanted.olds)
    properties = json_format.MessageToDict(planned.properties)
    made = provider_pb2.UpdateResponse()
    made.properties.update(
        {
            key: before.get(key, value) if _open(value) else value
            for key, value in properties.items()
        }
    )
    return made.SerializeToString()


def configured(rendered: Path) -> Answer:
    """`Configure` for a directory of files in place of a cluster."""

    def configure(request: bytes, plugin: Call) -> bytes:
        wanted = provider_pb2.ConfigureRequest.FromString(request)
        wanted.variables[RENDER] = str(rendered)
        return plugin(wanted.SerializeToString())

    return configure


def identifier(urn: str) -> str:
    """Name and eight hexadecimal digits, as the plugin makes them; the same in every recording."""
    return urn.rpartition("::")[2] + hashlib.sha256(urn.encode()).hexdigest()[:8]


def known(properties: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """Properties with the unknown ones answered, with nothing where no answer is; marks of secrets stay."""
    return {key: _answered(value, answers.get(key, "")) for key, value in properties.items()}


def _answered(value: Any, answer: str) -> Any:
    if not _open(value):
        return value
    return {**value, "value": answer} if isinstance(value, dict) else answer


def _open(value: Any) -> bool:
    """Whether a property is not known yet, secret or not."""
    return (value.get("value") if isinstance(value, dict) else value) == rpc.UNKNOWN


@contextmanager
def between(binary: Path, answered: Mapping[str, Answer]) -> Iterator[int]:
    """The port of a plugin with someone in between, for as long as both are there."""
    with ExitStack() as stack:
        process = stack.enter_context(subprocess.Popen([binary], stdout=subprocess.PIPE, text=True))
        stack.callback(process.terminate)
        assert process.stdout is not None
        port = int(process.stdout.readline())
        plugin = grpc.insecure_channel(f"127.0.0.1:{port}", options=UNLIMITED)
        server = grpc.server(futures.ThreadPoolExecutor(), options=UNLIMITED)
        server.add_generic_rpc_handlers((Between(stack.enter_context(plugin), answered),))
        own = server.add_insecure_port("127.0.0.1:0")
        server.start()
        stack.callback(lambda: server.stop(None).wait())
        yield own


@contextmanager
def nothing_is_made(
    plugins: Mapping[str, Path], answers: Answers, rendered: Path
) -> Iterator[Mapping[str, str]]:
    """The variables by which the engine finds plugins that make nothing; `plugins` has the programs by name."""
    with (
        between(plugins["command"], {CREATE: created(answers)}) as command,
        between(plugins["kubernetes"], {CONFIGURE: configured(rendered)}) as kubernetes,
    ):
        yield {VARIABLE: f"command:{command},kubernetes:{kubernetes}"}


@contextmanager
def as_before(plugins: Mapping[str, Path]) -> Iterator[Mapping[str, str]]:
    """The variable by which the engine finds a plugin for a preview in which hosts say what they said."""
    with between(plugins["command"], {UPDATE: updated}) as command:
        yield {VARIABLE: f"command:{command}"}
