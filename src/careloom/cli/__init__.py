"""The command `careloom`."""

from careloom.cli.command import main

__all__ = ["main"]
