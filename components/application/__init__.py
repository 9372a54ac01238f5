"""A vendor's application: its license, its release, and the objects that these make in a cluster."""
