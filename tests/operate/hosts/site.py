"""A site with hosts that exist: lab hosts, used by a stack of provider ssh, in a project directory of their own."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from operate.checkout import link
from tests.lab.hosts.real_lab import RealLab

STACK = "site"


@dataclass(kw_only=True)
class Site:
    """Someone in a checkout with the stack `site`, and the hosts that it is to use."""

    lab: RealLab
    checkout: Path
    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    public_key: str = ""

    def begin(self, names: tuple[str, ...]) -> None:
        """Make the hosts and the stack's secrets, and let the stack's key in everywhere."""
        link(self.checkout)
        for name in names:
            made = self.lab.create(name)
            roles = ["control-plane", "worker"] if name == names[0] else ["worker"]
            self.nodes[name] = {
                "name": name,
                "roles": roles,
                "address": made["address"],
                "hostKey": made["hostKey"],
            }
        self.configure()
        printed = self.run("init")
        self.public_key = next(line for line in printed.splitlines() if line.startswith("ssh-"))
        for name in names:
            self.lab.ssh(name, f"echo '{self.public_key}' >>/root/.ssh/authorized_keys")

    def configure(self, *more: dict[str, Any], hosts: dict[str, Any] | None = None) -> None:
        """Write the stack's file: all hosts, with what `more` says of those of that name."""
        nodes = {name: dict(node) for name, node in self.nodes.items()}
        for change in more:
            nodes.setdefault(change["name"], {"roles": ["worker"]}).update(change)
        document = {
            "appliance:hosts": {
                "provider": "ssh",
                "kernel": "shared",
                # The disk belongs to the machine that runs the tests.
                "checks": {"disk": {"warn": "1Gi", "fail": "1Gi"}},
                "nodes": list(nodes.values()),
                **(hosts or {}),
            },
            "appliance:airgap": {"bundle": "local"},
            "appliance:protection": False,
        }
        (self.checkout / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump({"config": document}))

    def run_in_shell(self, script: str) -> str:
        """What commands print in the stack's shell."""
        return self.run("shell", stdin=f"set -e\n{script}\n")

    def run(self, *words: str, code: int = 0, stdin: str = "") -> str:
        """What a command of `python -m operate` prints."""
        # A shell that this test is started from must not name another stack, backend or agent.
        outside = {
            name: value
            for name, value in os.environ.items()
            if "PULUMI" not in name and name != "SSH_AUTH_SOCK"
        }
        done = subprocess.run(
            [sys.executable, "-m", "operate", *words, "--stack", STACK],
            cwd=self.checkout,
            env={**outside, "APPLIANCE_STATE": str(self.lab.state)},
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    def check(self, code: int = 0) -> dict[str, list[list[str]]]:
        """The table of `check-hosts`: result, check and sentence of each row, by host."""
        rows: dict[str, list[list[str]]] = {}
        lines = self.run("check-hosts", code=code).splitlines()
        head = next(number for number, line in enumerate(lines) if line.startswith("HOST "))
        starts = [lines[head].index(word) for word in ("RESULT", "CHECK", "WHAT")]
        for line in lines[head + 1 :]:
            name = line.split(" ")[0]
            if name.isdigit():  # the sum below the table
                break
            cells = [line[starts[0] : starts[1]], line[starts[1] : starts[2]], line[starts[2] :]]
            rows.setdefault(name, []).append([cell.strip() for cell in cells])
        return rows
