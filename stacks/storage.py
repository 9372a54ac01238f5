"""The storage of a stack: which components make it, and what the layers above may know of it.

Owns the choice of providers, and host paths' arguments. Does not own Ceph's (`ceph.py`), nor any storage's objects.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

import pulumi

from bundle.lock import Lock
from components.storage import host_path, object_store
from components.storage.host_path import HostPath, HostPathArgs
from components.storage.storage_class import ClassName
from stacks.ceph import Plan, ceph, copies, shared_class
from stacks.config import Configuration
from stacks.config.storage import Provider
from stacks.config.storage import Storage as Group
from stacks.ebs import ebs
from stacks.ebs import images as ebs_images
from stacks.ground import Ground
from stacks.isolation import bounds
from stacks.references import references
from stacks.secrets import Secrets


@dataclass(frozen=True, kw_only=True)
class Storage:
    """What there is; names are None where there is nothing.

    `classes` are the names of StorageClasses and what is made when their claims are served; `ready` is made when all of
    it is, and objects too. `object_secret` is in the namespace rook-ceph, with the keys AccessKey and SecretKey.
    """

    ready: tuple[pulumi.Resource, ...] = ()
    classes: Mapping[str, tuple[pulumi.Resource, ...]] = field(default_factory=dict)
    default_class: str | None = None
    shared_class: str | None = None
    object_endpoint: str | None = None
    object_secret: str | None = None
    summary: str = ""

    def behind(self, class_name: str) -> tuple[pulumi.Resource, ...]:
        """What claims of a class wait for: its provider, or everything if the class is nobody's here."""
        return self.classes.get(class_name, self.ready)


def storage(
    configuration: Configuration,
    secrets: Secrets,
    lock: Lock,
    ground: Ground,
    opts: pulumi.ResourceOptions,
) -> Storage:
    """Makes what the configuration names; nothing without the group."""
    wanted = configuration.storage
    if not providers(configuration):
        return Storage()
    classes: dict[str, tuple[pulumi.Resource, ...]] = {}
    if wanted.host_path is not None:
        args = HostPathArgs(
            path=wanted.host_path.path,
            class_name=class_name(wanted, "hostpath"),
            images=references(configuration, lock, host_path.images()),
            policies=configuration.network.policies,
            bounds=bounds(configuration, host_path.NAMESPACE),
            after=ground.ready,
        )
        classes[args.class_name.name] = HostPath("hostpath", args, opts).ready
    if wanted.rook is not None:
        plan = Plan(
            configuration=configuration,
            rook=wanted.rook,
            class_name=class_name(wanted, "rook"),
            lock=lock,
            ground=ground,
        )
        classes[plan.class_name.name] = ceph(plan, secrets, opts)
    if "ebs" in providers(configuration):
        of_ec2 = class_name(wanted, "ebs")
        classes[of_ec2.name] = ebs(configuration, of_ec2, lock, ground, opts)
    shared = shared_class(configuration, wanted.rook) if wanted.rook else None
    objects = wanted.rook is not None and wanted.rook.object_store
    return Storage(
        ready=tuple(chain(*classes.values())),
        classes=classes,
        default_class="default" if wanted.default else None,
        shared_class=shared.name if shared else None,
        object_endpoint=object_store.ENDPOINT if objects else None,
        object_secret=object_store.SECRET if objects else None,
        summary=summary(configuration),
    )


def providers(configuration: Configuration) -> tuple[Provider, ...]:
    """Who provides storage; nobody without the group and without the volumes of a cloud."""
    wanted = configuration.storage
    found: tuple[tuple[Provider, bool], ...] = (
        ("hostpath", wanted.host_path is not None),
        ("rook", wanted.rook is not None),
        ("ebs", configuration.kubernetes.cloud_provider == "aws"),
    )
    return tuple(name for name, there in found if there)


def class_name(wanted: Group, provider: Provider) -> ClassName:
    """A provider's StorageClass."""
    return ClassName(name=wanted.class_name(provider), default=provider == wanted.default)


def images(configuration: Configuration) -> tuple[str, ...]:
    """The images of the storage, by the names that the lock has."""
    wanted = configuration.storage
    of_host_path = host_path.images() if wanted.host_path else ()
    of_ceph = wanted.rook.release(bundled=configuration.bundled).images if wanted.rook else ()
    of_ec2 = ebs_images(configuration) if "ebs" in providers(configuration) else ()
    return (*of_host_path, *of_ceph, *of_ec2)


def manifests(configuration: Configuration) -> tuple[str, ...]:
    """Rook's own manifests, which are read when the program runs."""
    wanted = configuration.storage
    if wanted.rook is None:
        return ()
    return (wanted.rook.release(bundled=configuration.bundled).manifest,)


def faults(configuration: Configuration, lock: Lock) -> Iterator[str]:
    """What keeps the storage from being made, as `key: sentence`."""
    wanted = configuration.storage
    if not configuration.bundled:
        return
    if missing := lock.missing(images(configuration)):
        yield (
            f"storage: the lock {lock.path} lacks {', '.join(missing)}; choose a storage.rook.version that is locked, "
            "or add recipes to bundle/recipes.py and run python -m bundle lock"
        )
    if wanted.rook and wanted.rook.dashboard:
        yield (
            "storage.rook.dashboard: the bundle's Ceph is built of Debian's packages without the dashboard; remove the "
            "key, or install without a bundle"
        )


def summary(configuration: Configuration) -> str:
    """What there is, in one clause; empty if there is nothing."""
    wanted = configuration.storage
    parts = [f"claims get volumes by {wanted.default}"] if wanted.default else []
    if wanted.rook is not None:
        size = copies(configuration, wanted.rook).size
        parts.append(f"Ceph keeps its data {'once' if size == 1 else f'{size} times'}")
    if "ebs" in providers(configuration) and wanted.default != "ebs":
        parts.append(f"claims of the class {wanted.class_name('ebs')} get volumes of EC2")
    return ", and ".join(parts)


def outputs(made: Storage) -> Mapping[str, str]:
    """What the stack shows of it."""
    found = {
        "defaultClass": made.default_class,
        "sharedClass": made.shared_class,
        "objectEndpoint": made.object_endpoint,
        "objectSecret": f"rook-ceph/{made.object_secret}" if made.object_secret else None,
    }
    return {key: value for key, value in found.items() if value is not None}
