import json
from typing import Any

import pulumi
import pytest
from google.protobuf import json_format

from components.application.admission import Rules
from components.application.application import Application, ApplicationArgs
from components.application.functions import OBJECT_STORE
from components.application.options import Given
from components.application.release import Release
from components.application.sources import Secrets
from components.application.template.late import Source
from components.field_manager import under_one_name
from components.isolation.namespace import NamespaceArgs
from tests.components.application.made import HEAD, NAMESPACE, reading, release
from tests.components.application.test_commands import AUTHORITY
from tests.conftest import Engine

ORDER = Rules(cluster_wide=("CustomResourceDefinition", "ValidatingWebhookConfiguration"))
SEED = "5eed" * 16


def secrets(options: str = '{"p": "pass word"}') -> Secrets:
    return Secrets(
        seed=pulumi.Output.secret(SEED),
        ca_certificate=pulumi.Output.secret(AUTHORITY.certificate_pem),
        ca_key=pulumi.Output.secret(AUTHORITY.key_pem),
        options=pulumi.Output.secret(options),
    )


async def applied(made: Release, **changes: Any) -> Application:
    """Registers a release and waits until all of it is."""
    store = {Source(kind=kind): pulumi.Output.secret(f"the {kind}") for kind in OBJECT_STORE}
    ingress = {
        Source(kind="IngressAddress", arguments=("web", "80")): pulumi.Output.from_input("a")
    }
    given: dict[str, Any] = {
        "release": made,
        "walls": NamespaceArgs(name=NAMESPACE, level="baseline", policies=True, keep=True),
        "secrets": secrets(),
        "control_planes": pulumi.Output.from_input('[{"name": "n1"}]'),
        "appliance": {**store, **ingress},
    }
    application = Application("application", ApplicationArgs(**{**given, **changes}))
    for resource in application.ready:
        await resource.urn.future()
    return application


def named(engine: Engine, kind: str, name: str) -> Any:
    return engine[f"application/{kind}/{NAMESPACE}/{name}"]


def before(engine: Engine, kind: str, name: str) -> set[str]:
    """What an object waits for among the release's own, as Kind/name."""
    found = named(engine, kind, name).depends_on
    own = {each.removeprefix("application/") for each in found if "/" in each}
    return {each.replace(f"/{NAMESPACE}", "") for each in own}


@pulumi.runtime.test
async def test_objects_are_typed_resources_of_the_component_in_the_applications_namespace(
    engine: Engine,
) -> None:
    await applied(release("templates"))
    web = named(engine, "Deployment", "web")
    assert web.type == "kubernetes:apps/v1:Deployment"
    assert web.parent == "application"
    assert web.inputs["metadata"]["namespace"] == NAMESPACE
    assert web.inputs["spec"]["replicas"] == 3
    assert engine["application-walls-namespace"].inputs["metadata"]["name"] == NAMESPACE


@pulumi.runtime.test
async def test_each_step_waits_for_the_one_before(engine: Engine) -> None:
    await applied(release("order", rules=ORDER))
    definition = "CustomResourceDefinition/orders.example.com"
    settings = {"ServiceAccount/order", "PersistentVolumeClaim/shared"}
    assert before(engine, "Service", "order") == {definition}
    assert before(engine, "ServiceAccount", "order") == {"Service/order"}
    assert before(engine, "StatefulSet", "order") == settings
    assert before(engine, "PodDisruptionBudget", "order") == {"StatefulSet/order"}
    assert before(engine, "Order", "first") == {"StatefulSet/order", definition}
    last = {"PodDisruptionBudget/order", "Order/first"}
    assert before(engine, "Ingress", "order") == last
    hook = engine["application/ValidatingWebhookConfiguration/order"].depends_on
    assert f"application/Ingress/{NAMESPACE}/order" in hook


@pulumi.runtime.test
async def test_nothing_is_made_before_its_namespace_and_the_walls(engine: Engine) -> None:
    await applied(release("templates"), pull_secret=pulumi.Output.secret("{}"))
    ground = {
        "application-walls-namespace",
        "application-walls-default-deny",
        "application-pull",
    }
    assert ground <= named(engine, "Deployment", "web").depends_on
    assert engine["application-pull"].inputs["metadata"]["name"] == "replicatedregistrykey"
    assert engine["application-pull"].is_secret("stringData")


@pulumi.runtime.test
async def test_everything_waits_until_the_cluster_is_known_to_be_what_the_release_asks_for(
    engine: Engine,
) -> None:
    made = reading(
        f"{HEAD}kubernetes: {{requirements: {{total_memory: 8GB}}}}\n---\n"
        "# kind: scheduler-kubernetes\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    ).release
    assert made is not None
    await applied(made)
    assert "application-preflight" in named(engine, "ConfigMap", "a").depends_on
    document = json.loads(engine["application-preflight"].inputs["stdin"])
    assert document["requirements"]["total_memory"] == "8GB"
    assert document["controlPlanes"] == [{"name": "n1"}]


@pulumi.runtime.test
async def test_waiting_for_a_service_never_gates_its_own_pods(engine: Engine) -> None:
    await applied(release("order", rules=ORDER))
    service = named(engine, "Service", "order")
    assert service.inputs["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    assert not any("StatefulSet" in each for each in service.depends_on)


@pulumi.runtime.test
async def test_an_ingress_is_waited_for_only_where_something_serves_it(engine: Engine) -> None:
    await applied(release("late"))
    assert "annotations" not in named(engine, "Ingress", "web").inputs["metadata"]


@pulumi.runtime.test
async def test_an_ingress_without_a_controller_is_not_waited_for(engine: Engine) -> None:
    await applied(release("late"), served=False)
    assert (
        "pulumi.com/skipAwait" in named(engine, "Ingress", "web").inputs["metadata"]["annotations"]
    )


@pulumi.runtime.test
async def test_claims_and_the_namespace_stay_when_they_leave_the_program_and_nothing_else_does(
    engine: Engine,
) -> None:
    await applied(release("order", rules=ORDER))
    kept = {name for name, each in engine.recorded.items() if each.request.retainOnDelete}
    assert kept == {
        "application-walls-namespace",
        f"application/PersistentVolumeClaim/{NAMESPACE}/shared",
    }


@pulumi.runtime.test
async def test_a_live_claim_keeps_its_class_whatever_a_release_or_a_rewrite_says(
    engine: Engine,
) -> None:
    await applied(release("order", rules=ORDER))
    ignored = {
        name: list(each.request.ignoreChanges)
        for name, each in engine.recorded.items()
        if each.request.ignoreChanges
    }
    assert ignored == {
        f"application/PersistentVolumeClaim/{NAMESPACE}/shared": [
            "spec.storageClassName",
            'metadata.annotations["volume.beta.kubernetes.io/storage-class"]',
        ]
    }


@pulumi.runtime.test
async def test_late_values_become_outputs_at_the_leaves(engine: Engine) -> None:
    web = f"application/Service/{NAMESPACE}/web"
    engine.outputs[web] = {"spec": {"clusterIP": "10.96.0.9"}}
    await applied(release("late"))
    late = named(engine, "ConfigMap", "late")
    assert late.inputs["data"] == {
        "address": "10.96.0.9:80",
        "settings.ini": "[web]\nurl = http://10.96.0.9:80/gold\n",
    }
    assert web in late.depends_on
    assert not late.is_secret("data")
    store = named(engine, "Secret", "s3")
    assert store.inputs["data"] == {"key": "dGhlIE9iamVjdFN0b3JlU2VjcmV0S2V5"}
    assert store.is_secret("data")


@pulumi.runtime.test
async def test_a_service_without_an_address_is_known_by_its_name(engine: Engine) -> None:
    await applied(release("late"))
    address = named(engine, "ConfigMap", "late").inputs["data"]["address"]
    assert address == f"web.{NAMESPACE}.svc:80"


@pulumi.runtime.test
async def test_results_of_commands_are_secret_and_the_same_for_the_same_seed(
    engine: Engine,
) -> None:
    await applied(release("commands"))
    made = named(engine, "Secret", "made")
    assert made.is_secret("stringData")
    assert made.is_secret("data")
    text = made.inputs["stringData"]["password"]
    assert len(text) == 40
    assert made.inputs["stringData"]["url"] == f"db://user:{text}@db/"


@pulumi.runtime.test
async def test_no_secret_goes_to_the_engine_in_clear(engine: Engine) -> None:
    made = reading(
        f"{HEAD}config: [{{name: g, items: [{{name: p, type: password}}]}}]\n---\n"
        "# kind: scheduler-kubernetes\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
        "data: {p: 'x {{repl ConfigOption `p`}} y'}\n",
        Given(secrets=frozenset({"p"})),
    ).release
    assert made is not None
    await applied(made)
    assert named(engine, "ConfigMap", "a").is_secret("data")
    plain = [
        name
        for name, each in engine.recorded.items()
        if "pass word" in str(json_format.MessageToDict(each.request.object))
        and not each.is_secret("data")
    ]
    assert plain == []


@pulumi.runtime.test
async def test_transformations_of_the_component_see_every_object(engine: Engine) -> None:
    seen: list[str] = []

    def see(resource: pulumi.ResourceTransformationArgs) -> None:
        seen.append(resource.name)

    options = pulumi.ResourceOptions(transformations=[see, under_one_name])
    made = release("templates")
    walls = NamespaceArgs(name=NAMESPACE, level="baseline", policies=True, keep=True)
    args = ApplicationArgs(
        release=made,
        walls=walls,
        secrets=secrets(),
        control_planes=pulumi.Output.from_input("[]"),
    )
    for resource in Application("application", args, options).ready:
        await resource.urn.future()
    assert {f"application/{one}" for one in made.objects} <= set(seen)
    web = named(engine, "Deployment", "web").inputs["metadata"]["annotations"]
    assert web["pulumi.com/patchFieldManager"] == "kubernetes-appliance"


@pulumi.runtime.test
async def test_a_value_that_nobody_gives_is_refused(engine: Engine) -> None:  # noqa: ARG001
    with pytest.raises(ValueError, match="nothing gives ObjectStoreSecretKey"):
        await applied(release("late"), appliance={})
