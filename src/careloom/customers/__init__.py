"""Owns customers, their identities, merges, notes, consents and timeline. Publishes what happens to customers."""
