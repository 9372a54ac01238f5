"""The commands on a stack and on this machine: one file each, what it does step by step."""
