"""The screens of `screens.json`: their addresses by name, with names of ids in braces."""

import json
from pathlib import Path

SCREENS: dict[str, str] = json.loads(Path(__file__).with_suffix(".json").read_text())["seen"]
