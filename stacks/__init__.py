"""Stacks: the configuration model and the order in which the components are put together.

Creates no provider resource itself; that is what `components/` is for.
"""
