"""Every screen of set-up in each light, width and direction of reading; a file of its own, for another worker."""

from __future__ import annotations

import pytest

from tests.journeys.looker import Looker
from tests.journeys.screens import SCREENS


@pytest.mark.look
@pytest.mark.parametrize("name", [name for name in SCREENS if name.startswith("set-up")])
def test_a_screen_of_set_up_is_whole_and_open_to_everyone_in_every_light_and_width(looker: Looker, name: str) -> None:
    assert looker.look(name, SCREENS[name]) == []
