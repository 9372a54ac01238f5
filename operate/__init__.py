"""The operator's commands: what `make …` runs, on a laptop, in CI and in production.

Owns finding the tool chain and the bundle, a stack's private settings, keys and locks, and running the engine. Does not
own what a stack is made of: that is `stacks/` and `components/`.
"""
