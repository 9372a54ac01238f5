"""What a release can ask about where and for whom it runs, besides its own options.

Owns the type. Does not own the answers' origin: the stack's configuration and the license.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from components.application.license import License


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The license, the release's place in its sequence, and the appliance.

    `sequence` is this release's, `first_sequence` that of the first one installed. `released` and `installed` are in
    UTC; None where the configuration does not say, and then asking is an error. `console` are ConsoleSetting's keys.
    """

    license: License
    sequence: int = 1
    first_sequence: int = 1
    released: datetime | None = None
    installed: datetime | None = None
    airgapped: bool = False
    console: Mapping[str, str] = field(default_factory=dict)
    object_store: bool = False

    @property
    def namespace(self) -> str:
        """Where the application lives."""
        return self.license.namespace
