"""The Pulumi program: reads the configuration, builds the stack's layers, exports what they are."""

import gc

# Every resource is some fifty futures that live until the end: looking for cycles among them again and again took two
# thirds of the processor time of a preview of a thousand nodes, and freed 4 % of its memory.
gc.disable()

from stacks import secrets  # noqa: E402 - importing makes as many objects again
from stacks.appliance import appliance  # noqa: E402
from stacks.config import from_pulumi  # noqa: E402
from stacks.outputs import export  # noqa: E402

configuration = from_pulumi()
export(appliance(configuration, secrets.from_pulumi(needs_key=configuration.hosts.take_our_key)))
