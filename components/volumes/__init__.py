"""Volumes that machines come with, handed to Ceph."""
