"""What must hold between hosts, and between them and this machine: identities that differ, clocks that do not.

Owns the rules that need more than one host, or this machine. Does not own those about a host by itself (rules.py).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from operate.hosts.facts import Facts
from operate.hosts.finding import Finding, Severity
from operate.hosts.look import Seen
from operate.hosts.requirements import Limits

NTP: Final = "let all take the time from one NTP server"


def judge(seen: Sequence[Seen]) -> tuple[Finding, ...]:
    """All findings of all rules over these hosts."""
    skewed = tuple(_from_this_machine(seen))
    return (*_shared_identities(seen), *skewed, *_from_each_other(seen, {it.host for it in skewed}))


def _shared_identities(seen: Sequence[Seen]) -> Iterator[Finding]:
    own_kernel = [each for each in seen if not each.wanted.shares_a_kernel]
    yield from _same(
        seen,
        "hostname",
        lambda facts: facts.hostname,
        "give each host its own with `hostnamectl set-hostname NAME`",
    )
    yield from _same(
        seen,
        "machine-id",
        lambda facts: facts.machine_id,
        "hosts were cloned: on all but one, remove /etc/machine-id and /var/lib/dbus/machine-id, run "
        "`systemd-machine-id-setup` and reboot",
    )
    # Containers see that of the machine they run on.
    yield from _same(
        own_kernel,
        "product_uuid",
        lambda facts: facts.product_uuid,
        "virtual machines were cloned: give each its own UUID in its hypervisor",
    )


def _same(
    seen: Sequence[Seen], check: str, read: Callable[[Facts], str | None], cure: str
) -> Iterator[Finding]:
    holders: dict[str, list[str]] = defaultdict(list)
    for each in seen:
        if value := read(each.facts):
            holders[value].append(each.wanted.name)
    for value, names in holders.items():
        for name in names if len(names) > 1 else ():
            others = ", ".join(other for other in names if other != name)
            yield Finding(
                host=name,
                severity=Severity.FAIL,
                check=check,
                found=f"has the {check} {value}, as {others} has",
                cure=cure,
            )


def _from_this_machine(seen: Sequence[Seen]) -> Iterator[Finding]:
    for each in seen:
        skew = each.skew.least
        if severity := _severity(abs(skew), each.wanted.clock_skew):
            side = "ahead of" if skew > 0 else "behind"
            yield Finding(
                host=each.wanted.name,
                severity=severity,
                check="clock",
                found=f"its clock is {abs(skew):.0f} s {side} this machine's",
                cure=f"{NTP}; if every host says this, it is this machine that is wrong",
            )


def _from_each_other(seen: Sequence[Seen], told: set[str]) -> Iterator[Finding]:
    """The two that are farthest apart, unless one of them was found to be wrong already."""
    right = [each for each in seen if each.wanted.name not in told]
    if not right:
        return
    first = max(right, key=lambda each: each.skew.low)
    last = min(right, key=lambda each: each.skew.high)
    apart = first.skew.low - last.skew.high
    if severity := _severity(apart, first.wanted.clock_skew):
        for host, there in ((first, last), (last, first)):
            yield Finding(
                host=host.wanted.name,
                severity=severity,
                check="clock",
                found=f"its clock and that of {there.wanted.name} are {apart:.0f} s apart",
                cure=NTP,
            )


def _severity(skew: float, limits: Limits) -> Severity | None:
    if skew > limits.fail:
        return Severity.FAIL
    return Severity.WARN if skew > limits.warn else None
