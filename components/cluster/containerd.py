"""containerd's configuration, as text.

Owns config.toml. Does not own the mirrors' hosts.toml files: the node script writes them beside it, since containerd
reads them at every pull.
"""

from components.machines.machine import Profile

_CRI = 'plugins."io.containerd.grpc.v1.cri"'


def config(sandbox_image: str, profile: Profile) -> str:
    """config.toml (version 2, read by containerd 1.6 to 2.x) for a host of the given profile; the rest is default.

    LAB: the host's bounding set has no CAP_SYS_RESOURCE, so OOM scores may only rise, and its cgroups are made by
    containerd itself. MACHINE: systemd makes the cgroups, as kubelet's default wants it.
    """
    lab = profile is Profile.LAB
    return f"""version = 2
[{_CRI}]
  sandbox_image = "{sandbox_image}"
  restrict_oom_score_adj = {str(lab).lower()}
  [{_CRI}.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [{_CRI}.containerd.runtimes.runc.options]
      SystemdCgroup = {str(not lab).lower()}
  [{_CRI}.registry]
    config_path = "/etc/containerd/certs.d"
"""
