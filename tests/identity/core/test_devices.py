"""What browsers call themselves, as people know it."""

from __future__ import annotations

import pytest

from careloom.identity.core.devices import device_of

_AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36": (
        "Chrome, Linux"
    ),
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0": (
        "Edge, Windows"
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1": (
        "Safari, iPhone"
    ),
    "Mozilla/5.0 (Linux; Android 15; Pixel) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36": (
        "Chrome, Android"
    ),
    "python-httpx/0.28.1": "python-httpx",
    "": "",
}


@pytest.mark.parametrize("agent", _AGENTS)
def test_a_browser_is_told_by_its_name_and_system(agent: str) -> None:
    assert device_of(agent) == _AGENTS[agent]


def test_nothing_said_is_nothing_known() -> None:
    assert device_of(None) == ""
