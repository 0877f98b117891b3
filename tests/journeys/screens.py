"""The screens of `screens.json`, and what of `states.json` is opened on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent

SCREENS: dict[str, str] = json.loads((_HERE / "screens.json").read_text())["seen"]
"""Addresses by name, with names of ids in braces."""

STATES: dict[str, dict[str, Any]] = json.loads((_HERE / "states.json").read_text())["opened"]
"""By name, each with the screen that it is `on`, the `steps` by keys that lead to it, what it `shows` (a dialog where
nothing else is said) and what to press to `leave` it (Escape where nothing else is said).

A step is `press` and a key, `fill`, a label and words, `focus`, a role and a name, `text` and what to press Enter on,
or a role and the name of what to press Enter on.
"""
