"""Answers that come late, as from a loaded server."""

from __future__ import annotations

import json


def late(*parts: str) -> str:
    """A script for pages: what is asked for at an address that holds all `parts` is asked for 700 ms later."""
    return f"""(() => {{
        const fetched = window.fetch;
        window.fetch = async (...asked) => {{
            const url = String(asked[0].url ?? asked[0]);
            if ({json.dumps(parts)}.every((part) => url.includes(part))) await new Promise((go) => setTimeout(go, 700));
            return fetched(...asked);
        }};
    }})()"""
