"""The pod network: which one, and whether it encrypts.

Owns the choice of the network and what each one can do. Does not own the address ranges (`kubernetes.py`).
"""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field, StrictBool, StrictInt

from stacks.config.report import Fault
from stacks.config.schema import Settings

AVAILABLE: Final = ("weave",)
"""The networks that this version installs."""

_ENCRYPTING = ("weave",)


class Network(Settings):
    """`network`: the pod network."""

    provider: Literal["weave", "flannel", "calico", "manifest"] = Field(
        default="weave",
        title="one of weave, flannel, calico, manifest",
        description="The pod network. This version installs weave; the others come with later releases.",
    )
    encryption: StrictBool = Field(
        default=True,
        title="true or false",
        description="Whether traffic between pods on different nodes is encrypted.",
    )
    mtu: Annotated[StrictInt, Field(ge=576, le=65535)] | None = Field(
        default=None,
        title="a number from 576 to 65535",
        description="The largest packet of the pod network in bytes.",
        json_schema_extra={"without": "the network finds its own"},
        examples=[1376],
    )


def faults(network: Network) -> Iterator[Fault]:
    """What is wrong with the group as a whole."""
    path = ("network", "provider")
    if network.provider not in AVAILABLE:
        yield Fault(
            path=path,
            text=f"{network.provider} comes with a later release; this one installs {', '.join(AVAILABLE)}",
        )
    if network.encryption and network.provider not in (*_ENCRYPTING, "manifest"):
        yield Fault(
            path=("network", "encryption"),
            text=f"{network.provider} does not encrypt here; use weave, or set encryption to false",
            reads=(path,),
        )
