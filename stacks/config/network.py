"""The pod network: which one, and whether it encrypts and enforces policies.

Owns the choice of the network and what each one can do. Does not own the address ranges (`kubernetes.py`), nor what
stands in a manifest (`stacks/network.py` reads it).
"""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field, StrictBool, StrictInt

from stacks.config.report import Fault
from stacks.config.schema import FilePath, Path, Settings

AVAILABLE: Final = ("weave", "flannel", "manifest")
"""The networks that this version installs."""

_PROVIDER: Path = ("network", "provider")
_BACKEND: Path = ("network", "flannel", "backend")


class Flannel(Settings):
    """`network.flannel`: what only Flannel has."""

    backend: Literal["vxlan", "host-gw"] = Field(
        default="vxlan",
        title="one of vxlan, host-gw",
        description="How packets reach other hosts: in UDP packets on port 8472, or by plain routes, for hosts on one "
        "link.",
    )


class Network(Settings):
    """`network`: the pod network."""

    provider: Literal["weave", "flannel", "calico", "manifest"] = Field(
        default="weave",
        title="one of weave, flannel, calico, manifest",
        description="The pod network, for life: weave, flannel, or a manifest of your own. calico comes with a later "
        "release.",
    )
    encryption: StrictBool = Field(
        default=True,
        title="true or false",
        description="Whether traffic between pods on different nodes is encrypted. Must be false with flannel. With a "
        "manifest it must be given and says what the manifest does.",
    )
    policies: StrictBool = Field(
        default=True,
        title="true or false",
        description="Whether NetworkPolicies are enforced. Must be false with flannel. With a manifest it must be "
        "given and says what the manifest does.",
    )
    mtu: Annotated[StrictInt, Field(ge=576, le=65535)] | None = Field(
        default=None,
        title="a number from 576 to 65535",
        description="The largest packet of the pod network in bytes; not with host-gw or a manifest.",
        json_schema_extra={"without": "the network finds its own"},
        examples=[1376],
    )
    flannel: Flannel | None = Field(
        default=None,
        title="a group of keys",
        description="Settings of Flannel; only with provider flannel.",
    )
    manifest: FilePath | None = Field(
        default=None,
        title="the path of a YAML file",
        description="The Kubernetes objects of your own network; only with provider manifest, which requires it.",
        examples=["network.yaml"],
    )

    @property
    def backend(self) -> Literal["vxlan", "host-gw"]:
        """Flannel's backend, given or not."""
        return (self.flannel or Flannel()).backend


def faults(network: Network) -> Iterator[Fault]:
    """What is wrong with the group as a whole."""
    if network.provider not in AVAILABLE:
        yield Fault(
            path=_PROVIDER,
            text=f"{network.provider} comes with a later release; this one installs {', '.join(AVAILABLE)}",
        )
    yield from _abilities(network)
    yield from _settings(network)


def _abilities(network: Network) -> Iterator[Fault]:
    """What the network must be able to do and cannot, or what nobody but the operator can know."""
    for key, able, verb in (
        ("encryption", network.encryption, "encrypts"),
        ("policies", network.policies, "enforces NetworkPolicies"),
    ):
        path = ("network", key)
        if network.provider == "manifest" and key not in network.model_fields_set:
            text = f"missing; what a manifest does cannot be seen from here, so say true if it {verb}, else false"
            yield Fault(path=path, text=text, reads=(_PROVIDER,))
        if network.provider == "flannel" and able:
            what = "encrypt" if key == "encryption" else "enforce NetworkPolicies"
            text = f"flannel does not {what}; use weave, or set {key} to false"
            yield Fault(path=path, text=text, reads=(_PROVIDER,))
    if network.provider == "weave" and not network.policies:
        text = "weave always enforces NetworkPolicies; remove the key, or use flannel"
        yield Fault(path=("network", "policies"), text=text, reads=(_PROVIDER,))


def _settings(network: Network) -> Iterator[Fault]:
    """Keys of another network, and those that this one lacks."""
    if network.provider == "manifest" and network.manifest is None:
        text = "missing; give the path of the YAML file with your network's objects"
        yield Fault(path=("network", "manifest"), text=text, reads=(_PROVIDER,))
    for key, value, owner in (
        ("manifest", network.manifest, "manifest"),
        ("flannel", network.flannel, "flannel"),
    ):
        if value is not None and network.provider != owner:
            text = f"is only read with provider {owner}; remove the key, or change the provider"
            yield Fault(path=("network", key), text=text, reads=(_PROVIDER,))
    if network.mtu is not None and network.provider == "manifest":
        text = "is not read with a manifest; set it there, and remove the key"
        yield Fault(path=("network", "mtu"), text=text, reads=(_PROVIDER,))
    if network.mtu is not None and network.provider == "flannel" and network.backend == "host-gw":
        text = "host-gw adds nothing to packets, so pods have the hosts' own size; remove the key"
        yield Fault(path=("network", "mtu"), text=text, reads=(_PROVIDER, _BACKEND))
