"""The Pulumi program: reads the configuration, builds the stack's layers, exports what they are."""

from stacks.appliance import appliance
from stacks.config import from_pulumi
from stacks.outputs import export
from stacks.secrets import Secrets

export(appliance(from_pulumi(), Secrets.from_pulumi()))
