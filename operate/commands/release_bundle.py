"""`make release-bundle`: the images that a release needs where there is no internet, locked and put together."""

from pathlib import Path

from components.application.image_needs import image_needs
from components.application.rewrites.images import ImageSettings
from operate import subprograms
from operate.commands.release_check import checked

# What the images are called in the daemon's registry does not depend on where that is.
ANYWHERE = ImageSettings(registry="registry.invalid")


def release_bundle(
    release: Path, license_: Path, lock: Path, *, values: Path | None, key: Path | None
) -> int:
    """Write the lock beside the release, and print the bundle's directory. Raises OperateError."""
    made = checked(release, license_, values=values, key=key).release
    needs = image_needs(made.objects, made.stand_ins, ANYWHERE)
    print(subprograms.lock_application({each.name: each.reference for each in needs}, lock))
    return 0
