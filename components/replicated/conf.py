"""/etc/replicated.conf as text: what the daemon reads at its first start.

Owns the text, and the fingerprint by which a changed one restarts the pod. Does not own what may be in it: that is the
configuration's.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping

from components.replicated.places import CERTIFICATE_FILE, KEY_FILE


def conf(keys: Mapping[str, object], log_level: str, password: str) -> str:
    """The file, with what the stack knows itself: log level, password, and its own certificate where none is named."""
    own: dict[str, object] = {"LogLevel": log_level}
    if keys.get("DaemonAuthenticationType") == "password":
        own["DaemonAuthenticationPassword"] = password
    if keys.get("TlsBootstrapType") == "server-path":
        own |= {"TlsBootstrapCert": CERTIFICATE_FILE, "TlsBootstrapKey": KEY_FILE}
    return json.dumps({**own, **keys}, indent=2, sort_keys=True) + "\n"


def fingerprint(seed: str, *texts: str) -> str:
    """Says whether texts have changed and nothing else: without the seed (hex) no password can be tried on it."""
    data = "\0".join(texts).encode()
    return hmac.new(bytes.fromhex(seed), data, hashlib.sha256).hexdigest()
