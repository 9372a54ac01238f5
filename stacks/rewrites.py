"""What is rewritten in a vendor's objects on this stack.

Owns the mapping of configuration keys to the rules' settings. Does not own the rules (components/application/rewrites),
nor the release.
"""

from components.application.rewrites.composition import RewriteSettings
from components.application.rewrites.images import ImageSettings
from components.application.rewrites.storage_class import StorageClassSettings
from stacks.config import Configuration
from stacks.replicated import registry


def settings(configuration: Configuration, namespace: str) -> RewriteSettings:
    """The rules that this stack wants: images only without internet, classes only where storage makes some."""
    return RewriteSettings(
        images=images(configuration) if configuration.bundled else None,
        storage_class=storage_class(configuration, namespace),
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
    return StorageClassSettings(name=name, namespace=namespace)
