"""The license of a stack: the file, the vendor's key, and whether it lets the application be changed.

Owns reading both files, and what an end of the license means: the application layer is frozen. Does not own the
document (components/application/license.py), nor today's date: that is handed in.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from components.application.license import Expected, License, LicenseReading, public_key, read
from stacks.config import Configuration

FROZEN: Final = "APPLIANCE_APPLICATION_FROZEN"
"""Set to 1 by a command that has told the engine to leave the application's resources alone."""
RESOURCES: Final = "urn:pulumi:*::appliance::appliance:application:Application**"
"""The pattern of the application's resources: the component, and all that it is the parent of."""
_SOON: Final = 30


def reading(configuration: Configuration) -> LicenseReading | None:
    """The license and what is wrong with it; None without one. Raises ValueError for a file that cannot be read."""
    group, release = configuration.license, configuration.release
    if group.file is None or group.public_key is None:
        return None
    try:
        pem = group.public_key.read_bytes()
    except OSError as error:
        raise ValueError(f"license.publicKey: {group.public_key}: {error.strerror}") from None
    try:
        public_key(pem)
    except ValueError as error:
        raise ValueError(f"license.publicKey: {group.public_key} {error}") from None
    try:
        text = group.file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ValueError(f"license.file: {group.file} cannot be read: {reason}") from None
    expected = Expected(app=release.app or "", channel=release.channel)
    return read(text, str(group.file), pem, expected)


def license_(configuration: Configuration) -> License | None:
    """A license that holds; None without one, or if anything is wrong with it."""
    try:
        found = reading(configuration)
    except ValueError:
        return None
    return found.license if found else None


def expired(configuration: Configuration, today: date) -> bool:
    """Whether there is a license whose last day is over."""
    found = license_(configuration)
    return found is not None and found.expired(today)


def frozen(variables: Mapping[str, str]) -> bool:
    """Whether the command that runs the program has told the engine to leave the application alone."""
    return variables.get(FROZEN) == "1"


def faults(
    configuration: Configuration, today: date, variables: Mapping[str, str]
) -> Iterator[str]:
    """What keeps the license from being used, as `key: sentence`."""
    try:
        found = reading(configuration)
    except ValueError as error:
        yield str(error)
        return
    if found is None:
        return
    for fault in found.faults:
        yield f"license.file: {fault}"
    if found.license and found.license.expired(today) and not frozen(variables):
        yield (
            f"license.file: the license ended on {found.license.expires}; make up and make preview change everything "
            "but the application, which plain pulumi cannot; ask the vendor for another one"
        )


def warnings(configuration: Configuration, today: date) -> Iterator[str]:
    """A line when the license has ended or soon will, and when a release has none."""
    if configuration.release.file is not None and configuration.license.file is None:
        yield (
            f"Pulumi.{configuration.stack}.yaml: license.file: there is none, so the release is not applied; the "
            "namespace and the claims of one that was stay in the cluster"
        )
    found = license_(configuration)
    if found is None or found.expires is None:
        return
    place = f"Pulumi.{configuration.stack}.yaml: license.file: {configuration.license.file}"
    left = (date.fromisoformat(found.expires) - today).days
    if left < 0:
        yield (
            f"{place} ended on {found.expires}: the application stays as it is and is not changed; everything else is"
        )
    elif left < _SOON:
        yield f"{place} ends on {found.expires}, in {left} days; ask the vendor for another one"
