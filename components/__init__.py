"""Components: one package for each layer of the appliance, one file for each noun.

Knows nothing of the configuration file: every component gets typed arguments from `stacks/`.
"""
