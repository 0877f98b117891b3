"""Proof for others: suites that show what the program claims of itself, and the reports they write."""
