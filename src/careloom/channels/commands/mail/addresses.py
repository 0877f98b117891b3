"""Makes and changes the addresses under which programs write and are written to."""

from typing import LiteralString
from uuid import UUID

from msgspec import UNSET, structs
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from careloom.channels.core.email.letter import base_address
from careloom.channels.errors import AddressTakenError
from careloom.channels.queries.mail import get_mail_address
from careloom.channels.tables import mail_address
from careloom.channels.types import MailAddress, MailAddressChanges, MailAddressId, NewMailAddress
from careloom.conversations.types import QueueId
from careloom.organizations.queries import as_stored, get_program
from careloom.organizations.types import ClientId, ProgramId
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.ids import new_id
from careloom.platform.wire import to_plain
from careloom.routing.queries.queues import find_queues

_WRITE = Permission.CHANNELS_WRITE


async def create_mail_address(tx: Tx, actor: Actor, new: NewMailAddress) -> MailAddress:
    """A new address of a program; raises InvalidInputError, ConflictError for one in use, NotFoundError."""
    program = await get_program(tx, actor, new.program_id)
    actor.require(_WRITE, client_id=program.client_id, program_id=program.id)
    address = _checked(new.address)
    await _require_queue(tx, program.client_id, program.id, new.queue_id)
    said = {"display_name": new.display_name, "signature": new.signature}
    words = await as_stored(tx, program.client_id, mail_address, said)
    made = MailAddress(
        id=MailAddressId(new_id()),
        client_id=program.client_id,
        program_id=program.id,
        queue_id=new.queue_id,
        address=address,
        **words,
        active=new.active,
    )
    statement = insert(mail_address).values(**to_plain(made))
    statement = statement.on_conflict_do_nothing(index_elements=[mail_address.c.address])
    if (await tx.execute(statement.returning(mail_address.c.id))).one_or_none() is None:
        raise AddressTakenError
    await audit.record(tx, actor, "mail_address.create", made.id, client_id=made.client_id, after=made)
    return made


async def change_mail_address(tx: Tx, actor: Actor, mail_address_id: UUID, changes: MailAddressChanges) -> MailAddress:
    """Changes an address; raises NotFoundError, ForbiddenError, InvalidInputError."""
    before = await get_mail_address(tx, actor, mail_address_id, _WRITE)
    values = {name: value for name, value in structs.asdict(changes).items() if value is not UNSET}
    if not values:
        return before
    values = await as_stored(tx, before.client_id, mail_address, values)
    after = structs.replace(before, **values)
    await _require_queue(tx, after.client_id, after.program_id, after.queue_id)
    of_address = (mail_address.c.client_id == before.client_id) & (mail_address.c.id == before.id)
    await tx.execute(update(mail_address).where(of_address).values(**values))
    await audit.record(
        tx, actor, "mail_address.change", before.id, client_id=before.client_id, before=before, after=after
    )
    return after


def _checked(address: str) -> str:
    wanted = address.strip().lower()
    if base_address(wanted) != wanted:
        raise _refused("Leave out `+` and what follows it: those endings are ours to give out.")
    local, _, domain = wanted.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise _refused("The part after @ is no domain name.") from None
    if not local.isascii():
        raise _refused("Use letters, digits and . _ - before the @.")
    return f"{local}@{ascii_domain}"


async def _require_queue(tx: Tx, client_id: ClientId, program_id: ProgramId, queue_id: QueueId | None) -> None:
    if queue_id is None:
        return
    found = (await find_queues(tx, [queue_id])).get(queue_id)
    if found is None or found.client_id != client_id or found.program_id != program_id:
        raise InvalidInputError(errors=(FieldError("/queue_id", "Choose a queue of this program."),))


def _refused(message: LiteralString) -> InvalidInputError:
    return InvalidInputError(errors=(FieldError("/address", message),))
