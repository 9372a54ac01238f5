"""Virtual machines for tests: Debian with a kernel, a cgroup tree and an init of its own, on a lab's private network.

Owns making, booting and deleting them on this machine, with QEMU. What shares a kernel with others cannot prove what a
machine's own kernel does (cgroup version 2, modules, sysctls, IPVS, Open vSwitch): that is what these are for. Nobody's
stack runs on them; hosts that boot in seconds are in `lab.hosts`, whose names, addresses, locks and switch are used
here too. `python -m lab.machines` is the command line; docs/design/0003-lab-hosts.md says why there are both.
"""
