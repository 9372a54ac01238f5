"""Someone at a keyboard in a project directory of their own.

Owns running the operator's commands on a stack that nobody else uses: own directory, state, lab and addresses.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from operate.checkout import copy

# Two runs on one machine need two names and networks.
STACK = os.environ.get("APPLIANCE_E2E_STACK", "e2e")
SUBNET = os.environ.get("APPLIANCE_E2E_SUBNET", "10.81.0.0/24")
# A machine without KVM emulates other machines many times slower: every limit of these tests is multiplied by this.
PATIENCE = float(os.environ.get("APPLIANCE_TEST_PATIENCE", "1"))

ALONE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"')
"""Before a command: a network of its own, with nobody in it."""

WORKER = {"name": "n2", "roles": ["worker"]}
CONFIGURATION: dict[str, Any] = {
    "hosts": {
        "provider": "local",
        "lab": {"name": STACK, "subnet": SUBNET},
        "nodes": [{"name": "n1", "roles": ["control-plane", "worker"]}, WORKER],
    },
    "kubernetes": {"version": "1.35.4"},
    "network": {"provider": "weave", "encryption": True},
    "airgap": {"bundle": "local"},
    "protection": False,
}


@dataclass
class Operator:
    """Someone at a keyboard in the project's directory; everything printed is kept in one log."""

    project: Path
    state: Path
    policies: bool = False
    """Whether `up` looks at the rules first, which takes seconds each time."""

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "APPLIANCE_STATE": str(self.state)}

    @property
    def log(self) -> Path:
        return self.state / "e2e.log"

    def begin_anew(self) -> None:
        """Forgets the stack, which has no resources: its state, its secrets, its key."""
        for directory in ("pulumi", "stacks"):
            shutil.rmtree(self.state / directory, ignore_errors=True)

    def configure(self, configuration: Mapping[str, Any]) -> None:
        """Writes the stack's tracked file."""
        document = {"config": {f"appliance:{key}": value for key, value in configuration.items()}}
        (self.project / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(document))

    def start(self, *words: str, cut_off: bool = False) -> subprocess.Popen[str]:
        """Starts a command of `python -m operate` in a process group of its own; `cut_off`, it reaches no host."""
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(words)}\n")
        options = ("--no-policies",) if words[0] == "up" and not self.policies else ()
        return subprocess.Popen(
            [
                *(ALONE if cut_off else ()),
                *(sys.executable, "-m", "operate", *words, *options, "--stack", STACK),
            ],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, limit: int = 1500, code: int = 0, cut_off: bool = False) -> str:
        """What a command printed; fails the test when the command ends with another code."""
        began = time.monotonic()
        process = self.start(*words, cut_off=cut_off)
        output, _ = process.communicate(timeout=limit * PATIENCE)
        with self.log.open("a") as log:
            log.write(output)
        print(f"operate {' '.join(words)}: {time.monotonic() - began:.0f} s", file=sys.stderr)
        assert process.returncode == code, f"operate {' '.join(words)} failed:\n{output[-6000:]}"
        return output

    def fails(self, *words: str, limit: int = 600) -> str:
        """What a command printed that is expected to fail."""
        process = self.start(*words)
        output, _ = process.communicate(timeout=limit * PATIENCE)
        with self.log.open("a") as log:
            log.write(output)
        assert process.returncode != 0, f"operate {' '.join(words)} succeeded:\n{output[-3000:]}"
        return output

    def code(self, *words: str, limit: int = 120) -> int:
        """The exit code of a command that may succeed or fail."""
        process = self.start(*words)
        output, _ = process.communicate(timeout=limit)
        with self.log.open("a") as log:
            log.write(output)
        return process.returncode

    def killed_when(self, pattern: str, *words: str, limit: int = 600) -> str:
        """What a command printed until a line matched; then it was ended by SIGKILL, its children not."""
        process = self.start(*words)
        assert process.stdout is not None
        read = []
        deadline = time.monotonic() + limit
        for line in process.stdout:
            read.append(line)
            if re.search(pattern, line):
                process.kill()
                break
            assert time.monotonic() < deadline, (
                f"{pattern!r} did not come:\n{''.join(read)[-3000:]}"
            )
        process.wait()
        assert process.returncode == -signal.SIGKILL, f"ended by itself:\n{''.join(read)[-3000:]}"
        # The pipe stays open in what the command had started; nobody should block on it.
        process.stdout.close()
        return "".join(read)

    def shell(self, script: str, limit: int = 300) -> str:
        """Standard output of shell commands with pulumi, kubectl and KUBECONFIG set."""
        done = subprocess.run(
            [sys.executable, "-m", "operate", "shell", "--stack", STACK],
            cwd=self.project,
            env=self.environment,
            input=f"set -e\n{script}\n",
            capture_output=True,
            text=True,
            timeout=limit * PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{script}\nfailed: {done.stderr[-3000:]}"
        return done.stdout

    def kubectl(self, arguments: str, limit: int = 120) -> str:
        """Standard output of kubectl, in the environment of the shell, which is asked for once: it is called often."""
        if "bastion" in (self.project / f"Pulumi.{STACK}.yaml").read_text():
            # The way there is open only while a shell is.
            return self.shell(f"kubectl {arguments}", limit)
        done = subprocess.run(
            ["bash", "-c", f"kubectl {arguments}"],
            cwd=self.project,
            env=self.shell_environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit * PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"kubectl {arguments}\nfailed: {done.stderr[-3000:]}"
        return done.stdout

    @cached_property
    def shell_environment(self) -> dict[str, str]:
        """What `make shell` sets."""
        entries = self.shell("env -0").split("\0")
        return dict(entry.partition("=")[::2] for entry in entries if "=" in entry)

    def kubectl_json(self, arguments: str) -> Any:
        return json.loads(self.kubectl(f"{arguments} -o json"))

    def hosts(self, *words: str) -> str:
        """A command of the lab's hosts."""
        return self._lab("lab.hosts", *words, limit=180)

    def machines(self, *words: str) -> str:
        """A command of the lab's virtual machines; the first one makes their image."""
        return self._lab("lab.machines", *words, limit=900)

    def _lab(self, module: str, *words: str, limit: int) -> str:
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=limit * PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{module} {' '.join(words)} failed: {done.stderr[-2000:]}"
        return done.stdout

    def ssh(self, node: str, command: str) -> str:
        """Standard output of a command on a host, as its administrator would run it."""
        hosts = json.loads(self.hosts("list", "--lab", STACK, "--json"))
        address = next(host["address"] for host in hosts if host["name"] == node)
        options = "-o StrictHostKeyChecking=no -o LogLevel=ERROR -o UserKnownHostsFile=/dev/null -o BatchMode=yes"
        # The shell's environment has an agent with the stack's key.
        return self.shell(f"ssh {options} root@{address} {shlex.quote(command)}", limit=90)

    def names(self) -> set[str]:
        """The names of all resources in the stack's state."""
        resources = json.loads(self.exported_state())["deployment"].get("resources", [])
        return {resource["urn"].rpartition("::")[2] for resource in resources}

    def exported_state(self) -> str:
        """The stack's state as Pulumi exports it, secrets still encrypted."""
        return self.shell("pulumi stack export")


def make_operator(directory: Path) -> Operator:
    """A project directory with links to this checkout, and a state directory beside it."""
    project, state = directory / "project", directory / "state"
    project.mkdir(parents=True)
    state.mkdir()
    copy(project)
    operator = Operator(project=project, state=state)
    operator.configure(CONFIGURATION)
    return operator
