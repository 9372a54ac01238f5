import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from components.field_manager import ANNOTATION, MANAGER, named, under_one_name
from tests.conftest import Engine


class Layer(pulumi.ComponentResource):
    def __init__(self) -> None:
        opts = pulumi.ResourceOptions(transformations=[under_one_name])
        super().__init__("test:Layer", "layer", None, opts)
        self.secret = kubernetes.core.v1.Secret(
            "child",
            metadata={"name": "a", "annotations": {"mine": "kept"}},
            opts=pulumi.ResourceOptions(parent=self),
        )


@pulumi.runtime.test
async def test_every_object_of_a_layer_has_the_same_manager_of_its_fields(engine: Engine) -> None:
    await Layer().secret.id.future()
    annotations = engine["child"].inputs["metadata"]["annotations"]
    assert annotations == {"mine": "kept", ANNOTATION: MANAGER}
    assert engine["child"].inputs["metadata"]["name"] == "a"


def test_metadata_that_would_be_passed_over_is_refused() -> None:
    with pytest.raises(TypeError, match="ObjectMetaArgs"):
        named(kubernetes.meta.v1.ObjectMetaArgs(name="a"))
