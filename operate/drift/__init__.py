"""`make drift`: what hosts and cluster objects are, held against what the stack says. Nothing is changed.

Owns three steps that know nothing of each other, as `make status` has them: collection (collect.py and what it calls)
ends in facts; judgement (judgements/) is pure, from facts to rows; rendering (render.py) is pure, from rows to text.
What the stack says is Pulumi's state (state.py). Does not own who answers on a host (the node script's `drift`), nor
how hosts and API servers are reached (operate/status).
"""
