"""The routing engine and opening hours: pure, deterministic, the same in production and in simulation.

`engine.decide` is given works and agents as values and says who takes what, why, and when to look again.
"""
