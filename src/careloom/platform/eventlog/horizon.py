"""How far the log may be read: below everything that a transaction still open could yet write."""

from collections import deque


class Horizon:
    """Turns observations of the database into the highest event id below which no gap can still be filled.

    Ids come from a sequence and may commit out of order. An observation pairs the sequence's last value with the
    next transaction id, read afterwards: a transaction that starts later writes only higher event ids. Once every
    transaction below that id has ended, all events up to that value are there or never will be. None of this holds
    from one run of a server to the next, or from one server to the one that replaces it: both hand out again what the
    former handed out last and never stored.
    """

    def __init__(self) -> None:
        self.server = ""
        self._observations: deque[tuple[int, int]] = deque(maxlen=10_000)
        self._safe = 0

    def observe(self, last_event_id: int, next_transaction_id: int, server: str = "") -> None:
        """Notes that the log's sequence stood at `last_event_id` before `next_transaction_id` was handed out.

        What was noted of another `server`, or of a former run of the same, is forgotten.
        """
        if server != self.server:
            self.server, self._safe = server, 0
            self._observations.clear()
        if not self._observations or self._observations[-1] != (last_event_id, next_transaction_id):
            self._observations.append((last_event_id, next_transaction_id))

    def safe(self, oldest_open_transaction_id: int) -> int:
        """The highest event id that may be read, given the oldest transaction still open."""
        while self._observations and self._observations[0][1] <= oldest_open_transaction_id:
            self._safe = max(self._safe, self._observations.popleft()[0])
        return self._safe
