"""Ceph's own settings: what cannot be said in Rook's resources.

Owns the text of `rook-config-override`, for each kind of machine and each build of Ceph. Does not own pools and
daemons.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from components.machines.machine import Profile
from components.storage.replication import Replication

_SIZE = "osd_pool_default_size"


class Build(Enum):
    """Who built the Ceph that runs: its makers, or Debian, whose packages the bundle's image is made of."""

    UPSTREAM = "upstream"
    DEBIAN = "debian"


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What Ceph must be told about where it runs."""

    profile: Profile
    build: Build

    def settings(self, replication: Replication) -> str:
        """The text of ceph.conf that Rook adds to its own."""
        lines = {
            _SIZE: str(replication.size),
            "osd_pool_default_min_size": str(replication.min_size),
        }
        if replication.size == 1:
            # It was chosen, so Ceph need not warn of it for ever.
            lines["mon_warn_on_pool_no_redundancy"] = "false"
        if replication.mons == 1:
            # Of two hosts only one can tell of the other's loss. Ceph wants to hear it from two, and else blocks for as
            # long as an OSD may keep silent: fifteen minutes.
            lines["mon_osd_min_down_reporters"] = "1"
        if self.profile is Profile.LAB:
            lines |= {
                # Hosts share a disk that is fuller than a mon likes.
                "mon_data_avail_warn": "5",
                "mon_data_avail_crit": "2",
                # Of a loop device; another host's look at it may hold the lock for a moment.
                "bdev_flock_retry": "20",
                "bluefs_buffered_io": "false",
            }
        if self.build is Build.DEBIAN:
            lines |= {
                # Debian's default is relative, and Rook's pods do not run in /: nothing that needs a class would work.
                "osd_class_dir": "/usr/lib/x86_64-linux-gnu/rados-classes",
                # Modules that Debian's Python cannot load would turn the health to a warning.
                "mgr_initial_modules": "iostat",
            }
        return "[global]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())

    def cluster(self) -> dict[str, Any]:
        """The keys of a CephCluster's spec that depend on the build."""
        if self.build is Build.UPSTREAM:
            return {
                "crashCollector": {"disable": False},
                "logCollector": {"enabled": True, "periodicity": "daily", "maxLogSize": "500M"},
                "monitoring": {"enabled": False},
            }
        return {
            "crashCollector": {"disable": True},
            # Debian's packages have neither logrotate's settings nor the exporter of metrics.
            "logCollector": {"enabled": False},
            "monitoring": {"enabled": False, "metricsDisabled": True},
        }

    @property
    def osd_memory(self) -> str:
        """What an OSD asks for, which is also what it aims to use; below 2 GiB it gets slow, which a lab may be."""
        return "1Gi" if self.profile is Profile.LAB else "2Gi"


def copies(settings: str) -> int:
    """How many copies a text of `Surroundings.settings` asks for; 0 if it does not say."""
    found = re.search(rf"^{_SIZE} = (\d+)$", settings, re.MULTILINE)
    return int(found[1]) if found else 0
