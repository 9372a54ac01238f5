"""Two files of ours that stand before ones of Debian in the image of Rook and Ceph; each says why."""
