"""API versions that no cluster serves any more, and the served ones that mean the same."""
