"""Machines: where hosts come from, and how everything after them reaches a host."""
