"""Owns cases, conversations, messages, their intervals and files. Publishes what happens to each conversation."""
