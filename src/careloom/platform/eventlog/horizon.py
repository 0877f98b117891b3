"""How far the log may be read: below everything that a transaction still open could yet write."""

from collections import deque
from collections.abc import Collection


class Horizon:
    """Turns observations of the database into the highest event id below which no gap can still be filled.

    Ids come from a sequence and may commit out of order. An observation pairs the sequence's last value with the
    transactions that write to the log, looked at afterwards: any other draws only higher event ids. Once all of them
    have ended, all events up to that value are there or never will be. None of this holds from one run of a server to
    the next, or from one server to the one that replaces it: both hand out again what the former handed out last and
    never stored.
    """

    def __init__(self) -> None:
        self.server = ""
        self._observations: deque[tuple[int, frozenset[str]]] = deque(maxlen=10_000)
        self._safe = 0

    def observe(self, last_event_id: int, writers: Collection[str], server: str = "") -> int:
        """Notes that `writers` were writing after the log's sequence stood at `last_event_id`.

        Answers the highest event id that may be read. What was noted of another `server`, or of a former run of the
        same, is forgotten.
        """
        if server != self.server:
            self.server, self._safe = server, 0
            self._observations.clear()
        now = last_event_id, frozenset(writers)
        if not self._observations or self._observations[-1] != now:
            self._observations.append(now)
        while self._observations and self._observations[0][1].isdisjoint(writers):
            self._safe = max(self._safe, self._observations.popleft()[0])
        return self._safe
