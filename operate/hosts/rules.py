"""What a host must be like by itself: one rule for each thing that can be wrong.

Owns the rules and their sentences; each looks at one host's facts and requirements and at nothing else. Does not own
what must hold between hosts (agreement.py).
"""

from collections.abc import Callable, Iterator
from typing import Final

from operate.hosts.facts import Cluster, Facts, Listener
from operate.hosts.finding import Finding, Severity
from operate.hosts.requirements import Limits, Port, Requirements
from operate.hosts.wording import plural, size

ARCHITECTURE: Final = "x86_64"

CGROUP_1_ENDS: Final = (1, 35)
"""From this version on kubelet does not start on cgroup version 1."""

CONTROLLERS: Final = frozenset({"cpu", "cpuset", "memory", "pids"})

OWN_UNITS: Final = frozenset({"appliance-registry.service", "haproxy.service"})
"""Units that the appliance's own prepare step starts, before there is a cluster."""

OTHER: Final = "another living cluster"
OTHER_ENDS: Final = "use another machine, or end that cluster if nothing needs it"

Rule = Callable[[Requirements, Facts, Cluster], Iterator[Finding]]


def judge(wanted: Requirements, facts: Facts, ours: Cluster) -> tuple[Finding, ...]:
    """All findings of all rules about one host; `ours` is the cluster of the stack that asks."""
    return tuple(finding for rule in RULES for finding in rule(wanted, facts, ours))


def is_ours(facts: Facts, ours: Cluster) -> bool:
    """Whether the host belongs to this very stack: by the CA where both are known, else by the cluster's name."""
    theirs = facts.cluster
    if theirs is None:
        return False
    if theirs.fingerprint and ours.fingerprint:
        return theirs.fingerprint == ours.fingerprint
    return theirs.name == ours.name


def fail(wanted: Requirements, check: str, found: str, cure: str) -> Finding:
    """A fault of this host."""
    return Finding(host=wanted.name, severity=Severity.FAIL, check=check, found=found, cure=cure)


def warn(wanted: Requirements, check: str, found: str, cure: str) -> Finding:
    """A warning about this host."""
    return fail(wanted, check, found, cure).only_a_warning()


def privileges(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """Every step runs as root."""
    if facts.privilege == "none":
        yield fail(
            wanted,
            "privileges",
            f"user {facts.user} is not root and may not sudo without a password",
            "log in as root, or allow the user NOPASSWD for all commands in /etc/sudoers.d",
        )


def system(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """Packages are made for certain systems, not all of which were tried."""
    found, cure = f"runs {facts.system.name}", f"install {wanted.systems.names}"
    if not wanted.systems.take(facts.system):
        yield fail(wanted, "system", found, cure)
    elif (facts.system.id, facts.system.version) not in wanted.systems.tried:
        yield warn(wanted, "system", f"{found}, which nobody has tried", f"{cure} to be sure")


def architecture(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """Programs and images are of one architecture."""
    if facts.architecture != ARCHITECTURE:
        found = f"is {facts.architecture}, and the programs are built for {ARCHITECTURE}"
        yield fail(wanted, "architecture", found, "use an amd64 machine")


def init_system(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """Nodes are made of units: kubelet, containerd, HAProxy."""
    if not facts.systemd:
        yield fail(wanted, "systemd", "was not booted by systemd", "boot it with systemd as PID 1")


def control_groups(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """What kubelet demands depends on its version; what a shared kernel has is the machine's and known to do."""
    if wanted.shares_a_kernel:
        return
    cure = "boot with systemd.unified_cgroup_hierarchy=1"
    if facts.cgroup is None:
        yield fail(wanted, "cgroups", "has no cgroup file system at /sys/fs/cgroup", cure)
    elif facts.cgroup == 1:
        if wanted.kubernetes >= CGROUP_1_ENDS:
            version = ".".join(map(str, wanted.kubernetes))
            found = f"has cgroup version 1, on which kubelet {version} does not start"
            yield fail(wanted, "cgroups", found, cure)
        else:
            ends = ".".join(map(str, CGROUP_1_ENDS))
            found = f"has cgroup version 1, on which kubelet does not start from {ends} on"
            yield warn(wanted, "cgroups", found, cure)
    elif missing := sorted(CONTROLLERS - facts.cgroup_controllers):
        found = f"has no cgroup controllers {', '.join(missing)}"
        yield fail(wanted, "cgroups", found, "enable them on the kernel's command line")


def kernel(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """The parts of the kernel that the chosen parts of the appliance need; what could not be told is not judged."""
    for part in wanted.kernel_parts:
        if facts.kernel_parts.get(part.name, True):
            continue
        found = f"kernel {facts.kernel} has no {part.name}, which {part.wanted_by} needs"
        cure = "boot a kernel that has it"
        if part.otherwise is None:
            yield fail(wanted, "kernel", found, cure)
        else:
            yield warn(wanted, "kernel", f"{found}: {part.otherwise}", cure)


def cpus(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """A minimum that kubeadm demands of control planes only."""
    found = f"has {facts.cpus} {plural(facts.cpus, 'CPU')}"
    if facts.cpus < wanted.cpus.fail and wanted.control_plane:
        cure = f"a control plane needs {wanted.cpus.fail} (hosts.checks.cpus.fail)"
        yield fail(wanted, "CPUs", found, cure)
    elif facts.cpus < wanted.cpus.warn:
        cure = f"{wanted.cpus.warn} are advised (hosts.checks.cpus.warn)"
        yield warn(wanted, "CPUs", found, cure)


def memory(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """The host's memory as a whole: what is in use when we look says little."""
    yield from _room(
        wanted, "memory", f"has {size(facts.memory)} of memory", facts.memory, wanted.memory
    )


def disk(wanted: Requirements, facts: Facts, ours: Cluster) -> Iterator[Finding]:
    """Room to install; a host that is installed has used it already."""
    free = facts.free.get("/var/lib")
    if free is None or is_ours(facts, ours):
        return
    yield from _room(wanted, "disk", f"has {size(free)} free below /var/lib", free, wanted.disk)


def _room(
    wanted: Requirements, check: str, found: str, has: int, limits: Limits
) -> Iterator[Finding]:
    key = f"hosts.checks.{check}"
    if has < limits.fail:
        yield fail(wanted, check, found, f"{size(limits.fail)} are needed ({key}.fail)")
    elif has < limits.warn:
        yield warn(wanted, check, found, f"{size(limits.warn)} are advised ({key}.warn)")


def swap(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """Prepare turns off what /etc/fstab turns on. That of a shared kernel is the machine's, and kubelet is told so."""
    if wanted.shares_a_kernel or not facts.swap:
        return
    each = [entry.split() for entry in facts.swap]
    found = "swaps to " + ", ".join(f"{file} ({size(int(amount))})" for amount, file in each)
    if any("zram" in file for _, file in each):
        yield warn(
            wanted,
            "swap",
            found,
            "remove the zram generator, or it comes back at the next boot and kubelet does not start",
        )
    else:
        cure = "it will be turned off, also in /etc/fstab"
        yield warn(wanted, "swap", found, cure)


def synchronised(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """A clock that agrees today and is not held drifts; a shared kernel's clock is the machine's to hold."""
    if facts.synchronised is False and not wanted.shares_a_kernel:
        yield warn(
            wanted,
            "clock",
            "is not synchronised, and will drift",
            "run an NTP client (systemd-timesyncd or chrony) with a server that it reaches",
        )


def identity(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """Network and journal tell hosts apart by it."""
    if facts.machine_id in (None, "uninitialized"):
        found = "has no machine-id in /etc/machine-id"
        yield fail(wanted, "machine-id", found, "run systemd-machine-id-setup and reboot")


def address(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """What the host is reached by is what the others reach it by, and what its API server binds to."""
    if facts.addresses and wanted.address not in facts.addresses and _is_numeric(wanted.address):
        own = ", ".join(sorted(facts.addresses - {"127.0.0.1"}))
        found = f"is reached at {wanted.address}, which is none of its own addresses ({own})"
        cure = "give one of those: the nodes reach each other by it, and no NAT may lie between"
        yield fail(wanted, "address", found, cure)


def programs(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """What the node script needs before it has installed anything."""
    if missing := sorted({"bash", "curl", "ip", "ss"} - facts.programs):
        packages = {"bash": "bash", "curl": "curl", "ip": "iproute2", "ss": "iproute2"}
        install = ", ".join(dict.fromkeys(packages[name] for name in missing))
        cure = f"install them (on Debian the packages {install})"
        yield fail(wanted, "programs", f"lacks {', '.join(missing)}", cure)
    if facts.sftp is False:
        found = "has an SSH server without sftp, by which the node script is copied"
        cure = "add `Subsystem sftp internal-sftp` to /etc/ssh/sshd_config and reload ssh"
        yield fail(wanted, "sftp", found, cure)


def ports(wanted: Requirements, facts: Facts, ours: Cluster) -> Iterator[Finding]:
    """Ports that the node's roles need. Those of our own living cluster, and of an earlier try of ours, are fine."""
    taken: dict[str, list[str]] = {}
    for port in wanted.ports:
        for listener in facts.listeners or ():
            if (listener.protocol, listener.port) != (port.protocol, port.number):
                continue
            if not _holds_rightly(port, listener, ours=is_ours(facts, ours)):
                use = f"{port.number} {port.protocol} (for {port.program})"
                uses = taken.setdefault(_holder(port, listener, facts), [])
                uses.extend([] if use in uses else [use])
    for holder, uses in taken.items():
        found = f"has {plural(len(uses), 'port')} {', '.join(uses)} taken by {holder}"
        cure = "stop that, or move it to another port"
        yield fail(wanted, "ports", found, OTHER_ENDS if holder == OTHER else cure)


def _holds_rightly(port: Port, listener: Listener, *, ours: bool) -> bool:
    if listener.unit in OWN_UNITS and listener.program == port.program:
        return True
    # Without root the program is not seen; that is a finding of its own, and not to be blamed on our own cluster.
    return ours and listener.program in (port.program, None)


def _holder(port: Port, listener: Listener, facts: Facts) -> str:
    # What another cluster's nodes run is one thing, not one for each program.
    if listener.program == port.program and listener.unit in (None, "kubelet.service"):
        return OTHER
    # Root sees every program: what has none is the kernel's own, such as a VXLAN link.
    nobody = "a program that only root can see" if facts.privilege == "none" else "the kernel"
    program = listener.program or nobody
    return f"{program} ({listener.unit})" if listener.unit else program


def leftovers(wanted: Requirements, facts: Facts, ours: Cluster) -> Iterator[Finding]:
    """What belongs to a cluster that is not this stack's: never cleared by us, for it may live."""
    if is_ours(facts, ours):
        return
    if facts.cluster is not None and facts.cluster.name is not None:
        same = facts.cluster.name == ours.name
        whose = "another stack of that name" if same else "another stack"
        yield fail(
            wanted,
            "cluster",
            f"belongs to the cluster {facts.cluster.name} of {whose}",
            "take it out of that stack first (its secrets make it its own), or use another machine",
        )
    if facts.leftovers:
        found = f"holds what a cluster left: {', '.join(facts.leftovers)}"
        cure = "if nothing of it is needed, run `kubeadm reset` there and remove these, or use another machine"
        yield fail(wanted, "leftovers", found, cure)


def source(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """Packages of a bundle and those of the vendors would replace each other."""
    places = {"bundle": "a bundle", "vendors": "the vendors' repositories"}
    if facts.source in places and facts.source != wanted.source:
        cure = "set airgap.bundle back" if facts.source == "bundle" else "leave airgap.bundle out"
        yield fail(
            wanted,
            "source",
            f"was installed from {places[facts.source]}",
            f"{cure}, or install its system anew",
        )


def defences(wanted: Requirements, facts: Facts, _: Cluster) -> Iterator[Finding]:
    """What would block the cluster is its owner's to switch off."""
    cures = {
        "SELinux": "run setenforce 0 and set SELINUX=permissive in /etc/selinux/config",
        "firewalld": "run systemctl disable --now firewalld and filter outside of the host",
        "ufw": "run ufw disable and filter outside of the host",
    }
    for name, cure in cures.items():
        if name in facts.defences:
            does = "is enforcing" if name == "SELinux" else "is active"
            yield fail(wanted, "defences", f"{name} {does}, which blocks the cluster", cure)


def _is_numeric(text: str) -> bool:
    return text.replace(".", "").isdigit()


RULES: Final[tuple[Rule, ...]] = (
    privileges,
    system,
    architecture,
    init_system,
    control_groups,
    kernel,
    cpus,
    memory,
    disk,
    swap,
    synchronised,
    identity,
    address,
    programs,
    ports,
    leftovers,
    source,
    defences,
)
