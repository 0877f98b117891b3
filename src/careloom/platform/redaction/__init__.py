"""Finds and takes out what must not stay in a text: cards, accounts, ids, secrets. Pure; one function for all uses."""
