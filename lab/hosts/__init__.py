"""Lab hosts: Debian root file systems booted by systemd-nspawn, each with a network and a cgroup root of its own.

Owns making, booting and deleting them on this machine. Does not own what is installed in them: a host is what a fresh
server is (systemd, sshd), and everything else comes over SSH, as on a real one. `python -m lab.hosts` is the command
line; `lab.hosts.host` has the same as functions. docs/design/0003-lab-hosts.md says why it is built like this.

A lab host is no security border: root in it can become root of this machine.
"""
