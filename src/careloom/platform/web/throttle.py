"""Rate limits for what strangers can reach: a token bucket a key, in this process's memory."""

import time
from collections import OrderedDict

from careloom.platform.errors import TooManyRequestsError

_MAX_KEYS = 50_000


class Throttle:
    """Allows `burst` at once and `per_minute` on the long run, for each key."""

    def __init__(self, per_minute: float, burst: int) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, cost: float = 1.0) -> None:
        """Takes from the key's bucket; raises TooManyRequestsError with the seconds to wait."""
        wait = self.wait(key, cost)
        if wait > 0:
            raise TooManyRequestsError(retry_after=max(1, round(wait + 0.5)))

    def wait(self, key: str, cost: float = 1.0) -> float:
        """Takes from the key's bucket if it holds enough; answers 0, else the seconds until it would."""
        moment = time.monotonic()
        level, since = self._buckets.pop(key, (float(self._burst), moment))
        level = min(self._burst, level + (moment - since) * self._rate)
        allowed = level >= cost
        self._buckets[key] = (level - cost if allowed else level, moment)
        if len(self._buckets) > _MAX_KEYS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (cost - level) / self._rate
