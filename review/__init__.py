"""What a reviewer sees of a stack before anything runs: its whole graph, what changes in it, and what rules say of it.

Owns the graph, the comparison of two of them, the policies and the report. Does not own the program that makes the
graph (stacks/appliance.py), nor the operation itself (operate/).
"""
