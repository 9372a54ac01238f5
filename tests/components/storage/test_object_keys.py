from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi.runtime import mocks
from pulumi.runtime.rpc import UNKNOWN

from components.field_manager import under_one_name
from components.storage.object_keys import object_key
from tests.conftest import Engine


@pulumi.runtime.test
async def test_a_key_is_read_out_of_rooks_secret_and_stays_secret(engine: Engine) -> None:
    user = kubernetes.core.v1.ConfigMap("user", metadata={"name": "user"})
    engine.outputs["key"] = {"data": {"AccessKey": "YWNjZXNz", "SecretKey": "c2VjcmV0"}}
    options = pulumi.ResourceOptions(transformations=[under_one_name])
    found = object_key("key", "SecretKey", (user,), options)
    assert await found.future() == "secret"
    assert await found.is_secret()


@pulumi.runtime.test
async def test_before_the_user_is_made_nothing_is_asked_of_the_cluster() -> None:
    asked: list[str] = []

    class Preview(Engine):
        """Nothing is made yet, so nothing has an id."""

        def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
            asked.extend([str(args.resource_id)] * (args.name == "key"))
            return None, dict(args.inputs)

    engine = Preview()
    mocks.set_mocks(engine, project="appliance", stack="test", preview=True, monitor=engine)
    user = kubernetes.core.v1.ConfigMap("user", metadata={"name": "user"})
    found = object_key("key", "SecretKey", (user,), pulumi.ResourceOptions())
    assert await found.is_secret()
    assert not await found.is_known()
    # The engine passes over a read whose id is unknown.
    assert asked == [UNKNOWN]
