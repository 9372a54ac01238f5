"""Single functions of the node script, run as they are."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from components.machines.node_script import SOURCE
from components.machines.parameters import render

STATE = "readonly STATE=/var/lib/appliance"
# Places that a test's directory stands in for.
MOVED = (
    "/etc/os-release",
    "/etc/containerd",
    "/usr/local/share/ca-certificates",
    "/etc/pki/ca-trust",
    "/etc/systemd/system",
    "/etc/kubernetes",
    "/etc/haproxy",
)


@dataclass(frozen=True, kw_only=True)
class Functions:
    """The script without its last line, which would run a command; `system` stands in for the host's os-release."""

    state: Path
    system: Mapping[str, str] = field(default_factory=dict)

    def text(self, call: str, values: Mapping[str, str]) -> str:
        script = SOURCE.read_text()
        lines = script.replace(STATE, f"readonly STATE={self.state}").splitlines()
        assert lines[-1] == 'main "$@"'
        release = self.state / "etc" / "os-release"
        release.parent.mkdir(exist_ok=True)
        release.write_text(render(self.system))
        body = "\n".join(lines[:-1])
        for place in MOVED:
            body = body.replace(place, f"{self.state}{place}")
        return f"{body}\n{render(values)}\n{call}"

    def run(self, call: str, values: Mapping[str, str] | None = None) -> str:
        """What the call prints; fails when it fails."""
        return self._run(call, values or {}, fails=False)

    def refusal(self, call: str, values: Mapping[str, str] | None = None) -> str:
        """The sentence that the call ends with."""
        return self._run(call, values or {}, fails=True)

    def _run(self, call: str, values: Mapping[str, str], *, fails: bool) -> str:
        done = subprocess.run(
            ["bash"],
            input=self.text(call, {"NODE_NAME": "n1", **values}),
            capture_output=True,
            text=True,
            check=False,
            # A login with a proxy: the script must not notice.
            env={**os.environ, "https_proxy": "http://login.example.com:1"},
        )
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else done.stdout
