"""Owns people who sign in, their roles, sessions and API keys; turns a request into an Actor."""
