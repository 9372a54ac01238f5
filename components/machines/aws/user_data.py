"""What a machine is told before anybody has logged in: cloud-init's user data.

Owns the document. Does not own what is installed later: that is the node script's. Whoever may describe the instance
may read it, so that what it holds is worth nothing after first contact.
"""

import yaml

from components.machines.aws.host_keys import HostKey


def user_data(name: str, key: HostKey) -> str:
    """The `#cloud-config` of a machine that shows `key` as its only host key."""
    document = {
        "hostname": name,
        "preserve_hostname": False,
        # Debian's images would write /etc/hosts anew at each boot, and with it the cluster's own name away.
        "manage_etc_hosts": False,
        "ssh_deletekeys": True,
        "ssh_keys": {"ecdsa_private": key.private, "ecdsa_public": key.public},
        "ssh_pwauth": False,
        "disable_root": True,
    }
    return "#cloud-config\n" + yaml.safe_dump(document, sort_keys=True)
