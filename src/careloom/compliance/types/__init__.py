"""Retention, holds, requests of data subjects and incidents as values; one subject a file."""
