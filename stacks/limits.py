"""What the configuration may say and cannot be done: refused at preview, never half done.

Owns these refusals, all at once: what this release cannot do yet, what a file beside the configuration lacks. Does not
own what is wrong by the configuration alone (stacks/config). The one place that looks at the clock: what is made never
depends on it, only what is refused.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import AddressValueError, IPv4Address

from bundle.lock import Lock
from stacks import (
    ingress,
    ingress_certificate,
    network,
    release,
    replicated,
    snapshots,
    storage,
    trust,
)
from stacks import license as licenses
from stacks.config import Configuration, ConfigurationError
from stacks.ingress_certificate import PublicHalf
from stacks.needs import manifests, of_cluster


def refuse(
    configuration: Configuration,
    lock: Lock,
    ingress_key: PublicHalf | None = None,
    release_names: frozenset[str] | None = None,
    *,
    snapshot_keys: bool | None = None,
) -> None:
    """Raises ConfigurationError with one line for everything that cannot be done.

    Who has the stack's secrets gives `ingress_key`, the names of the release's secret options and whether there are
    `snapshot_keys`; without them nothing is said about what rests on them. That is a command, which leaves an
    application alone whose license has ended.
    """
    now = datetime.now(UTC)
    variables = os.environ if release_names is not None else {licenses.FROZEN: "1"}
    faults = [
        *_hosts(configuration),
        *_items(configuration, lock),
        *network.faults(configuration, lock),
        *ingress.faults(configuration, lock, ingress_key, now),
        *storage.faults(configuration, lock),
        *replicated.faults(configuration, lock),
        *trust.faults(configuration),
        *snapshots.faults(configuration, lock, keys=snapshot_keys),
        *licenses.faults(configuration, now.date(), variables),
        # What cannot be changed needs no reading: a frozen application must not keep the rest from being changed.
        *(
            ()
            if licenses.expired(configuration, now.date())
            else release.faults(configuration, release_names)
        ),
    ]
    if faults:
        file = f"Pulumi.{configuration.stack}.yaml"
        raise ConfigurationError("\n".join(f"{file}: {fault}" for fault in faults))


def warnings(configuration: Configuration) -> Iterator[str]:
    """What can be done today and will soon be refused."""
    now = datetime.now(UTC)
    yield from ingress_certificate.warnings(configuration, now)
    yield from licenses.warnings(configuration, now.date())


def _hosts(configuration: Configuration) -> Iterator[str]:
    hosts = configuration.hosts
    for index, node in enumerate(hosts.nodes):
        if node.address is not None and not _is_ipv4(node.address):
            yield f"hosts.nodes[{index}].address: '{node.address}' is a name; give the IPv4 address it stands for"


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def _items(configuration: Configuration, lock: Lock) -> Iterator[str]:
    # Online, every version of the tested range will do: what the vendors have is not ours to lock.
    if configuration.bundled and (missing := lock.missing(of_cluster(configuration))):
        yield (
            f"kubernetes.version: the lock {lock.path} lacks {', '.join(missing)}; choose a version that is locked, or "
            "add recipes to bundle/recipes.py and run python -m bundle lock"
        )
    # What the program reads by itself it reads as it is locked, wherever hosts are installed from.
    if missing := lock.missing(manifests(configuration)):
        yield (
            f"airgap.lock: the lock {lock.path} lacks {', '.join(missing)}, which this release reads for this stack; "
            "take the release's own lock, or one that python -m bundle lock wrote with this release"
        )
