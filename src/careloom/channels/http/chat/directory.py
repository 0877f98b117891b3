"""What the public keys of widgets open, remembered for some seconds."""

import re
import time
from collections import OrderedDict

from careloom.channels.queries.chat_widgets import ChatEntry, find_entry
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database

_KEY = re.compile(r"wk_[A-Za-z0-9_-]{8,64}")
_SECONDS = 5.0
_MOST = 5_000


class Directory:
    """Looks up widgets by key, for all endpoints of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, tuple[float, ChatEntry | None]] = OrderedDict()

    async def find(self, key: str) -> ChatEntry | None:
        """The active widget with this key, at most some seconds old; None for any other key."""
        if not _KEY.fullmatch(key):
            return None
        moment = time.monotonic()
        until, entry = self._known.get(key, (0.0, None))
        if until > moment:
            return entry
        async with self._database.transaction(system_actor("chat")) as tx:
            entry = await find_entry(tx, key)
        self._known[key] = (moment + _SECONDS, entry)
        self._known.move_to_end(key)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
        return entry

    def forget(self) -> None:
        """Looks everything up anew."""
        self._known.clear()
