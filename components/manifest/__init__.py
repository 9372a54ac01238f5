"""Kubernetes objects as someone else wrote them, read from YAML and applied one resource each."""
