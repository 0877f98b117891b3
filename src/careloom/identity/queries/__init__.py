"""Reads people, sessions and keys."""
