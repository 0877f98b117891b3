"""Reads what compliance keeps."""
