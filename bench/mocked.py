"""`python -m bench.mocked NUMBER`: what the rewrites cost within a preview of that many objects, under Pulumi's mocks.

Owns the program that registers them. Prints JSON: processor seconds of all, and of the rewrites alone. Does not own
what it means.
"""

import asyncio
import json
import sys
import time
from typing import Any

import pulumi
from pulumi.runtime import mocks

from bench.manifests import manifests
from components.application.rewrites.composition import RewriteSettings
from components.application.rewrites.images import ImageSettings
from components.application.rewrites.report import Report
from components.application.rewrites.storage_class import StorageClassSettings
from components.application.rewrites.transformation import transformation
from components.manifest.manifest import resource
from components.manifest.objects import KubernetesObject, read

SETTINGS = RewriteSettings(
    images=ImageSettings(registry="10.100.100.101:9874", closed=True),
    storage_class=StorageClassSettings(name="default"),
    autoscaled=frozenset(),
)


class Answers(mocks.Mocks):
    """Every resource is what it was asked to be."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """The inputs as outputs."""
        return args.name, dict(args.inputs)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], None]:
        """Nothing is asked."""
        raise AssertionError(args.token)


class Timed:
    """The transformation, with the processor time of this thread that it took."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._rewrite = transformation(SETTINGS, Report())

    def __call__(
        self, given: pulumi.ResourceTransformationArgs
    ) -> pulumi.ResourceTransformationResult | None:
        """Rewrite, and take the time. Wall time would count whatever else the machine does."""
        began = time.thread_time()
        result = self._rewrite(given)
        self.seconds += time.thread_time() - began
        return result


def registered(objects: tuple[KubernetesObject, ...]) -> dict[str, float]:
    """Seconds from the first constructor to the last registration, and those of the rewrites among them."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    mocks.set_mocks(Answers(), preview=True)
    timed = Timed()

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    async def program() -> None:
        opts = pulumi.ResourceOptions(transformations=[timed])
        parent = pulumi.ComponentResource("bench:index:Application", "app", None, opts)
        child = pulumi.ResourceOptions(parent=parent)
        made = [resource(str(one), one, child) for one in objects]
        for each in made:
            await each.urn.future()

    began = time.process_time()
    program()
    return {"whole": time.process_time() - began, "rewrites": timed.seconds}


if __name__ == "__main__":
    found = read("".join(manifests(int(sys.argv[1]))), "bench", "bench")
    assert not found.faults, [str(fault) for fault in found.faults]  # noqa: S101
    # One round that is not counted: classes are imported when they are first used.
    registered(found.objects[:24])
    print(json.dumps(registered(found.objects)))
