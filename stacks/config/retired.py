"""Words that older write-ups of this appliance use and that do nothing here any more.

Owns the one sentence for each of them: what happened and what to use instead. Does not own what is valid.
"""

from typing import Final

_CONSOLE = (
    "is a secret and stands encrypted beside the groups: set it with `pulumi config set --secret "
    "appliance:replicatedPassword`, or leave it out, and the stack makes one"
)
_RUNTIME = (
    "Kubernetes has dropped Docker and rkt; containerd is the only runtime, so remove the key"
)
_DIRECTORY = (
    "no living Rook takes a directory as an OSD; use storage.rook.loopFile (a file in that directory, attached as a "
    "device) or storage.rook.devices"
)

RETIRED_KEYS: Final = {
    "runtime": _RUNTIME,
    "containerRuntime": _RUNTIME,
    "docker": _RUNTIME,
    "rkt": _RUNTIME,
    "directories": _DIRECTORY,
    "storeConfig": _DIRECTORY,
    "caFile": "an authority that hosts trust stands in the group trust: trust.caFile",
    "DaemonAuthenticationPassword": _CONSOLE,
    "hyperkube": "hyperkube is no longer published; kubeadm installs the parts, so remove the key",
}
"""Keys that are refused wherever they stand, with more than "unknown key"."""

RETIRED_VALUES: Final = {
    "romana": "romana is dead and runs on no living Kubernetes; use weave",
    "docker": _RUNTIME,
    "rkt": _RUNTIME,
    "userspace": "Kubernetes has removed the userspace mode; use iptables or nftables",
}
"""Values that are refused with more than the list of choices."""
