"""The release of a stack: the file, what the stack answers to its questions, and everything that is wrong with it.

Owns reading the file and the files that options name. Does not own the format (components/application), nor the
objects' resources.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from components.application.admission import Rules
from components.application.facts import Facts
from components.application.functions import INGRESS_ADDRESS
from components.application.license import License
from components.application.options import Given
from components.application.preflight import Cluster, unmet, version
from components.application.release import Objects, Release, file_options, read
from components.application.rewrites.composition import RewriteSettings
from components.application.rewrites.preparation import Preparation, prepare
from components.application.rewrites.report import Report
from components.application.template.late import Late
from components.manifest.place import Fault
from stacks import delivery, rewrites, snapshots
from stacks.config import Configuration
from stacks.license import license_


@dataclass(frozen=True, kw_only=True)
class Applied:
    """A release with its objects in served versions, how the rest is rewritten, and the report of both to come."""

    release: Release | None
    faults: tuple[Fault, ...]
    report: Report
    settings: RewriteSettings


def reading(
    configuration: Configuration,
    license_: License,
    secret_names: frozenset[str] = frozenset(),
) -> Applied | None:
    """The release under a license; None without one. Raises ValueError for a file that cannot be read."""
    group = configuration.release
    if group.file is None:
        return None
    text = _text("release.file", group.file)
    known = facts(configuration, license_)
    made = Preparation(
        objects=(),
        settings=rewrites.settings(configuration, known.namespace),
        report=Report(),
        faults=(),
    )

    def prepared(objects: Objects) -> tuple[Objects, tuple[Fault, ...]]:
        nonlocal made
        made = prepare(objects, made.settings)
        return made.objects, made.faults

    found = read(
        text,
        str(group.file),
        known,
        given=given(configuration, file_options(text, str(group.file)), secret_names),
        rules=rules(configuration),
        prepare=prepared,
    )
    return Applied(
        release=found.release, faults=found.faults, report=made.report, settings=made.settings
    )


def faults(configuration: Configuration, secret_names: frozenset[str] | None) -> Iterator[str]:
    """What keeps the release from being applied, as `key: sentence`. Without a license nothing is, so nothing is said.

    Who does not have the stack's secrets gives None for their names, and is told nothing about the options.
    """
    found = license_(configuration)
    if found is None or secret_names is None:
        return
    try:
        made = reading(configuration, found, secret_names)
    except ValueError as error:
        yield str(error)
        return
    for fault in made.faults if made else ():
        yield f"release.file: {fault}"
    if made and made.release:
        yield from _unmet(configuration, made.release)
        yield from delivery.faults(configuration, made.release)
        yield from rewrites.faults(configuration, made.release)
        yield from snapshots.release_faults(configuration, made.release)
    if made and made.release and configuration.ingress.provider is None:
        late = (*made.release.stand_ins.values, *made.release.properties.values())
        if any(INGRESS_ADDRESS in str(each) for each in late if isinstance(each, Late)):
            yield "ingress.provider: missing; the release asks for the address of an Ingress"


def _unmet(configuration: Configuration, release: Release) -> Iterator[str]:
    """What is known before there is a cluster; cores and memory are checked in it."""
    cluster = Cluster(
        version=version(configuration.kubernetes.version), nodes=len(configuration.hosts.nodes)
    )
    for sentence in unmet(release.description.kubernetes.requirements, cluster):
        yield f"release.file: {sentence}"


def facts(configuration: Configuration, license_: License) -> Facts:
    """What the release may ask of the stack."""
    group, rook = configuration.release, configuration.storage.rook
    conf = configuration.replicated.conf
    return Facts(
        license=license_,
        sequence=group.sequence,
        first_sequence=group.first_sequence or group.sequence,
        released=group.date,
        installed=group.installed,
        airgapped=configuration.bundled,
        console={
            "tls.hostname": str(conf.tls_hostname or ""),
            "tls.source": conf.tls,
            "tls.key.name": "tls.key",
            "tls.cert.name": "tls.crt",
            "tls.ca.name": "ca.crt",
        },
        object_store=rook is not None and rook.object_store,
    )


def given(
    configuration: Configuration, file_names: frozenset[str], secret_names: frozenset[str]
) -> Given:
    """The options' values; those of type file are paths, whose content is read. Raises ValueError."""
    values = configuration.release.values
    files = {
        name: _text(f"release.config.{name}", Path(path))
        for name, path in values.items()
        if name in file_names
    }
    named = {name: Path(path).name for name, path in values.items() if name in file_names}
    return Given(values={**values, **named}, files=files, secrets=secret_names)


def rules(configuration: Configuration) -> Rules:
    """What the release may make, and what the stack's own layers serve."""
    rook = ("ceph.rook.io", "objectbucket.io") if configuration.storage.rook else ()
    contour = ("projectcontour.io",) if configuration.ingress.provider == "contour" else ()
    return Rules(cluster_wide=configuration.release.cluster_wide, served_groups=(*rook, *contour))


def _text(key: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ValueError(f"{key}: {path} cannot be read: {reason}") from None
