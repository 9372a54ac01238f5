"""Snapshots of the application's claims: of which, when, where to, and for how long.

Owns the group `snapshots`. Does not own which claims the release itself names, nor what is made of all that
(`stacks/snapshots.py`), nor keys and password: those are secrets (`stacks/secrets.py`).
"""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt

from stacks.config.application import Release
from stacks.config.cron import Schedule
from stacks.config.ingress import distinct
from stacks.config.proxy import url
from stacks.config.report import Fault
from stacks.config.schema import FilePath, Path, Settings, parsed, quote
from stacks.config.storage import Storage, directory

KEYS: Final = "snapshotKeys"
"""The secret with the keys of a store of objects that is not the appliance's own."""

_GROUP: Final = "snapshots"
_REPOSITORY: Path = (_GROUP, "repository")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_PREFIX = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*", re.ASCII)
_REGION = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)
_CLAIM = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)
_KEEP_MOST: Final = 10_000


def bucket(text: str) -> str:
    """The name of a bucket; ValueError with a sentence otherwise."""
    if not _BUCKET.fullmatch(text) or ".." in text:
        raise ValueError(
            f"{quote(text)} is no bucket of 3 to 63 small letters, digits, dots and hyphens"
        )
    return text


def prefix(text: str) -> str:
    """A path inside a bucket; ValueError with a sentence otherwise."""
    if not _PREFIX.fullmatch(text) or {".", ".."} & set(text.split("/")):
        raise ValueError(f"{quote(text)} is no path such as guestbook/production")
    return text


def endpoint(text: str) -> str:
    """`https://host[:port]`; ValueError with a sentence that quotes nothing: there may be a password in it."""
    try:
        return url(text)
    except ValueError:
        raise ValueError(
            "is no address of a store of objects; give https://host or https://host:port, without user, password "
            "and path"
        ) from None


def region(text: str) -> str:
    """A region's name; ValueError with a sentence otherwise."""
    if not _REGION.fullmatch(text):
        raise ValueError(f"{quote(text)} is no region such as eu-central-1")
    return text


def claim(text: str) -> str:
    """The name of a claim, or of a claim template; ValueError with a sentence otherwise."""
    if not _CLAIM.fullmatch(text):
        raise ValueError(f"{quote(text)} is no name of a claim")
    return text


Bucket = Annotated[str, BeforeValidator(parsed(bucket))]
Prefix = Annotated[str, BeforeValidator(parsed(prefix))]
Claim = Annotated[str, BeforeValidator(parsed(claim))]
Endpoint = Annotated[str, BeforeValidator(parsed(endpoint))]
Region = Annotated[str, BeforeValidator(parsed(region))]
Directory = Annotated[str, BeforeValidator(parsed(directory))]
Count = Annotated[StrictInt, Field(ge=0, le=_KEEP_MOST)]


class S3(Settings):
    """`snapshots.repository.s3`: a bucket of any store that speaks S3."""

    endpoint: Endpoint = Field(
        title="an address such as https://s3.example.com",
        description="Where the store answers. Its keys are the secret `snapshotKeys`.",
        examples=["https://s3.eu-central-1.amazonaws.com"],
    )
    bucket: Bucket = Field(
        title="the name of a bucket",
        description="It is made if it is not there and the keys allow it.",
        examples=["guestbook-snapshots"],
    )
    prefix: Prefix | None = Field(
        default=None,
        title="a path inside the bucket",
        description="For several appliances with one bucket: each needs a path of its own.",
        examples=["production"],
    )
    region: Region | None = Field(
        default=None,
        title="a region's name",
        description="Where the bucket is, for stores that ask for it.",
        json_schema_extra={"without": "the store's own"},
        examples=["eu-central-1"],
    )
    ca_file: FilePath | None = Field(
        default=None,
        title="the path of a PEM file",
        description="The authority that the store's certificate is from, if that is no public one.",
        examples=["certificates/company.pem"],
    )


class Ceph(Settings):
    """`snapshots.repository.ceph`: a bucket of the appliance's own object store."""

    bucket: Bucket = Field(
        default="snapshots",
        title="the name of a bucket",
        description="It is made if it is not there. What lies there is lost with the cluster's disks.",
    )


class Repository(Settings):
    """`snapshots.repository`: exactly one of the four. It belongs to one appliance alone."""

    s3: S3 | None = Field(
        default=None,
        title="a group of keys",
        description="A bucket of any store that speaks S3.",
        examples=[{}],
    )
    ceph: Ceph | None = Field(
        default=None,
        title="a group of keys",
        description="A bucket of the appliance's own object store; `{}` is enough.",
        examples=[{}],
    )
    directory: Directory | None = Field(
        default=None,
        title="an absolute path",
        description="A directory that is the same on every node, such as a mounted network filesystem, or that of "
        "the only node.",
        examples=["/mnt/snapshots"],
    )
    claim: Claim | None = Field(
        default=None,
        title="the name of a claim",
        description="A claim in the application's namespace that pods on all nodes can mount at a time.",
        examples=["snapshots"],
    )

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which of the four are given."""
        return tuple(
            key for key in ("s3", "ceph", "directory", "claim") if getattr(self, key) is not None
        )


class Retention(Settings):
    """`snapshots.retention`: which snapshots of a claim stay. A given group says all of it."""

    last: Count = Field(default=0, title="a number", description="So many of the newest.")
    hourly: Count = Field(
        default=0, title="a number", description="The newest of each of so many hours."
    )
    daily: Count = Field(
        default=0, title="a number", description="The newest of each of so many days."
    )
    weekly: Count = Field(
        default=0, title="a number", description="The newest of each of so many weeks."
    )
    monthly: Count = Field(
        default=0, title="a number", description="The newest of each of so many months."
    )
    yearly: Count = Field(
        default=0, title="a number", description="The newest of each of so many years."
    )

    @property
    def options(self) -> tuple[str, ...]:
        """The options of restic that say so."""
        kept = ((name, getattr(self, name)) for name in type(self).model_fields)
        return tuple(f"--keep-{name}={number}" for name, number in kept if number)


class Hooks(Settings):
    """`snapshots.hooks`: files of POSIX shell that run in the snapshot container, beside the application's own."""

    before: FilePath | None = Field(
        default=None,
        title="the path of a shell script",
        description="Runs before a snapshot, for up to five minutes; if it fails there is none. The application's "
        "ports are on 127.0.0.1.",
        examples=["hooks/freeze.sh"],
    )
    after: FilePath | None = Field(
        default=None,
        title="the path of a shell script",
        description="Runs after it, whether it was made or not.",
        examples=["hooks/thaw.sh"],
    )


class Snapshots(Settings):
    """`snapshots`: copies of the application's claims. Without a repository there are none."""

    repository: Repository | None = Field(
        default=None,
        title="a group of keys",
        description="Where snapshots lie.",
        examples=[{"ceph": {}}],
    )
    schedule: Schedule = Field(
        default="17 3 * * *",
        title="five fields of cron",
        description="When snapshots are made, in UTC.",
    )
    retention: Retention = Field(
        default=Retention.model_validate({"daily": 7, "weekly": 4, "monthly": 6}),
        title="a group of keys",
        description="Which snapshots stay.",
        json_schema_extra={"without": "`{daily: 7, weekly: 4, monthly: 6}`"},
    )
    claims: Annotated[tuple[Claim, ...], AfterValidator(distinct)] = Field(
        default=(),
        title="a list of names of claims",
        description="Claims besides those that the release names. The name of a claim template of a StatefulSet means "
        "all its claims.",
        examples=[["data"]],
    )
    hooks: Hooks = Field(
        default=Hooks(),
        title="a group of keys",
        description="What runs before and after each snapshot.",
        json_schema_extra={"without": "nothing runs"},
    )


def faults(snapshots: Snapshots, release: Release, storage: Storage) -> Iterator[Fault]:
    """What is wrong between the keys."""
    repository = snapshots.repository
    if repository is None:
        if snapshots.model_fields_set - {"repository"}:
            text = "missing, so nothing of the group is read; say where snapshots lie, or remove the group"
            yield Fault(path=_REPOSITORY, text=text)
        return
    if len(repository.kinds) != 1:
        given = " and ".join(repository.kinds) or "nothing"
        text = f"has {given}; give exactly one of s3, ceph, directory, claim"
        reads = tuple((*_REPOSITORY, key) for key in Repository.model_fields)
        yield Fault(path=_REPOSITORY, text=text, reads=reads)
    if release.file is None:
        text = "is only read with release.file; give that too, or remove the group"
        yield Fault(path=(_GROUP,), text=text, reads=(("release", "file"),))
    if release.pod_security == "restricted":
        text = (
            "cannot be had with release.podSecurity: restricted, since whoever reads everybody's files is root in its "
            "container; give baseline there"
        )
        yield Fault(path=(_GROUP,), text=text, reads=(("release", "podSecurity"),))
    if repository.ceph is not None and not (storage.rook and storage.rook.object_store):
        text = "the appliance has no object store; give storage.rook with objectStore: true, or another repository"
        yield Fault(path=(*_REPOSITORY, "ceph"), text=text, reads=(("storage",),))
    if repository.claim is not None and repository.claim in snapshots.claims:
        text = f"{repository.claim} is among snapshots.claims; there are no snapshots of what holds them"
        yield Fault(path=(*_REPOSITORY, "claim"), text=text, reads=((_GROUP, "claims"),))
    if not snapshots.retention.options:
        text = "keeps nothing; give at least one number above 0, or remove the group"
        reads = tuple((_GROUP, "retention", key) for key in Retention.model_fields)
        yield Fault(path=(_GROUP, "retention"), text=text, reads=reads)
