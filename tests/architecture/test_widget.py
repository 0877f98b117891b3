"""What a client's web page pays for its chat."""

from __future__ import annotations

import gzip
from pathlib import Path

_WIDGET = Path(__file__).parents[2] / "web" / "dist" / "widget.js"
_MOST_BYTES = 30_000


def test_the_built_widget_stays_under_30_kilobytes_compressed() -> None:
    assert _WIDGET.exists(), "build the front end first: make web"
    assert len(gzip.compress(_WIDGET.read_bytes())) < _MOST_BYTES
