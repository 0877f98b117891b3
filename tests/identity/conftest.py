"""Every test begins as a stranger who has asked for nothing yet."""

import pytest

from careloom.identity.http import factors, sso
from careloom.platform.web.throttle import Throttle


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests of a process come from one address: what others have asked for does not count."""
    for module in (factors, sso):
        monkeypatch.setattr(module, "_strangers", Throttle(per_minute=60, burst=60))
