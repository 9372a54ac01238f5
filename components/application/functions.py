"""The template functions that Replicated has for Kubernetes, beside Go's and Sprig's.

Owns these. Values that are known only after deployment, and secrets, are late. Does not own the options (`options.py`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NoReturn, Protocol

from components.application import texts
from components.application.description import Description
from components.application.facts import Facts
from components.application.go_time import RFC3339, formatted
from components.application.template.late import Late, Source, later, of
from components.application.template.sprig import SPRIG

Functions = Mapping[str, Callable[..., object]]

SERVICE_ADDRESS: Final = "ServiceAddress"
INGRESS_ADDRESS: Final = "IngressAddress"
OBJECT_STORE_HOST: Final = "ObjectStoreHost"
OBJECT_STORE_ENDPOINT: Final = "ObjectStoreEndpoint"
OBJECT_STORE_KEYS: Final = {
    "ObjectStoreAccessKey": "AccessKey",
    "ObjectStoreSecretKey": "SecretKey",
}
"""Each with its name in the Secret of the store's user."""
OBJECT_STORE: Final = (OBJECT_STORE_HOST, OBJECT_STORE_ENDPOINT, *OBJECT_STORE_KEYS)
_APPLIANCE: Final = ("PremkitAPIAddress", "StatsdAddress")
_NATIVE: Final = (
    *("NodePrivateIPAddress", "NodePrivateIPAddressFirst", "NodePrivateIPAddressAll"),
    *("NodePublicIPAddress", "NodePublicIPAddressFirst", "NodePublicIPAddressAll"),
    *("NodePublicIpAddress", "NodePrivateIpAddress", "NodeCount", "HostPrivateIpAddress"),
    *("ContainerExposedPort", "ContainerExposedPortFirst", "ContainerExposedPortAll"),
    *("ThisNodePublicIPAddress", "ThisNodePrivateIPAddress", "ThisNodeInternalIPAddress"),
    *("ThisNodeDockerAddress", "ThisNodeInterfaceAddress", "ThisNodeHostname"),
    *("ThisHostPublicIpAddress", "ThisHostPrivateIpAddress", "ThisHostInterfaceAddress"),
    *("HostPublicIpAddress", "HostPublicIpAddressAll", "HostPrivateIpAddressAll"),
    *("IsReplicatedManaged", "SwarmIngressAddress", "SwarmNodes", "SwarmNodeCount"),
)


class Options(Protocol):
    """What the functions ask of the options. Each raises ValueError for an option that the release does not have."""

    def value(self, name: str) -> str | Late:
        """The value, else the default, else ""."""

    def data(self, name: str) -> str | Late:
        """The content of a file."""


def functions(description: Description, facts: Facts, options: Options) -> Functions:
    """All functions of a release."""
    return {
        **SPRIG,
        **texts.TEXTS,
        **_options(options),
        **_release(description, facts),
        **_late(facts),
        **{name: _native(name) for name in _NATIVE},
        "DockerInfo": _obsolete,
    }


def _options(options: Options) -> Functions:
    def equals(name: str, value: str) -> object:
        return _compare(options.value(name), value)

    def differs(name: str, value: str) -> object:
        return _not(_compare(options.value(name), value))

    return {
        "ConfigOption": lambda name: options.value(_text(name)),
        "ConfigOptionData": lambda name: options.data(_text(name)),
        "ConfigOptionEquals": equals,
        "ConfigOptionNotEquals": differs,
    }


def _compare(value: str | Late, expected: str) -> object:
    if isinstance(value, Late):
        return later(lambda known: known == expected, [value])
    return value == expected


def _not(value: object) -> object:
    return later(lambda known: not known, [value]) if isinstance(value, Late) else not value


def _release(description: Description, facts: Facts) -> Functions:
    def field_value(name: str) -> str:
        return facts.license.fields.get(name, "")

    def setting(key: str) -> str:
        known: dict[str, Callable[[], str]] = {
            "version.label": lambda: description.version,
            "release.notes": lambda: description.release_notes,
            "release.sequence": lambda: str(facts.sequence),
            "release.channel": lambda: facts.license.channel,
            "release.date": lambda: formatted(_released(facts), RFC3339),
            "install.date": lambda: formatted(_installed(facts), RFC3339),
        }
        return _one_of("AppSetting", key, known)()

    def property_(name: str) -> str:
        found = facts.license.property(name)
        if found is None:
            raise ValueError(
                f"LicenseProperty has no {name}; a field of your own is LicenseFieldValue"
            )
        return found

    return {
        "LicenseFieldValue": field_value,
        "LicenseProperty": property_,
        "AppID": lambda: facts.license.app_id,
        "AppVersion": lambda: facts.sequence,
        "AppVersionCurrent": lambda: facts.sequence,
        "AppVersionFirst": lambda: facts.first_sequence,
        "AppSetting": setting,
        "RunOffline": lambda: facts.airgapped,
        "Namespace": lambda: facts.namespace,
        "Now": lambda: formatted(_released(facts), RFC3339),
        "NowFmt": lambda layout: formatted(_released(facts), _text(layout)),
        "ConsoleSetting": lambda key: _console(facts, _text(key)),
        "ConsoleSettingEquals": lambda key, value: _console(facts, _text(key)) == value,
        "ConsoleSettingNotEquals": lambda key, value: _console(facts, _text(key)) != value,
        # There is no directory behind this console, and Replicated's own gave "" then.
        "LdapCopyAuthFrom": lambda _: "",
    }


def _late(facts: Facts) -> Functions:
    def address(kind: str) -> Callable[[str, int], Late]:
        def named(name: str, port: int) -> Late:
            return of(Source(kind=kind, arguments=(name, str(port))))

        return named

    def store(kind: str) -> Callable[[], Late]:
        def asked() -> Late:
            if not facts.object_store:
                raise ValueError(f"{kind} needs Rook with an object store: storage.rook")
            return of(Source(kind=kind))

        return asked

    def missing(kind: str) -> Callable[[], NoReturn]:
        def asked() -> NoReturn:
            raise ValueError(f"{kind}: this appliance has no such service")

        return asked

    return {
        **{kind: address(kind) for kind in (SERVICE_ADDRESS, INGRESS_ADDRESS)},
        **{kind: store(kind) for kind in OBJECT_STORE},
        **{kind: missing(kind) for kind in _APPLIANCE},
    }


def _native(name: str) -> Callable[..., NoReturn]:
    def refuse(*_: object) -> NoReturn:
        raise ValueError(
            f"{name} belongs to another scheduler; on Kubernetes take ServiceAddress or the downward API"
        )

    return refuse


def _obsolete(*_: object) -> NoReturn:
    raise ValueError("DockerInfo is obsolete: there is no Docker on these nodes; take it out")


def _console(facts: Facts, key: str) -> str:
    if key not in facts.console:
        known = ", ".join(sorted(facts.console)) or "no settings"
        raise ValueError(f"ConsoleSetting has no {key}; it has {known}")
    return facts.console[key]


def _one_of(name: str, key: str, known: Mapping[str, Callable[[], str]]) -> Callable[[], str]:
    if key not in known:
        raise ValueError(f"{name} has no {key}; it has {', '.join(known)}")
    return known[key]


def _released(facts: Facts) -> datetime:
    if facts.released is None:
        raise ValueError(
            "asks for the release's date, which the configuration does not give; set release.date"
        )
    return facts.released


def _installed(facts: Facts) -> datetime:
    if facts.installed is None:
        raise ValueError(
            "asks for the date of the installation, which the configuration does not give; set release.installed"
        )
    return facts.installed


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a name is text in double quotes")  # noqa: TRY004
    return value
