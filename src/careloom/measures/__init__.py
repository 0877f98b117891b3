"""Measures: facts about contacts and agents, and the one definition of every measure.

Owns the definitions (version 1) and how counts follow from the facts alone; keeps no data of its own.
Publishes the Structs of `types` and the pure functions of `core`. An undefined measure is None, never 0.
"""
