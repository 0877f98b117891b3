"""Every screen in each light, width and direction of reading, by keys, in three languages: whole, open to everyone.

`screens.json` names them; `web/tests/screens.test.ts` fails where an address or a section is not in it.
`make soak` looks in all languages.
"""

from __future__ import annotations

import pytest

from tests.journeys.looker import Looker
from tests.journeys.screens import SCREENS


@pytest.mark.look
@pytest.mark.parametrize("name", [name for name in SCREENS if not name.startswith("set-up")])
def test_a_screen_is_whole_and_open_to_everyone_in_every_light_and_width(looker: Looker, name: str) -> None:
    assert looker.look(name, SCREENS[name]) == []
