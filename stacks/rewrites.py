"""What is rewritten in a vendor's objects on this stack.

Owns the mapping of configuration keys to the rules' settings. Does not own the rules (components/application/rewrites),
nor the release.
"""

from collections.abc import Iterator

from components.application.release import Release
from components.application.rewrites.composition import RewriteSettings
from components.application.rewrites.images import ImageSettings
from components.application.rewrites.shared_filesystem import SharedFilesystemSettings, volumes
from components.application.rewrites.storage_class import StorageClassSettings
from components.storage import host_path
from stacks import ceph
from stacks.config import Configuration
from stacks.replicated import registry


def settings(configuration: Configuration, namespace: str) -> RewriteSettings:
    """The rules that this stack wants: images only without internet, classes only where storage makes some."""
    return RewriteSettings(
        images=images(configuration) if configuration.bundled else None,
        storage_class=storage_class(configuration, namespace),
        shared_filesystem=shared_filesystem(configuration),
        autoscaled=frozenset(),
        namespace=namespace,
    )


def images(configuration: Configuration) -> ImageSettings | None:
    """From the registry in the daemon's pod; None without a daemon, which is refused."""
    address = registry(configuration)
    return ImageSettings(registry=address, closed=True) if address else None


def storage_class(configuration: Configuration, namespace: str) -> StorageClassSettings | None:
    """The class called default; None where the stack has none and claims keep what the vendor wrote."""
    provider = configuration.storage.default
    if provider is None:
        return None
    name = configuration.storage.class_name(provider)
    shared = shared_class(configuration)
    return StorageClassSettings(name=name, shared=shared, namespace=namespace)


def shared_filesystem(configuration: Configuration) -> SharedFilesystemSettings | None:
    """The class that old flexVolumes become claims of; None where nothing mounts Ceph's shared filesystem."""
    shared = shared_class(configuration)
    return SharedFilesystemSettings(storage_class=shared, image=host_path.SHELL) if shared else None


def shared_class(configuration: Configuration) -> str:
    """The class of claims that pods on several nodes mount; "" where there is none."""
    rook = configuration.storage.rook
    found = ceph.shared_class(configuration, rook) if rook else None
    return found.name if found else ""


def faults(configuration: Configuration, release: Release) -> Iterator[str]:
    """Old flexVolumes that nothing here mounts, as `key: sentence`."""
    if shared_class(configuration):
        return
    for one in release.objects:
        for volume in volumes(one.body):
            yield (
                f"release.file: {one.place}: {one}: the volume {volume} is of Ceph's shared filesystem, which this "
                "stack does not mount; set storage.rook.sharedFilesystem with a version of Rook that has CSI"
            )
