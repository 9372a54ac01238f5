"""`make release-check`: a release and a license without a cluster, and what would be applied.

Owns what is known without a stack, and what a stack's file adds to that. Does not own any check of the release.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from components.application import report
from components.application.admission import Rules
from components.application.facts import Facts
from components.application.license import Expected, License, public_key
from components.application.license import read as read_license
from components.application.options import Given
from components.application.release import Objects, Release, file_options
from components.application.release import read as read_release
from components.application.rewrites.composition import RewriteSettings, absent
from components.application.rewrites.preparation import Preparation, foreseen, prepare
from components.manifest.place import Fault
from operate import workplace
from operate.failure import OperateError
from stacks import release as releases
from stacks import rewrites
from stacks.config import Configuration
from stacks.config.application import Release as Group
from stacks.config.draft import read as read_group
from stacks.config.report import line

KEY: Final = "vendor.pem"
_SECRETS: Final = "secrets"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A release without fault, the license that it was read under, and the objects as they are before the rewrites."""

    release: Release
    license_: License
    prepared: Preparation


def release_check(
    release: Path,
    license_: Path,
    *,
    values: Path | None,
    key: Path | None,
    stack: str | None = None,
) -> int:
    """Print what would be applied. Raises OperateError with everything that is wrong; 0 is fine.

    `values` is YAML with keys of the group `release` of a stack; `secrets` in it names options that are secret. A
    `stack` says what all rewrites do there; its own group `release` counts where no values are given.
    """
    configuration = workplace.read(stack)[1] if stack else None
    made = checked(release, license_, values=values, key=key, configuration=configuration)
    unknown = () if configuration else absent(made.prepared.settings)
    print(report.text(made.release, foreseen(made.prepared), unknown), end="")
    if made.license_.expired(datetime.now(UTC).date()):
        raise OperateError(f"{license_}: the license ended on {made.license_.expires}")
    return 0


def checked(
    release: Path,
    license_: Path,
    *,
    values: Path | None,
    key: Path | None,
    configuration: Configuration | None = None,
) -> Checked:
    """A release under a license. Raises OperateError with everything that is wrong."""
    group, secrets = _values(values)
    if values is None and configuration is not None:
        group = configuration.release
    licensed = _license(license_, key or license_.with_name(KEY), group)
    made = _release(release, licensed, group, secrets, configuration)
    if configuration and (wrong := list(rewrites.faults(configuration, made.release))):
        raise OperateError("\n".join(wrong))
    return made


def _values(file: Path | None) -> tuple[Group, frozenset[str]]:
    if file is None:
        return Group(), frozenset()
    found: Any = yaml.safe_load(_text(file)) or {}
    if not isinstance(found, Mapping):
        raise OperateError(f"{file} holds no group of keys; give the keys of the group release")
    secrets = found.get(_SECRETS, [])
    if not isinstance(secrets, list) or not all(isinstance(each, str) for each in secrets):
        raise OperateError(f"{file}: {_SECRETS} is no list of options")
    dates = {key: value for key, value in found.items() if key != _SECRETS}
    # YAML reads a day as a date, where the program's own reader has text.
    plain = {
        key: value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in dates.items()
    }
    draft = read_group(Group, plain)
    if draft.faults or draft.value is None:
        raise OperateError("\n".join(line(str(file), fault) for fault in draft.faults))
    return draft.value, frozenset(secrets)


def _license(file: Path, key: Path, group: Group) -> License:
    pem = _text(key).encode()
    try:
        public_key(pem)
    except ValueError as error:
        raise OperateError(f"{key} {error}") from None
    text = _text(file)
    asked: Any = {}
    if group.app is None:
        # Nobody says what it must be for, so it is for what it says.
        document = yaml.safe_load(text)
        asked = document.get("license", {}) if isinstance(document, dict) else {}
    expected = Expected(
        app=group.app or str(asked.get("appSlug", "")),
        channel=str(asked.get("channel", "")) if group.app is None else group.channel,
    )
    found = read_license(text, str(file), pem, expected)
    if found.license is None:
        raise OperateError("\n".join(map(str, found.faults)))
    return found.license


def _release(
    file: Path,
    license_: License,
    group: Group,
    secrets: frozenset[str],
    configuration: Configuration | None,
) -> Checked:
    text = _text(file)
    facts = _facts(license_, group)
    made = prepare((), _settings(facts, configuration))

    def prepared(objects: Objects) -> tuple[Objects, tuple[Fault, ...]]:
        nonlocal made
        made = prepare(objects, made.settings)
        return made.objects, made.faults

    given = _given(group, file_options(text, str(file)), secrets)
    rules = (
        releases.rules(configuration) if configuration else Rules(cluster_wide=group.cluster_wide)
    )
    found = read_release(text, str(file), facts, given=given, rules=rules, prepare=prepared)
    if found.release is None:
        raise OperateError("\n".join(map(str, found.faults)))
    return Checked(release=found.release, license_=license_, prepared=made)


def _settings(facts: Facts, configuration: Configuration | None) -> RewriteSettings:
    """Without a stack: served versions and numbers of pods, which are the same on all."""
    if configuration is not None:
        return rewrites.settings(configuration, facts.namespace)
    return RewriteSettings(autoscaled=frozenset(), namespace=facts.namespace)


def _facts(license_: License, group: Group) -> Facts:
    return Facts(
        license=license_,
        sequence=group.sequence,
        first_sequence=group.first_sequence or group.sequence,
        released=group.date,
        installed=group.installed,
        console={
            f"tls.{key}": "" for key in ("hostname", "source", "key.name", "cert.name", "ca.name")
        },
        object_store=True,
    )


def _given(group: Group, files: frozenset[str], secrets: frozenset[str]) -> Given:
    values = group.values
    return Given(
        values={
            name: Path(value).name if name in files else value for name, value in values.items()
        },
        files={name: _text(Path(values[name])) for name in files if name in values},
        secrets=secrets,
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise OperateError(f"{file} cannot be read: {reason}") from None
