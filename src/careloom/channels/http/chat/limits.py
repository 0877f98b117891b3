"""How much strangers may ask for."""

from dataclasses import dataclass, field
from typing import Final

from careloom.platform.errors import TooManyRequestsError
from careloom.platform.web.throttle import Throttle

OWN_MACHINE: Final = frozenset({"127.0.0.1", "::1", "testclient"})


@dataclass(frozen=True)
class Limits:
    """Token buckets by address and by visitor.

    Addresses in `exempt` are not counted: this machine's own are a proxy in front, a demo or a measurement.
    """

    exempt: frozenset[str] = OWN_MACHINE
    sockets_per_address: int = 40
    requests: Throttle = field(default_factory=lambda: Throttle(per_minute=240, burst=120))
    visitors: Throttle = field(default_factory=lambda: Throttle(per_minute=60, burst=40))
    sockets: Throttle = field(default_factory=lambda: Throttle(per_minute=120, burst=60))
    offline: Throttle = field(default_factory=lambda: Throttle(per_minute=4, burst=6))
    uploads: Throttle = field(default_factory=lambda: Throttle(per_minute=20, burst=20))
    messages: Throttle = field(default_factory=lambda: Throttle(per_minute=60, burst=30))
    frames: Throttle = field(default_factory=lambda: Throttle(per_minute=600, burst=200))

    def take(self, throttle: Throttle, address: str) -> None:
        """Counts one request of an address; raises TooManyRequestsError."""
        if address not in self.exempt:
            throttle.take(address)

    def check_sockets(self, address: str, present: int) -> None:
        """Whether an address with `present` sockets may open another; raises TooManyRequestsError."""
        if address not in self.exempt:
            if present >= self.sockets_per_address:
                raise TooManyRequestsError
            self.sockets.take(address)
