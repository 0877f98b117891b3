"""Reads imports and exports."""
