#!/bin/sh
# Makes a lab host like a machine before anything of Kubernetes starts: what a machine has at boot and a container has
# not. In the host it is /usr/local/sbin/lab-host, run at every boot by lab-host.service.
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
    mount --bind /etc/lab-host/product_uuid /sys/class/dmi/id/product_uuid
fi
