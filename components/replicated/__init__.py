"""The Replicated daemon in the namespace default: registry, APIs and console in one pod."""
