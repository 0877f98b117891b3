"""Rotates clients' keys, and destroys them."""
