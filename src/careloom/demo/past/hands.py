"""Who does what of the past, and what they work on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from careloom.demo.caller import Caller

ADMIN, OFFICER, ACCOUNT, LEAD = "soledad.whitcombe", "henrik.adeyard", "beatriz.calloway", "valentina.roldero"
HANDS = (ADMIN, OFFICER, ACCOUNT, LEAD)
"""The people in whose names the past is made."""


class Past(Struct, frozen=True):
    """Callers by person, the ids of the world's things (`client:bank`), and the moment that it all ends at."""

    hands: Mapping[str, Caller]
    ids: Mapping[str, str]
    now: datetime

    async def call(self, who: str, method: str, path: str, value: Any = None) -> Any:
        """The answer to one of them."""
        return await self.hands[who].call(method, path, value)
