"""Tells a provider that a mailbox's token is not used any more (RFC 7009), once nothing here knows it."""

from collections.abc import Iterable
from typing import Final

import httpx
import structlog
from msgspec import Struct
from sqlalchemy import select

from careloom.channels.commands.mailbox.tokens import post_as
from careloom.channels.tables import mailbox
from careloom.channels.types.mailbox import Mailbox, MailboxAuth, MailboxSecrets
from careloom.platform import audit
from careloom.platform.access import Actor, system_actor
from careloom.platform.outbound import HostRefusedError, HostUnknownError
from careloom.platform.runtime import Runtime

log = structlog.get_logger()
_SYSTEM: Final = system_actor("mailbox")
_OK: Final = 200


class Left(Struct, frozen=True):
    """A token that a mailbox left behind, and what the application says of itself. It lives in memory only."""

    mailbox: Mailbox
    refresh_token: str
    client_secret: str | None


def left_by(one: Mailbox, secrets: MailboxSecrets) -> list[Left]:
    """What a mailbox leaves: nothing where it has no token, or its provider no address for that."""
    if one.auth is not MailboxAuth.REFRESH_TOKEN or not one.revoke_url or not secrets.refresh_token:
        return []
    return [Left(one, secrets.refresh_token, secrets.client_secret)]


async def revoke(runtime: Runtime, actor: Actor, left: Iterable[Left]) -> None:
    """Tells the providers, once and within seconds; what came of it stands in the audit trail. Never raises for what a
    provider does or does not say.

    A token stays where another mailbox signs in as the same person by the same application: providers end all that was
    consented to at once.
    """
    for one in left:
        if await _is_shared(runtime, one.mailbox):
            continue
        told = await _tell(runtime, one)
        log.info("mailbox_token_revoked" if told else "mailbox_token_not_revoked", mailbox_id=str(one.mailbox.id))
        async with runtime.database.transaction(actor) as tx:
            after = {"revoked": told}
            await audit.record(
                tx, actor, "mailbox.revoke_token", one.mailbox.id, client_id=one.mailbox.client_id, after=after
            )


async def _is_shared(runtime: Runtime, one: Mailbox) -> bool:
    table = mailbox.c
    same = (table[name] == getattr(one, name) for name in ("auth", "token_url", "oauth_client_id", "username"))
    statement = select(table.id).where(*same, table.id != one.id, table.connected_at.is_not(None))
    async with runtime.database.transaction(_SYSTEM) as tx:
        return (await tx.execute(statement.limit(1))).first() is not None


async def _tell(runtime: Runtime, one: Left) -> bool:
    form = {"token": one.refresh_token, "token_type_hint": "refresh_token"}
    mine, allowed = one.mailbox, runtime.settings.mailbox_networks
    try:
        return (await post_as(mine, one.client_secret, mine.revoke_url, form, allowed)).status == _OK
    except (HostRefusedError, HostUnknownError, httpx.HTTPError, TimeoutError, ValueError):
        return False
