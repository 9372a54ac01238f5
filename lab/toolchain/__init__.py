"""The tool chain: pulumi, its language host and plugins, and kubectl, official or built here, as one directory.

Owns the versions, finding official binaries, building the others and the layout that the engine expects. Does not own
how a Go module is built: that is `bundle/`.
"""
