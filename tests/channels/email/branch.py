"""A mailbox at another provider, and the one who polls it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from careloom.channels.commands.mailbox.poll import Poller
from careloom.channels.commands.mailbox.setup import create_mailbox
from careloom.channels.jobs.mailboxes import due
from careloom.channels.types import MailAddress
from careloom.channels.types.mailbox import Mailbox, MailboxAuth, MailboxTls, NewMailbox
from tests.application import replace_settings
from tests.channels.email.imap_server import PASSWORD, USER, ImapServer
from tests.channels.email.oauth_server import OAuthServer
from tests.channels.email.post_office import PostOffice
from tests.conversations.desk import SYSTEM


class Branch:
    """A mailbox elsewhere; it takes a password unless told otherwise."""

    def __init__(self, office: PostOffice, imap: ImapServer, address: MailAddress) -> None:
        self.office = office
        self.imap = imap
        self.address = address
        self.runtime = replace_settings(office.runtime, mailbox_networks=("127.0.0.0/8",))
        self.poller = Poller(self.runtime, ThreadPoolExecutor(2))

    async def mailbox(self, **more: Any) -> Mailbox:
        values: dict[str, Any] = {
            "mail_address_id": self.address.id,
            "host": "127.0.0.1",
            "port": self.imap.port,
            "tls": MailboxTls.NONE,
            "username": USER,
            "password": PASSWORD,
            "take_existing": True,
        }
        async with self.runtime.database.transaction(SYSTEM) as tx:
            return await create_mailbox(tx, SYSTEM, NewMailbox(**(values | more)))

    async def poll(self, poller: Poller | None = None) -> Any:
        """Polls what is due; answers the mailbox's row."""
        await self.office.desk.rows("UPDATE mailbox SET next_at = now() RETURNING id")
        for lease in await due(self.runtime, 5):
            await (poller or self.poller).poll(lease)
        return (await self.office.desk.rows("SELECT * FROM mailbox"))[0]

    async def subjects(self) -> list[str]:
        rows = await self.office.desk.rows("SELECT subject FROM message WHERE kind = 'inbound' ORDER BY at, subject")
        return [row.subject for row in rows]


def by_token(tokens: OAuthServer, **more: Any) -> dict[str, Any]:
    """A mailbox that signs in by tokens."""
    values = {
        "auth": MailboxAuth.REFRESH_TOKEN,
        "password": None,
        "token_url": tokens.url,
        "oauth_client_id": "careloom",
        "refresh_token": tokens.refresh_token,
        "scope": "imap offline_access",
    }
    return values | more
