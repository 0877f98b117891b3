"""What happens to organizations."""

from uuid import UUID

from careloom.platform.database.transactions import Tx
from careloom.platform.eventlog.event import Event
from careloom.platform.hub import send_signal

OWN_RULES_CHANGED = "own_rules_changed"
"""The kind of signal after which every process reads the rules of `client_id` anew, for its logs."""


class OrganizationChanged(Event, frozen=True, kw_only=True):
    """A provider, site, client, program or team was made or changed; `kind` names which."""

    kind: str
    id: UUID


async def tell_own_rules(tx: Tx, client_id: UUID) -> None:
    """Lets every process know the client's own rules once the transaction has committed; by whatever wrote them."""
    await send_signal(tx, {"kind": OWN_RULES_CHANGED, "client_id": str(client_id)})
