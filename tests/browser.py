"""Which browser the tests use."""

from __future__ import annotations

import shutil

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The shell has no windows around its pages: a page of a new person costs it a fifth of what it costs the others."""


def browser_path() -> str:
    """The browser's program; says how to get one where there is none."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    assert path is not None, "The tests in browsers need Chromium: run scripts/ensure-browser."
    return path
