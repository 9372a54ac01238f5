"""What manifests call an image by.

Owns the choice between the digest that a bundle has and the name that a vendor publishes. Does not own either of them.
"""

from collections.abc import Iterable

from bundle.lock import Lock
from stacks.config import Configuration


def references(configuration: Configuration, lock: Lock, names: Iterable[str]) -> dict[str, str]:
    """What to write into manifests for images of these names.

    With a bundle that is the name with the digest that the bundle has. A vendor's image has another one, which nobody
    has locked here: its name and tag are all that is known.
    """
    return {name: lock.image(name) if configuration.bundled else name for name in names}
