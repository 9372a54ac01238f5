"""Drift guard: names, types, defaults and marks in the plugin's schema are those of the published SDK."""

import inspect
import json
import re
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import pulumi
import pulumi_command
import pytest
from google.protobuf import empty_pb2
from pulumi import _types
from pulumi.runtime.proto import provider_pb2
from pulumi_command import local, remote

from tests.lab.toolchain.command_plugin import CommandPlugin

pytestmark = pytest.mark.toolchain

RESOURCES: dict[str, tuple[type[pulumi.CustomResource], type]] = {
    "command:local:Command": (local.Command, local.CommandArgs),
    "command:remote:Command": (remote.Command, remote.CommandArgs),
    "command:remote:CopyFile": (remote.CopyFile, remote.CopyFileArgs),
    "command:remote:CopyToRemote": (remote.CopyToRemote, remote.CopyToRemoteArgs),
}
OBJECTS: dict[str, type] = {
    "command:remote:Connection": remote.ConnectionArgs,
    "command:remote:ProxyConnection": remote.ProxyConnectionArgs,
}
ENUMS: dict[str, type[Enum]] = {
    "command:local:Logging": local.Logging,
    "command:remote:Logging": remote.Logging,
}
OUTPUT_OBJECTS: dict[str, type] = {
    "command:remote:Connection": remote.outputs.Connection,
    "command:remote:ProxyConnection": remote.outputs.ProxyConnection,
}
PRIMITIVES = {str: "string", bool: "boolean", int: "integer", float: "number"}
each_resource = pytest.mark.parametrize("token", RESOURCES)
each_object = pytest.mark.parametrize("token", OBJECTS)


@pytest.fixture
def schema(plugin: CommandPlugin) -> dict[str, Any]:
    answer = plugin.call("GetSchema", provider_pb2.GetSchemaRequest())
    loaded: dict[str, Any] = json.loads(answer.schema)
    return loaded


def wire_type(hint: Any) -> str:
    """A type of the SDK as `schema_type` writes it."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return "any"
    if origin is Sequence:
        return f"[{wire_type(arguments[0])}]"
    if origin is Mapping:
        return f"{{{wire_type(arguments[1])}}}"
    if origin in (typing.Union, types.UnionType):
        # An input is a union of a value, an awaitable and an output of it. An asset stands for an archive too.
        return wire_type(arguments[0])
    named = {**OBJECTS, **ENUMS}
    for token, sdk_class in named.items():
        if hint is sdk_class or hint is OUTPUT_OBJECTS.get(token):
            return token
    return {pulumi.Asset: "asset", pulumi.Archive: "archive", **PRIMITIVES}[hint]


def schema_type(spec: dict[str, Any]) -> str:
    if "$ref" in spec:
        name = spec["$ref"].removeprefix("#/types/").removeprefix("pulumi.json#/")
        return name.lower() if name in ("Any", "Asset", "Archive") else str(name)
    if spec["type"] == "array":
        return f"[{schema_type(spec['items'])}]"
    if spec["type"] == "object":
        return f"{{{schema_type(spec['additionalProperties'])}}}"
    return str(spec["type"])


def schema_types(properties: dict[str, Any]) -> dict[str, str]:
    return {name: schema_type(spec) for name, spec in properties.items()}


def sdk_types(hints: dict[str, Any]) -> dict[str, str]:
    return {name: wire_type(hint) for name, hint in hints.items()}


def required_inputs(args: type) -> set[str]:
    """The arguments without a default, by their name on the wire."""
    names = _types.input_type_py_to_pulumi_names(args)
    parameters = inspect.signature(args).parameters.values()
    return {names[p.name] for p in parameters if p.default is inspect.Parameter.empty}


def required_outputs(of: type) -> set[str]:
    """The properties whose getter returns no Optional, by their name on the wire."""
    names = _types.resource_py_to_pulumi_names(of)
    getters = {wire: getattr(of, python).fget for python, wire in names.items()}
    return {w for w, g in getters.items() if "Optional[" not in str(g.__annotations__["return"])}


def test_the_package_is_command_at_the_version_of_the_sdk(
    plugin: CommandPlugin, schema: dict[str, Any]
) -> None:
    version = pulumi_command._utilities.get_version()

    assert (schema["name"], schema["version"]) == ("command", version)
    assert plugin.call("GetPluginInfo", empty_pb2.Empty()).version == version


def test_the_schema_has_the_types_of_the_sdk_and_no_more(schema: dict[str, Any]) -> None:
    assert set(schema["resources"]) == set(RESOURCES)
    assert set(schema["types"]) == set(OBJECTS) | set(ENUMS)
    assert set(schema["functions"]) == {"command:local:run"}


@each_resource
def test_inputs_have_the_names_and_types_of_the_sdk(schema: dict[str, Any], token: str) -> None:
    assert schema_types(schema["resources"][token]["inputProperties"]) == sdk_types(
        _types.input_type_types(RESOURCES[token][1])
    )


@each_resource
def test_the_same_inputs_are_required_as_in_the_sdk(schema: dict[str, Any], token: str) -> None:
    assert set(schema["resources"][token].get("requiredInputs", ())) == required_inputs(
        RESOURCES[token][1]
    )


@each_resource
def test_outputs_have_the_names_and_types_of_the_sdk(schema: dict[str, Any], token: str) -> None:
    sdk_class = RESOURCES[token][0]
    spec = schema["resources"][token]

    assert schema_types(spec["properties"]) == sdk_types(_types.resource_types(sdk_class))
    assert set(spec["required"]) == required_outputs(sdk_class)


@each_resource
def test_secrets_and_replacements_are_marked_as_the_sdk_registers_them(
    schema: dict[str, Any], token: str
) -> None:
    source = inspect.getsource(RESOURCES[token][0])
    secrets = re.findall(r"additional_secret_outputs=\[\"(\w+)\"\]", source)
    replaced = re.findall(r"replace_on_changes=\[\"(\w+)\[\*\]\"\]", source)
    inputs = schema["resources"][token]["inputProperties"]

    assert [name for name, spec in inputs.items() if spec.get("secret")] == secrets
    assert [name for name, spec in inputs.items() if spec.get("replaceOnChanges")] == replaced


@each_resource
def test_a_deprecated_resource_is_deprecated(schema: dict[str, Any], token: str) -> None:
    deprecated = "is deprecated" in inspect.getsource(RESOURCES[token][0])

    assert ("deprecationMessage" in schema["resources"][token]) is deprecated


@each_object
def test_a_connection_has_the_fields_of_the_sdk(schema: dict[str, Any], token: str) -> None:
    spec = schema["types"][token]

    assert schema_types(spec["properties"]) == sdk_types(_types.input_type_types(OBJECTS[token]))
    assert set(spec["required"]) == required_inputs(OBJECTS[token])


@each_object
def test_a_connection_has_the_defaults_of_the_sdk(schema: dict[str, Any], token: str) -> None:
    specs = schema["types"][token]["properties"]
    filled = _types.input_type_to_dict(OBJECTS[token](host="h"))

    assert {n: s["default"] for n, s in specs.items() if "default" in s} == {
        name: value for name, value in filled.items() if name != "host"
    }


@each_object
def test_the_credentials_of_a_connection_are_secret(schema: dict[str, Any], token: str) -> None:
    specs = schema["types"][token]["properties"]

    assert {name for name, spec in specs.items() if spec.get("secret")} == {
        "password",
        "privateKey",
        "privateKeyPassword",
    }


@pytest.mark.parametrize("token", ENUMS)
def test_an_enumeration_has_the_values_of_the_sdk(schema: dict[str, Any], token: str) -> None:
    values = {value["value"] for value in schema["types"][token]["enum"]}

    assert values == {member.value for member in ENUMS[token]}


def test_the_function_has_the_arguments_and_results_of_the_sdk(schema: dict[str, Any]) -> None:
    spec = schema["functions"]["command:local:run"]
    outputs = sdk_types(_types.output_type_types(local.RunResult))
    found = {"stdout", "stderr", "assets", "archive"}

    assert schema_types(spec["outputs"]["properties"]) == outputs
    assert schema_types(spec["inputs"]["properties"]) == {
        name: kind for name, kind in outputs.items() if name not in found
    }
    assert spec["inputs"]["required"] == ["command"]
