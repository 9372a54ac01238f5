"""The images that travel with a vendor's release to a cluster without internet.

Owns holding the release against the application's lock, and the delivery's arguments. Does not own the bundle, nor the
push (components/application/delivery.py).
"""

from collections.abc import Iterator, Sequence

from bundle import lock
from components.application.delivery import DeliveryArgs
from components.application.image_needs import ImageNeed, image_needs
from components.application.release import Release
from stacks.config import Configuration
from stacks.ground import Ground
from stacks.replicated import registry
from stacks.rewrites import images
from stacks.secrets import Secrets, derive


def faults(configuration: Configuration, release: Release) -> Iterator[str]:
    """The images that would be missing in the cluster, as `key: sentence`; nothing where there is internet."""
    if not configuration.bundled:
        return
    if not registry(configuration):
        yield (
            "replicated.install: must be true; without internet the application's images come from the registry in "
            "the daemon's pod"
        )
        return
    file = configuration.release.lock_path
    if file is None:
        yield (
            "release.lock: missing; without internet the release's images travel with it, and make release-bundle "
            "writes the lock that names them"
        )
        return
    if not file.is_file():
        yield f"release.lock: {file}: there is no such file; make release-bundle writes it"
        return
    locked = lock.read(file)
    for need in needs(configuration, release):
        if need.name not in locked.items:
            yield (
                f"release.lock: {file} lacks {need.reference}, which {need.one} runs ({need.one.place}); make "
                "release-bundle locks all images of a release"
            )


def needs(configuration: Configuration, release: Release) -> Sequence[ImageNeed]:
    """The images that must be in the daemon's registry."""
    settings = images(configuration)
    if settings is None:
        return ()
    return image_needs(release.objects, release.stand_ins, settings)


def delivery(configuration: Configuration, secrets: Secrets, ground: Ground) -> DeliveryArgs | None:
    """What is moved where, once the ground is there; None where there is internet."""
    file = configuration.release.lock_path
    if not configuration.bundled or file is None:
        return None
    locked = lock.read(file)
    through = next(machine for machine in ground.machines if machine.is_control_plane)
    return DeliveryArgs(
        machine=through,
        registry=registry(configuration),
        lock=str(file),
        content=locked.content(locked.items),
        authority=secrets.ca_certificate,
        password=derive(secrets.root, "replicated/registry"),
        after=ground.ready,
    )
