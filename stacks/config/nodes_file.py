"""The nodes in a file of their own: for stacks of many hosts, and for lists that another program writes.

Owns putting the file's list where the model expects it, and calling its faults by the file's name. Does not own reading
files (the caller hands in how) nor what a node is (`hosts.py`).

Pulumi hands a program its configuration in one environment variable, of which Linux takes 128 KiB: some 780 nodes with
their host keys. A file has no such end.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import yaml

from stacks.config.report import Fault, line
from stacks.config.schema import Path, path_text

KEY: Path = ("hosts", "nodesFile")
NODES: Path = ("hosts", "nodes")

Read = Callable[[str], str]
"""The text of a file beside the configuration, by its path; OSError or ValueError if it cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Expanded:
    """The configuration with the file's nodes in it; `file` names the file if one was asked for."""

    values: Mapping[str, object]
    file: str = ""
    fault: Fault | None = None

    def line(self, configuration: str, fault: Fault) -> str:
        """One line of the report: what is wrong with a node stands in the file that the node stands in."""
        if not self.file or fault.path[:2] != NODES:
            return line(configuration, fault)
        return line(self.file, replace(fault, path=fault.path[2:] or ("nodes",)))

    def without_echo(self, faults: Iterable[Fault]) -> list[Fault]:
        """The faults but for those that only say that a file, which could not be read, gave no nodes."""
        return [each for each in faults if self.fault is None or each.path[:2] != NODES]


def expand(values: Mapping[str, object], read: Read | None) -> Expanded:
    """Put the nodes of `hosts.nodesFile` under `hosts.nodes`; without that key nothing changes."""
    hosts = values.get("hosts")
    if read is None or not isinstance(hosts, Mapping) or not isinstance(hosts.get(KEY[1]), str):
        return Expanded(values=values)
    file = str(hosts[KEY[1]])
    try:
        nodes = _nodes(path_text(file), read, given="nodes" in hosts)
    except ValueError as wrong:
        return Expanded(values=values, file=file, fault=Fault(path=KEY, text=str(wrong)))
    return Expanded(values={**values, "hosts": {**hosts, "nodes": nodes}}, file=file)


def _nodes(file: str, read: Read, *, given: bool) -> list[object]:
    """The file's list; ValueError with a sentence."""
    if given:
        raise ValueError("stands beside nodes; give one of the two")
    try:
        found = yaml.safe_load(read(file))
    except OSError as wrong:
        raise ValueError(f"{file} cannot be read: {wrong.strerror}") from None
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        raise ValueError(f"{file} is no YAML{place}; give a list of nodes") from None
    if not isinstance(found, list):
        raise ValueError(f"{file} does not hold a list; begin each node with '- name:'")  # noqa: TRY004
    return found
