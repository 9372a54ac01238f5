import json
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi.runtime import mocks

from components.storage.object_keys import object_keys
from tests.conftest import Engine

BOTH = {"one": "AccessKey", "other": "SecretKey"}
SIDES = pulumi.Output[str].from_input


@pulumi.runtime.test
async def test_both_keys_are_asked_for_when_the_user_is_made_and_stay_secret(
    engine: Engine,
) -> None:
    user = kubernetes.core.v1.ConfigMap("user", metadata={"name": "user"})
    engine.outputs["keys"] = {"stdout": "YWNjZXNz c2VjcmV0"}
    found = object_keys("keys", BOTH, SIDES("[]"), (user,), pulumi.ResourceOptions())
    given = {asker: await key.future() for asker, key in found.items()}
    assert given == {"one": "access", "other": "secret"}
    assert await found["other"].is_secret()
    asked = engine["keys"]
    assert asked.depends_on >= {"user"}
    assert asked.inputs["create"].split()[-2:] == ["components.storage.steps", "object_keys"]
    told = json.loads(asked.inputs["stdin"])["parameters"]
    assert told == {"OBJECT_SECRET": "rook-ceph-object-user-replicated-replicated"}


@pulumi.runtime.test
async def test_the_keys_are_secret_in_the_state_and_never_logged(engine: Engine) -> None:
    engine.outputs["keys"] = {"stdout": "YWNjZXNz c2VjcmV0"}
    await object_keys("keys", BOTH, SIDES("[]"), (), pulumi.ResourceOptions())["one"].future()
    asked = engine["keys"]
    assert "stdout" in asked.request.additionalSecretOutputs
    assert asked.inputs["logging"] == "stderr"


@pulumi.runtime.test
async def test_a_preview_asks_no_cluster_for_them() -> None:
    asked: list[str] = []

    class Preview(Engine):
        """Nothing is made yet, so nothing has an id."""

        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
            asked.append(str(args.resource_id or ""))
            return None, dict(args.inputs)

    engine = Preview()
    mocks.set_mocks(engine, project="appliance", stack="test", preview=True, monitor=engine)
    found = object_keys("keys", BOTH, SIDES("[]"), (), pulumi.ResourceOptions())["one"]
    assert await found.is_secret()
    assert not await found.is_known()
    # No resource is read, which would be asked of the API server in every preview.
    assert asked == [""]
