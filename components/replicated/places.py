"""Names, ports and paths that the daemon's objects share, as Replicated's own installer had them.

Owns these words. Does not own any object.
"""

from typing import Final

NAMESPACE: Final = "default"
NAME: Final = "replicated"
UI: Final = "replicated-ui"
REGISTRY: Final = "replicated-registry"
SELECTOR: Final = {"app": NAME, "tier": "master"}

REGISTRY_PORT: Final = 9874
API_PORT: Final = 9876
INTERNAL_PORT: Final = 9877
SNAPSHOTS_PORT: Final = 9878
UI_PORT: Final = 8800

DATA_CLAIM: Final = "replicated-pv-claim"
CONF_SECRET: Final = "replicated-conf"  # noqa: S105 - an object's name
TLS_SECRET: Final = "replicated-tls"  # noqa: S105 - an object's name
PUSH_SECRET: Final = "replicated-registry-password"  # noqa: S105 - an object's name
PULL_SECRET: Final = "replicateddockerhubkey"  # noqa: S105 - an object's name
OVERVIEW: Final = "replicated-appliance"

CONF_KEY: Final = "replicated.conf"
CONF_FILE: Final = "/etc/replicated.conf"
TLS_DIRECTORY: Final = "/etc/replicated/tls"
CERTIFICATE_FILE: Final = f"{TLS_DIRECTORY}/tls.crt"
KEY_FILE: Final = f"{TLS_DIRECTORY}/tls.key"
PUSH_DIRECTORY: Final = "/etc/replicated/registry"
OVERVIEW_DIRECTORY: Final = "/etc/appliance"
DATA_DIRECTORY: Final = "/var/lib/replicated"
TEMPORARY_DIRECTORY: Final = "/var/lib/replicated-tmp"
SOCKET_DIRECTORY: Final = "/var/run/replicated"
