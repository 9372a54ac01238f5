"""A lab of one test: the command line as a user calls it, ssh as a user has it, and a search for what a lab leaves."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.hosts import loops
from lab.hosts.names import HostId, Lab
from lab.hosts.process import until

CHECKOUT = Path(__file__).parents[3]
REAP = 10  # seconds until a killed process is no zombie any more: not ours to hasten
SECONDS = 120  # far above what any command takes, a template to be made first included


@dataclass(kw_only=True)
class RealLab:
    """A lab with a state directory of its own, so that its name cannot meet another's."""

    name: str
    subnet: str
    state: Path
    key: Path
    made: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "APPLIANCE_STATE": str(self.state)}

    def host(self, name: str) -> HostId:
        return HostId(lab=Lab(home=self.state / "lab", name=self.name), name=name)

    def arguments(self, verb: str, *rest: str) -> list[str]:
        return [sys.executable, "-m", "lab.hosts", verb, "--lab", self.name, *rest]

    def run(self, verb: str, *rest: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.arguments(verb, *rest),
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stderr
        return done

    def create_arguments(self, name: str) -> list[str]:
        key = self.key.with_suffix(".pub").read_text().strip()
        return self.arguments(
            "create", "--name", name, "--subnet", self.subnet, "--authorized-key", key
        )

    def create(self, name: str) -> dict[str, Any]:
        done = self.start_create(name)
        output, said = done.communicate(timeout=SECONDS)
        assert done.returncode == 0, said
        return self.remember(output)

    def start_create(self, name: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.create_arguments(name),
            cwd=CHECKOUT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def remember(self, output: str) -> dict[str, Any]:
        """Trust the host key that a command printed, and no other."""
        made: dict[str, Any] = json.loads(output)
        self.made[made["name"]] = made
        lines = (f"{each['address']} {each['hostKey']}\n" for each in self.made.values())
        (self.state / "known_hosts").write_text("".join(lines))
        return made

    def ssh(self, name: str, script: str, *, fails: bool = False) -> str:
        options = {
            "BatchMode": "yes",
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": str(self.state / "known_hosts"),
            "IdentityFile": str(self.key),
            "IdentitiesOnly": "yes",
            "ConnectTimeout": "5",
        }
        words = [word for item in options.items() for word in ("-o", "=".join(item))]
        done = subprocess.run(
            ["ssh", "-F", "none", *words, f"root@{self.made[name]['address']}", "sh -eu"],
            input=script,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout

    def states(self) -> dict[str, str]:
        found = json.loads(self.run("list", "--json").stdout)
        return {each["name"]: each["state"] for each in found}

    def traces(self, *names: str) -> dict[str, list[str]]:
        """All that this lab and these hosts have on the machine, by kind; empty lists when there is nothing."""
        hosts = [self.host(name) for name in names]
        marks = [str(self.state), *(host.token for host in hosts), self.host("x").lab.token]
        return {
            "processes": _processes(marks),
            "mounts": _lines(Path("/proc/self/mountinfo").read_text(), marks),
            "cgroups": _named(Path("/sys/fs/cgroup"), marks),
            "namespaces": _named(Path("/run/netns"), marks),
            "links": _lines(_links(), marks),
            "nspawn": [*_named(Path("/run/systemd/nspawn"), marks), *_dangling_locks(hosts)],
            "loop devices": [str(device) for host in hosts for device in loops.attached(host.root)],
            "files": sorted(map(str, (self.state / "lab").rglob("*")))[:10],
        }

    def gone(self, *names: str) -> dict[str, list[str]]:
        """The same after a delete, when the first process has taken the zombies away, which it does at its leisure."""
        until(lambda: not self.traces(*names)["processes"], REAP)
        return self.traces(*names)


def _processes(marks: list[str]) -> list[str]:
    """Processes with a mark in their arguments or their cgroup, zombies too."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            words = (directory / "cmdline").read_text().replace("\0", " ")
            groups = (directory / "cgroup").read_text()
        except OSError:
            continue
        if _marked(words + groups, marks) and directory.name != str(os.getpid()):
            found.append(f"{directory.name} {words}")
    return found


def _links() -> str:
    every = ["ip", "-oneline", "link", "show"]
    text = subprocess.run(every, capture_output=True, text=True, check=True).stdout
    for namespace in Path("/run/netns").glob("*"):
        inside = ["ip", "-netns", namespace.name, *every[1:]]
        text += subprocess.run(inside, capture_output=True, text=True, check=False).stdout
    return text


def _named(top: Path, marks: list[str]) -> list[str]:
    # os.walk, since other labs come and go in these places while we look.
    return [
        os.path.join(directory, name)  # noqa: PTH118
        for directory, directories, files in os.walk(top)
        for name in (*directories, *files)
        if _marked(name, marks)
    ]


def _dangling_locks(hosts: list[HostId]) -> list[str]:
    """Locks by inode of our hosts' roots; of one that is gone the inode is not known, so its lock may not be there."""
    locks = Path("/run/systemd/nspawn/locks")
    roots = [host.root.stat() for host in hosts if host.root.exists()]
    names = [f"inode-{root.st_dev}:{root.st_ino}" for root in roots]
    return [name for name in names if (locks / name).exists()]


def _lines(text: str, marks: list[str]) -> list[str]:
    return [line for line in text.splitlines() if _marked(line, marks)]


def _marked(text: str, marks: list[str]) -> bool:
    return any(mark in text for mark in marks)
