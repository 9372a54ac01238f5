"""Where the cluster's data lies: volumes, objects and shared files."""
