"""Benchmarks: the appliance beside the least that could do the same, each pair in one run.

Owns what is measured and how, the committed results and the page made of them. Does not own any bar of a test: nothing
here is asserted, and nothing that is measured here is needed to run the appliance.
"""
