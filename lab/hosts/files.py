"""The text of the files in a host that are not Debian's: in the template, and in one host only.

Owns pure text. Does not own writing it: template.py and rootfs.py.
"""

from ipaddress import IPv4Address

PRODUCT_UUID = "etc/lab-host/product_uuid"

# What a machine has at boot and a container has not. Later layers may rely on all of it, as they would on a machine.
LAB_HOST = f"""#!/bin/sh
# Makes this host like a machine before anything of Kubernetes starts; run at every boot by lab-host.service.
set -eu

# Mounts made in here reach the mount namespaces of containers, and those of pods come back (kubelet, CSI).
mount --make-rshared /

# Only a bind remount changes the flag of this mount alone; a plain one asks the shared controller, which refuses.
while read -r _ _ _ _ point _; do
    case "$point" in
        /sys/fs/cgroup | /sys/fs/cgroup/*) mount -o remount,bind,rw "$point" ;;
    esac
done </proc/self/mountinfo

# kubelet reads the kernel's messages and does not start without them.
[ -e /dev/kmsg ] || mknod -m 0644 /dev/kmsg c 1 11

# Loop devices belong to the kernel, so all hosts see the same ones: take a free one with `losetup --find`, by its
# number only if nobody else uses that. A boot unit of a later layer that attaches a file orders itself
# After=lab-host.service.
[ -e /dev/loop-control ] || mknod -m 0660 /dev/loop-control c 10 237
number=0
while [ "$number" -lt 64 ]; do
    [ -e "/dev/loop$number" ] || mknod -m 0660 "/dev/loop$number" b 7 "$number"
    number=$((number + 1))
done
chgrp disk /dev/loop*

# The machine's own identity shows through in every host; each must have its own.
if [ -e /sys/class/dmi/id/product_uuid ]; then
    mount --bind /{PRODUCT_UUID} /sys/class/dmi/id/product_uuid
fi
"""

LAB_HOST_UNIT = """[Unit]
Description=What a machine has at boot and a container has not
DefaultDependencies=no
After=local-fs.target
Before=sysinit.target containerd.service kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-host

[Install]
WantedBy=sysinit.target
"""

# Many sessions at once are usual for a program that works on all layers of a host in parallel.
SSHD = """HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
MaxStartups 100:30:200
MaxSessions 100
"""

TEMPLATE: dict[str, tuple[str, int]] = {
    "usr/local/sbin/lab-host": (LAB_HOST, 0o755),
    "etc/systemd/system/lab-host.service": (LAB_HOST_UNIT, 0o644),
    "etc/ssh/sshd_config.d/lab-host.conf": (SSHD, 0o644),
}


def hosts(name: str, address: IPv4Address) -> str:
    """/etc/hosts: the host itself; names of others are nobody's business here."""
    return (
        "127.0.0.1 localhost\n"
        f"{address} {name}\n"
        "::1 localhost ip6-localhost ip6-loopback\n"
        "ff02::1 ip6-allnodes\n"
        "ff02::2 ip6-allrouters\n"
    )


def resolv_conf(gateway: IPv4Address) -> str:
    """/etc/resolv.conf: a name server that refuses, for nothing is outside; CoreDNS does not start without any."""
    return f"nameserver {gateway}\n"
