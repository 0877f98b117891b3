"""Whether a mailbox elsewhere may be polled from here: by its region, its client's and those of this installation."""

from careloom.channels.commands.mailbox.imap import MailboxError
from careloom.channels.types.mailbox import Mailbox, MailboxProblem
from careloom.organizations.queries import require_mailbox_in, require_served
from careloom.platform.access import system_actor
from careloom.platform.residency import RegionRefusedError
from careloom.platform.runtime import Runtime


async def require_region(runtime: Runtime, one: Mailbox) -> None:
    """Raises MailboxError where its mail may not be kept here, or may not lie there: then nobody even signs in."""
    try:
        async with runtime.database.transaction(system_actor("mailbox", one.client_id)) as tx:
            await require_served(tx, one.client_id, files=True)
            await require_mailbox_in(tx, one.client_id, one.region)
    except RegionRefusedError as error:
        raise MailboxError(MailboxProblem.REGION, "") from error
