"""Careloom: the open operating system of a customer-care provider."""

__version__ = "0.1.0"
