"""The controller and the driver to start from, as a stack in EC2 has them, and the graphs that they become."""

from components.cloud.aws_controller import AwsController, AwsControllerArgs
from components.cloud.releases import RELEASES
from components.storage.ebs import Ebs, EbsArgs
from components.storage.ebs_controller import EbsControllerArgs
from components.storage.ebs_node import EbsNodeArgs
from components.storage.storage_class import ClassName
from tests.conftest import Engine

RELEASE = RELEASES["1.35"]
IMAGES = {name: f"mirror.example.com/{name}" for name in RELEASE.volume_images}
PROXY = {"name": "HTTPS_PROXY", "value": "http://proxy.example.com:3128"}

CONTROLLER = AwsControllerArgs(
    image=RELEASE.controller,
    cluster="shop",
    api_host="127.0.0.1",
    api_port=7443,
    environment=[{"name": "HTTPS_PROXY", "value": "http://proxy.example.com:3128"}],
)
DRIVER = EbsArgs(
    controller=EbsControllerArgs(
        release=RELEASE,
        images=IMAGES,
        replicas=2,
        cluster="shop",
        region="eu-central-1",
        tags={"cost-center": "42", "appliance-cluster": "shop"},
        environment=[{"name": "HTTPS_PROXY", "value": "http://proxy.example.com:3128"}],
    ),
    node=EbsNodeArgs(release=RELEASE, images=IMAGES, disks=2),
    class_name=ClassName(name="ebs"),
    kms_key=None,
    policies=True,
)


async def controller(engine: Engine, args: AwsControllerArgs = CONTROLLER) -> Engine:
    for resource in AwsController("cloud", args).ready:
        await resource.urn.future()
    return engine


async def driver(engine: Engine, args: EbsArgs = DRIVER) -> Engine:
    for resource in Ebs("ebs", args).ready:
        await resource.urn.future()
    return engine
