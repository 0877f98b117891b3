"""Encryption at rest with a key of each client's own, which a master key wraps; without the key nothing is readable."""
