"""What is said about a host: how bad, what about, what was found and what to do.

Owns the form of one finding. Does not own any rule, nor how all of them are shown (table.py).
"""

from dataclasses import dataclass, replace
from enum import Enum


class Severity(Enum):
    """FAIL keeps the appliance off all hosts; WARN is told and does not."""

    FAIL = "FAIL"
    WARN = "warn"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing about one host. `check` is the noun it is about, `found` what is so, `cure` what to do."""

    host: str
    severity: Severity
    check: str
    found: str
    cure: str

    @property
    def sentence(self) -> str:
        """Both halves in one."""
        return f"{self.found}; {self.cure}"

    def only_a_warning(self) -> "Finding":
        """The same, for a host that nothing depends on."""
        return replace(self, severity=Severity.WARN)
