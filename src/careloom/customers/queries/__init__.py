"""Reads of customers; one noun a file."""
