"""From the configuration to where hosts are installed from: the bundle's registry, or the vendors' repositories.

Owns the choice and the mapping of keys to arguments. Does not own either way (components/cluster/source.py).
"""

from collections.abc import Mapping

import pulumi

from bundle.lock import Lock
from components.cluster.repositories import CONTAINERD, KUBERNETES, VENDORS, Repository
from components.cluster.source import FromBundle, FromVendors, Source
from stacks.config import Configuration
from stacks.config.online import Deb, Rpm
from stacks.needs import upstreams


def source(
    configuration: Configuration, lock: Lock, registries: pulumi.Output[list[str]]
) -> Source:
    """The bundle as these registries (HOST:PORT) serve it, or the vendors where there is none."""
    if not configuration.bundled:
        return from_vendors(configuration)
    return FromBundle(lock=lock, registries=registries, upstreams=upstreams(configuration))


def from_vendors(configuration: Configuration) -> FromVendors:
    """The vendors' repositories, or the mirrors that are configured in their place."""
    online = configuration.online
    given: Mapping[tuple[str, str], Deb | Rpm] = {
        (KUBERNETES, "deb"): online.kubernetes.deb,
        (KUBERNETES, "rpm"): online.kubernetes.rpm,
        (CONTAINERD, "deb"): online.containerd.deb,
        (CONTAINERD, "rpm"): online.containerd.rpm,
    }
    return FromVendors(
        repositories={place: _merged(vendor, given[place]) for place, vendor in VENDORS.items()},
        containerd=online.containerd.version,
        mirrors=online.registries,
    )


def _merged(vendor: Repository, given: Deb | Rpm) -> Repository:
    return Repository(
        source=given.source or vendor.source,
        key=given.key or vendor.key,
        fingerprint=given.fingerprint or vendor.fingerprint,
    )
