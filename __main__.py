"""The Pulumi program: reads the configuration, builds the stack's layers, exports what they are."""

from stacks import secrets
from stacks.appliance import appliance
from stacks.config import from_pulumi
from stacks.outputs import export

configuration = from_pulumi()
makes_hosts = configuration.hosts.provider == "local"
export(appliance(configuration, secrets.from_pulumi(makes_hosts=makes_hosts)))
