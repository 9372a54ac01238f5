"""/etc/replicated.conf: what the daemon is told of its first start, so that nobody has to click.

Owns the keys that are published, by the names that they have in the file
(help.replicated.com/docs/native/customer-installations/automating). Does not own the console's password: that is a
secret, `replicatedPassword`.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt

from stacks.config.addresses import Host
from stacks.config.report import Fault
from stacks.config.schema import Settings, parsed, quote

LogLevel = Literal["debug", "info", "warn", "error"]
_FILE = "an absolute path in the daemon's container"


def container_path(text: str) -> str:
    """An absolute path; ValueError with a sentence otherwise."""
    if not text.startswith("/") or not text.isprintable() or ".." in text.split("/"):
        raise ValueError(f"{quote(text)} is no absolute path such as /var/lib/replicated/file")
    return text


ContainerPath = Annotated[str, BeforeValidator(parsed(container_path))]


def _file(alias: str, description: str) -> Any:  # noqa: ANN401 - as pydantic types its Field
    return Field(default=None, alias=alias, title=_FILE, description=description)


class Conf(Settings):
    """`replicated.conf`: the file, key by key; of what is not given, only what the stack knows is written."""

    bypass_preflight_checks: StrictBool | None = Field(
        default=None,
        alias="BypassPreflightChecks",
        title="true or false",
        description="Whether to start although a check warns.",
    )
    authentication: Literal["password", "anonymous"] = Field(
        default="password",
        alias="DaemonAuthenticationType",
        title="one of password, anonymous",
        description="Who may use the console. The password is the secret `replicatedPassword`, or one that the stack "
        "derives.",
    )
    import_settings_from: ContainerPath | None = _file(
        "ImportSettingsFrom", "Settings of the application, as JSON."
    )
    force_use_imported_settings: StrictBool | None = Field(
        default=None,
        alias="ForceUseImportedSettings",
        title="true or false",
        description="Whether these replace settings that are there.",
    )
    license_file: ContainerPath | None = _file("LicenseFileLocation", "The license.")
    airgap_package: ContainerPath | None = _file(
        "LicenseBootstrapAirgapPackagePath",
        "The application's package, for a license without a network.",
    )
    license_channel: str | None = Field(
        default=None,
        alias="LicenseBootstrapChannelID",
        title="text",
        description="The channel of a license that has several.",
    )
    log_level: LogLevel | None = Field(
        default=None,
        alias="LogLevel",
        title="one of debug, info, warn, error",
        description="How much the daemon logs.",
        json_schema_extra={"without": "`replicated.logLevel`"},
    )
    release_sequence: Annotated[StrictInt, Field(ge=1)] | None = Field(
        default=None,
        alias="ReleaseSequence",
        title="a number from 1",
        description="The application's release to install.",
        json_schema_extra={"without": "the newest"},
    )
    tls: Literal["self-signed", "server-path"] = Field(
        default="server-path",
        alias="TlsBootstrapType",
        title="one of self-signed, server-path",
        description="Where the console's certificate comes from.",
    )
    tls_hostname: Host | None = Field(
        default=None,
        alias="TlsBootstrapHostname",
        title="a host name or an IPv4 address",
        description="The console's name; the stack's own certificate holds it too.",
    )
    tls_certificate: ContainerPath | None = Field(
        default=None,
        alias="TlsBootstrapCert",
        title=_FILE,
        description="The console's certificate, only with server-path.",
        json_schema_extra={"without": "one from the stack's own authority"},
    )
    tls_key: ContainerPath | None = _file("TlsBootstrapKey", "Its key.")

    def written(self) -> Mapping[str, object]:
        """The keys of the file that were given or have a default."""
        return self.model_dump(by_alias=True, exclude_none=True)


_KEY: Final = ("replicated", "conf")


def faults(conf: Conf) -> Iterator[Fault]:
    """Keys that exclude or need each other."""
    if conf.release_sequence is not None and conf.airgap_package is not None:
        yield Fault(
            path=(*_KEY, "ReleaseSequence"),
            text="cannot be chosen where LicenseBootstrapAirgapPackagePath names the one package there is; remove one",
            reads=((*_KEY, "LicenseBootstrapAirgapPackagePath"),),
        )
    if conf.force_use_imported_settings and conf.import_settings_from is None:
        yield Fault(
            path=(*_KEY, "ForceUseImportedSettings"),
            text="needs ImportSettingsFrom, which is not set; set it, or remove the key",
            reads=((*_KEY, "ImportSettingsFrom"),),
        )
    given = {"TlsBootstrapCert": conf.tls_certificate, "TlsBootstrapKey": conf.tls_key}
    named = [key for key, value in given.items() if value is not None]
    if named and conf.tls != "server-path":
        yield Fault(
            path=(*_KEY, named[0]),
            text="is only read with TlsBootstrapType server-path; remove the key, or change the type",
            reads=((*_KEY, "TlsBootstrapType"),),
        )
    elif len(named) == 1:
        other = next(key for key in given if key not in named)
        yield Fault(
            path=(*_KEY, named[0]),
            text=f"needs {other} beside it; set both, or none for the stack's own certificate",
            reads=((*_KEY, other),),
        )
