"""The picture of a stack as built: one page with its layers, resources, what waits for what, and where time went.

Owns the page. Does not own asking Pulumi for the state (operate/commands/graph.py), nor the layers' picture
(stacks/picture.py).
"""
