"""Values of which some are known only later, put together.

Owns doing that with few Outputs. Pulumi makes several futures for every value that it is handed, and of what a thousand
nodes are told almost all is plain text: left to `Output.all` alone, that costs as much as half the registrations.
"""

from collections.abc import Mapping
from typing import Any, Final

import pulumi

PLAIN: Final = (str, int, type(None))


def together(values: Mapping[str, pulumi.Input[Any]]) -> pulumi.Output[dict[str, Any]]:
    """All values under their names once those that are Outputs are known; secret if one of them is."""
    plain = {name: value for name, value in values.items() if isinstance(value, PLAIN)}
    later = {name: value for name, value in values.items() if name not in plain}
    # Of nothing, `all` makes an empty list.
    return pulumi.Output.all(**later).apply(lambda known: {**plain, **dict(known)})
