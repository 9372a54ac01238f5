import json
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from google.protobuf import json_format

from components.manifest.manifest import Manifest, ManifestArgs
from components.manifest.objects import read
from tests.components.manifest.test_order import OPERATOR
from tests.conftest import Engine

# Names that Python's types translate where they are fields, and must leave alone where they are keys of a map.
TRAPS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: traps, namespace: op, labels: {api_version: a, apiVersion: b}, annotations: {string_data: c}}
data: {api_version: a, match_labels: b, matchLabels: c, binary_data: d}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: odds.example.com}
spec:
  group: example.com
  scope: Cluster
  names: {kind: Odd, plural: odds}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        x-kubernetes-preserve-unknown-fields: true
        properties:
          api_version: {type: string, default: x}
          any_of: {anyOf: [{type: string}, {type: integer}], x-kubernetes-int-or-string: true}
          additional_properties: {type: object, additionalProperties: {type: string, maxLength: 3}}
---
apiVersion: example.com/v1
kind: Odd
metadata: {name: odd}
spec: {api_version: 1, apiVersion: [2]}
at_top: {aB: 1, a_b: 2}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: traps, namespace: op}
spec:
  selector: {matchLabels: {host_network: a}}
  template:
    metadata: {labels: {host_network: a}}
    spec:
      hostNetwork: true
      nodeSelector: {host_network: a, hostNetwork: b}
      containers:
      - {name: a, image: a, ports: [{containerPort: 80, hostIP: 127.0.0.1}], resources: {limits: {cpu: 1, memory: 1Gi}}}
"""


async def applied(text: str) -> Manifest:
    """Registers the objects of a file and waits until all are known."""
    reading = read(text, "f")
    assert reading.faults == ()
    manifest = Manifest("set", ManifestArgs(objects=reading.objects))
    for made in manifest.resources.values():
        await made.id.future()
    return manifest


def wire(engine: Engine, name: str) -> Any:
    """What the engine gets for a resource: exactly, secrets and all."""
    return json_format.MessageToDict(engine[name].request.object)


@pulumi.runtime.test
async def test_every_object_is_one_resource_named_by_what_it_is_and_not_by_its_version(
    engine: Engine,
) -> None:
    await applied(OPERATOR)
    made = {name for name in engine.recorded if name.startswith("set/")}
    assert made == {f"set/{one}" for one in read(OPERATOR, "f").objects}
    assert {"set/Namespace/op", "set/Deployment/op/operator", "set/Thing/op/one"} <= made


@pulumi.runtime.test
async def test_what_the_engine_gets_is_what_the_file_says(engine: Engine) -> None:
    reading = read(TRAPS, "f")
    await applied(TRAPS)
    for one in reading.objects:
        sent = json.loads(json.dumps(wire(engine, f"set/{one}")), parse_int=float)
        assert sent == json.loads(json.dumps(one.body), parse_int=float), str(one)


@pulumi.runtime.test
async def test_built_in_kinds_have_their_class_and_the_rest_their_own_type(engine: Engine) -> None:
    manifest = await applied(OPERATOR)
    (deployment, _) = manifest.of_kind("apps", "Deployment")
    assert isinstance(deployment, kubernetes.apps.v1.Deployment)
    assert engine["set/Deployment/op/operator"].type == "kubernetes:apps/v1:Deployment"
    assert engine["set/Thing/op/one"].type == "kubernetes:example.com/v1:Thing"
    versions = {
        recorded.request.version for name, recorded in engine.recorded.items() if "/" in name
    }
    assert versions == {"4.25.0"}


@pulumi.runtime.test
async def test_a_version_that_the_classes_do_not_know_yet_is_applied_as_it_is(
    engine: Engine,
) -> None:
    text = "{apiVersion: resource.k8s.io/v9, kind: DeviceClass, metadata: {name: a}, new: {b_c: 1}}"
    await applied(text)
    recorded = engine["set/DeviceClass/a"]
    assert recorded.type == "kubernetes:resource.k8s.io/v9:DeviceClass"
    assert recorded.inputs["new"] == {"b_c": 1}


@pulumi.runtime.test
async def test_resources_wait_for_what_their_objects_wait_for(engine: Engine) -> None:
    await applied(OPERATOR)
    assert engine["set/Thing/op/one"].depends_on >= {
        *("set/Namespace/op", "set/CustomResourceDefinition/things.example.com"),
        "set/Deployment/op/operator",
    }
    assert engine["set/Namespace/op"].depends_on == set()


@pulumi.runtime.test
async def test_all_go_to_the_cluster_that_the_component_was_given(engine: Engine) -> None:
    provider = kubernetes.Provider("cluster", kubeconfig="{}")
    objects = read(OPERATOR, "f").objects
    manifest = Manifest(
        "set", ManifestArgs(objects=objects), pulumi.ResourceOptions(provider=provider)
    )
    for made in manifest.resources.values():
        await made.id.future()
    for one in objects:
        recorded = engine[f"set/{one}"]
        assert recorded.parent == "set"
        assert "::cluster::" in recorded.request.provider, str(one)


@pulumi.runtime.test
async def test_what_a_secret_holds_is_a_secret_to_the_engine(engine: Engine) -> None:
    await applied("{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: hidden}}")
    assert engine["set/Secret/default/s"].is_secret("stringData")
