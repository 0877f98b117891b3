"""What integrations needs from capabilities above; the composition root supplies it."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from careloom.platform.database.transactions import Tx
from careloom.platform.disposal import Spared

Holds = Callable[[Tx, UUID], Awaitable[Spared]]
"""What of a client nothing may remove for now."""
