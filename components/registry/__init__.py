"""The registry on each control plane: there before the cluster, it serves images and host packages to every node."""
