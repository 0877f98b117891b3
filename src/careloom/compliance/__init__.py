"""Compliance: retention and holds, requests of data subjects, incidents, residency. Deletes by its owners' commands."""
