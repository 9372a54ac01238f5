"""The vendor's application: its license, its release, and what the operator says of both.

Owns the groups `license` and `release`. Does not own what stands in the files (`stacks/license.py` and
`stacks/release.py`), nor secret options: those stand encrypted beside the groups (`stacks/secrets.py`).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from stacks.config.names import Name
from stacks.config.report import Fault
from stacks.config.schema import FileName, FilePath, Path, Settings, parsed, quote

_OPTION = re.compile(r"[A-Za-z0-9_.-]{1,253}", re.ASCII)
_KIND = re.compile(r"[A-Z][A-Za-z0-9]*", re.ASCII)
_LICENSE: Path = ("license", "file")
_RELEASE: Path = ("release", "file")


def moment(text: str) -> datetime:
    """A day or a time in UTC; ValueError with a sentence otherwise."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{quote(text)} is no time such as 2026-11-01 or 2026-11-01T09:00:00Z"
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def option(text: str) -> str:
    """The name of an option; ValueError with a sentence otherwise."""
    if not _OPTION.fullmatch(text):
        raise ValueError(f"{quote(text)} is no name of an option")
    return text


def kind(text: str) -> str:
    """A kind of Kubernetes; ValueError with a sentence otherwise."""
    if not _KIND.fullmatch(text):
        raise ValueError(f"{quote(text)} is no kind such as ClusterRole")
    return text


Moment = Annotated[datetime, BeforeValidator(parsed(moment))]
Option = Annotated[str, BeforeValidator(parsed(option))]
Kind = Annotated[str, BeforeValidator(parsed(kind))]
Value = StrictStr | StrictBool | StrictInt | StrictFloat


class License(Settings):
    """`license`: who may run the application. Without it there is none."""

    file: FilePath | None = Field(
        default=None,
        title="the path of a license",
        description="The license that the vendor signed. Taken away, the workloads go; the namespace and the claims "
        "stay in the cluster.",
        examples=["license.yaml"],
    )
    public_key: FilePath | None = Field(
        default=None,
        title="the path of a file of PEM",
        description="The vendor's public key (Ed25519), which a license must be signed with. It comes from the vendor "
        "by another way than the license.",
        examples=["vendor.pem"],
    )


class Release(Settings):
    """`release`: the vendor's file, and what it is told."""

    file: FilePath | None = Field(
        default=None,
        title="the path of a release",
        description="The vendor's release, one file of YAML.",
        examples=["release.yaml"],
    )
    app: Name | None = Field(
        default=None,
        title="a name of small letters, digits and hyphens",
        description="The application's slug, which the license must be for. Required with a file.",
        examples=["guestbook"],
    )
    channel: str = Field(
        default="stable",
        title="text",
        description="The channel that the release comes from, which the license must be for.",
    )
    sequence: Annotated[StrictInt, Field(ge=1)] = Field(
        default=1,
        title="a number from 1",
        description="The release's place in its sequence: AppVersion.",
    )
    first_sequence: Annotated[StrictInt, Field(ge=1)] | None = Field(
        default=None,
        title="a number from 1",
        description="The sequence of the release that was installed first: AppVersionFirst.",
        json_schema_extra={"without": "`sequence`"},
        examples=[1],
    )
    date: Moment | None = Field(
        default=None,
        title="a time such as 2026-11-01T09:00:00Z",
        description="When the release was made, and what Now gives for as long as it is this release.",
        json_schema_extra={"without": "a release that asks for it is refused"},
        examples=["2026-11-01"],
    )
    installed: Moment | None = Field(
        default=None,
        title="a time such as 2026-11-01T09:00:00Z",
        description="When the application was installed first.",
        json_schema_extra={"without": "a release that asks for it is refused"},
        examples=["2026-11-01"],
    )
    lock_path: FilePath | None = Field(
        default=None,
        alias="lock",
        title="the path of a lock file",
        description="The lock that `make release-bundle` wrote: the images that travel with the release where there is "
        "no internet, by digest. Required with airgap.bundle.",
        examples=["lock.json"],
    )
    bundle: FileName = Field(
        default="local",
        title="local, or the path of a bundle's directory",
        description="The bundle that these images come from. `local` is made by `make up`, which then must reach the "
        "registries that they are from.",
        examples=["/srv/guestbook"],
    )
    config: dict[Option, Value] = Field(
        default={},
        title="a group of options",
        description="Values for the release's options. An option of type file takes a path; one of type password "
        "stands in the secret releaseSecrets.",
        examples=[{"replicas": 2}],
    )
    cluster_wide: tuple[Kind, ...] = Field(
        default=("CustomResourceDefinition",),
        title="a list of kinds",
        description="Which kinds the release may make outside of namespaces.",
        examples=[["CustomResourceDefinition", "ClusterRole"]],
    )
    pod_security: Literal["privileged", "baseline", "restricted"] = Field(
        default="baseline",
        title="one of privileged, baseline, restricted",
        description="The Pod Security level of the application's namespace.",
    )

    @property
    def values(self) -> dict[str, str]:
        """The given values as text, as templates know them."""
        return {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in self.config.items()
        }


def faults(license_: License, release: Release) -> Iterator[Fault]:
    """What is wrong with the two groups together."""
    if license_.file is not None and license_.public_key is None:
        text = "missing; give the path of the vendor's public key, which a license proves nothing without"
        yield Fault(path=("license", "publicKey"), text=text, reads=(_LICENSE,))
    if license_.file is None and license_.public_key is not None and release.file is None:
        text = "is only read with license.file or release.file; remove the key"
        yield Fault(path=("license", "publicKey"), text=text, reads=(_LICENSE, _RELEASE))
    if license_.file is not None and release.file is None:
        text = "is only read with release.file; give that too, or remove the key"
        yield Fault(path=_LICENSE, text=text, reads=(_RELEASE,))
    if release.file is None and release.model_fields_set - {"file"}:
        text = (
            "missing, so nothing of the group is read; give the release's path, or remove the group"
        )
        yield Fault(path=_RELEASE, text=text)
    if release.file is not None and release.app is None:
        text = "missing; give the application's slug, which the license must be for"
        yield Fault(path=("release", "app"), text=text)
    first = release.first_sequence
    if first is not None and first > release.sequence:
        text = f"{first} comes after sequence {release.sequence}; the first one comes before"
        yield Fault(path=("release", "firstSequence"), text=text, reads=(("release", "sequence"),))
