"""The options of `make rewrite`.

Owns their names and help. Does not own what they mean (`commands/rewrite.py`), which imports components: the command
line must be there when one of them is broken.
"""

import argparse
from pathlib import Path


def add_to(command: argparse.ArgumentParser) -> None:
    """The command's options; a rewrite happens only if its own are given, but versions are always converted."""
    add = command.add_argument
    add("--registry", help="HOST[:PORT][/PATH] that all images come from")
    add("--allow", action="append", default=[], help="a registry, or part of it, to leave alone")
    add("--pull-secret", help="added to pods, '' for none (replicatedregistrykey)")
    add("--closed", action="store_true", help="no internet: refuse images that are left over")
    add("--storage-class", help="the class of claims")
    add("--shared-class", default="", help="that of claims which several nodes mount")
    add("--live-claims", type=Path, help="`kubectl get pvc -A -o json`: these keep their class")
    add("--shared-filesystem", help="the class that old Ceph flexVolumes become claims of")
    add("--check-image", help="with a shell and grep, for the check that it is mounted")
    add("--snapshot-claim", action="append", default=[], help="a claim, or a claim template")
    add("--snapshot-image", help="of the container that makes snapshots")
    add("--snapshot-secret", help="the Secret that it has its variables from")
    add("--snapshot-jobs", action="store_true", help="also in Jobs, as a native sidecar")
    add("--replicas", action="store_true", help="one pod for workloads that do not say")
    add("--namespace", default="default", help="of objects that name none (default)")
    add("--report", type=Path, help="a file for the report: JSON if it ends so, else Markdown")
