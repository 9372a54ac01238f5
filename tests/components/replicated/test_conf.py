import json
from collections.abc import Callable

from components.replicated.conf import conf, fingerprint


def test_the_file_is_as_reviewed(golden: Callable[[str, str], None]) -> None:
    keys = {
        "BypassPreflightChecks": True,
        "DaemonAuthenticationType": "password",
        "LicenseFileLocation": "/var/lib/replicated/license.rli",
        "ReleaseSequence": 7,
        "TlsBootstrapHostname": "console.example.com",
        "TlsBootstrapType": "server-path",
    }
    golden("replicated.conf", conf(keys, "info", "open sesame"))


def test_whoever_lets_everybody_in_has_no_password_in_the_file() -> None:
    text = conf({"DaemonAuthenticationType": "anonymous"}, "info", "open sesame")
    assert "open sesame" not in text


def test_what_was_given_wins_over_what_the_stack_knows() -> None:
    keys = {"TlsBootstrapType": "server-path", "TlsBootstrapCert": "/a", "LogLevel": "debug"}
    found = json.loads(conf(keys, "info", ""))
    assert found["TlsBootstrapCert"] == "/a"
    assert found["LogLevel"] == "debug"
    assert found["TlsBootstrapKey"] == "/etc/replicated/tls/tls.key"


def test_a_fingerprint_needs_the_seed_and_tells_texts_apart() -> None:
    one = fingerprint("00" * 32, "a", "bc")
    assert one != fingerprint("01" * 32, "a", "bc")
    assert one != fingerprint("00" * 32, "ab", "c")
    assert one == fingerprint("00" * 32, "a", "bc")
