"""Rules about a whole stack, as pure functions over its graph: looked at in previews, in tests and before every `up`.

Owns the rules and what becomes of their findings. Does not own the graph, nor rules of one component about its own
arguments: those refuse in the component.
"""
