"""Mail is taken in: kept as it came before anything else, then handled; what fails is kept with its error."""

import asyncio
import hashlib
from uuid import UUID

import structlog
from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from careloom.channels.commands.mail.files import KeptFile, drop_files, keep_files
from careloom.channels.commands.mail.handle import handle_letter
from careloom.channels.core.email.letter import Letter, read_letter
from careloom.channels.core.email.redact import redact_mail
from careloom.channels.core.email.verdict import OwnMail
from careloom.channels.queries.mail import get_incoming, get_mail_address
from careloom.channels.tables import incoming_mail
from careloom.channels.types import IncomingMail, IncomingMailId, MailAddress, MailVerdict
from careloom.organizations.queries import as_stored, language_of, privacy_of
from careloom.platform import audit
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx, is_away
from careloom.platform.errors import ConflictError
from careloom.platform.files import FileStore
from careloom.platform.ids import new_id
from careloom.platform.keys.places import bytes_in
from careloom.platform.keys.renewal import Renewal, Renewed, renew_bytes
from careloom.platform.keys.ring import keys_of, sealing_keys
from careloom.platform.redaction.redact import redactor
from careloom.platform.redaction.types import Policy
from careloom.platform.redaction.values import storable
from careloom.platform.secrets import sign
from careloom.platform.texts.languages import Language

log = structlog.get_logger()
_LONGEST_ERROR = 2_000


class Envelope(Struct, frozen=True):
    """A mail as SMTP hands it over, for one recipient."""

    return_path: str
    recipient: str
    raw: bytes


class Keeping(Struct, frozen=True):
    """How an address's mail is kept: by which policy, and in which language it says what became of it."""

    policy: Policy
    language: Language


class Told(Struct, frozen=True):
    """A mail as `policy` lets it be kept."""

    policy: Policy
    raw: bytes


class Prepared(Struct, frozen=True):
    """A mail read, its files stored; or why that failed. `told` is there where it is to be kept."""

    key: str
    letter: Letter | None
    files: tuple[KeptFile, ...]
    error: str | None
    told: Told | None = None


def loop_mark(secret: bytes) -> str:
    """What this installation marks its own mail with, to know it when it comes back."""
    return f"careloom-{sign(secret, 'mail-loop', '')[:16]}"


async def keeping_of(tx: Tx, address: MailAddress) -> Keeping:
    """How mail to this address is kept as things stand."""
    language = await language_of(tx, address.client_id, address.program_id)
    return Keeping(await privacy_of(tx, address.client_id), language)


async def prepare(
    files: FileStore, secret: bytes, address: MailAddress, envelope: Envelope, keeping: Keeping | None = None
) -> Prepared:
    """Reads a mail and stores its files, and redacts it as `keeping` says where it is to be kept; needs no
    transaction, as all of this may take a while. Raises nothing that lies in the mail.
    """
    key = hashlib.sha256(address.id.bytes + envelope.raw).hexdigest()
    own = OwnMail(loop_mark(secret), frozenset({address.address}), address.address.rpartition("@")[2])
    told = None if keeping is None else await _tell(envelope.raw, keeping)
    letter: Letter | None = None
    try:
        letter = await asyncio.to_thread(
            read_letter, envelope.raw, own, secret, envelope.return_path, envelope.recipient
        )
        wanted = letter.judgement.verdict in (MailVerdict.MESSAGE, MailVerdict.AUTO_REPLY)
        kept = await keep_files(files, address.client_id, key, letter.mail.attachments if wanted else ())
    except Exception as error:
        return Prepared(key, letter, (), _words(error), told)
    return Prepared(key, letter, kept, None, told)


def unhandled(prepared: Prepared, error: Exception) -> Prepared:
    """What keeps a mail that could not be taken in, with its error, for a person to look at."""
    return Prepared(prepared.key, None, prepared.files, _words(error), prepared.told)


async def take_in(
    tx: Tx, actor: Actor, secret: bytes, address: MailAddress, envelope: Envelope, prepared: Prepared
) -> bool:
    """Keeps a mail and handles it; the same mail again changes nothing. Raises only what concerns the database.

    Answers whether a message took its files; those of a mail that became none are for the caller to drop.
    """
    incoming_id = IncomingMailId(new_id())
    statement = insert(incoming_mail).values(
        client_id=address.client_id,
        id=incoming_id,
        mail_address_id=address.id,
        key=prepared.key,
        return_path=storable(envelope.return_path),
        recipient=storable(envelope.recipient),
        raw=await _sealed(tx, address, incoming_id, envelope.raw, prepared.told),
    )
    statement = statement.on_conflict_do_nothing(index_elements=[incoming_mail.c.client_id, incoming_mail.c.key])
    if (await tx.execute(statement.returning(incoming_mail.c.id))).one_or_none() is None:
        return True
    return await _handle(tx, actor, secret, address, incoming_id, prepared)


async def _sealed(tx: Tx, address: MailAddress, incoming_id: IncomingMailId, raw: bytes, told: Told | None) -> bytes:
    """The mail as the client's policy lets it be kept, sealed with its key; nothing where the keys were destroyed.

    Redacted here only where the policy changed since the mail was prepared.
    """
    keys = await sealing_keys(tx, address.client_id)
    if keys.shredded:
        return b""
    if told is None or told.policy != await privacy_of(tx, address.client_id):
        told = await _tell(raw, await keeping_of(tx, address))
    place = bytes_in(incoming_mail.c.raw, incoming_id)
    return await asyncio.to_thread(keys.seal_file, place, told.raw)


async def _tell(raw: bytes, keeping: Keeping) -> Told:
    chosen = redactor(keeping.policy)
    return Told(keeping.policy, await asyncio.to_thread(redact_mail, raw, chosen, keeping.language))


async def renew_raw_mail(tx: Tx, one: Renewal) -> Renewed:
    """A batch of mail as it came in, sealed anew with the current version of its client's key."""
    return await renew_bytes(tx, one, incoming_mail, "raw")


async def retry_incoming(tx: Tx, actor: Actor, files: FileStore, secret: bytes, incoming_id: UUID) -> IncomingMail:
    """Handles a kept mail again; raises NotFoundError, ShreddedError, and ConflictError where it was
    handled meanwhile.
    """
    found = await get_incoming(tx, actor, incoming_id, Permission.CHANNELS_WRITE)
    statement = select(incoming_mail.c.raw, incoming_mail.c.handled_at).where(
        incoming_mail.c.client_id == found.client_id, incoming_mail.c.id == found.id
    )
    row = (await tx.execute(statement.with_for_update())).one()
    if row.handled_at is not None:
        raise ConflictError("This mail was handled before.")
    system = system_actor("mail", found.client_id)
    address = await get_mail_address(tx, system, found.mail_address_id)
    raw = (await keys_of(tx, found.client_id)).open_file(bytes_in(incoming_mail.c.raw, found.id), row.raw)
    prepared = await prepare(files, secret, address, Envelope(found.return_path, found.recipient, raw))
    if not await _handle(tx, system, secret, address, found.id, prepared, kept=True):
        await drop_files(files, address.client_id, prepared.files)
    after = await get_incoming(tx, system, found.id)
    if actor.person_id is not None:
        await audit.record(
            tx,
            actor,
            "incoming_mail.retry",
            found.id,
            client_id=found.client_id,
            after={"handled": after.handled_at is not None},
        )
    return after


async def note_unhandled(tx: Tx, client_id: UUID, incoming_id: UUID, error: Exception) -> None:
    """Counts that a kept mail could not even be tried, and says why."""
    values: dict[str, object] = {"attempts": incoming_mail.c.attempts + 1, "error": _words(error)}
    of_mail = (incoming_mail.c.client_id == client_id) & (incoming_mail.c.id == incoming_id)
    values = await as_stored(tx, client_id, incoming_mail, values)
    await tx.execute(update(incoming_mail).where(of_mail, incoming_mail.c.handled_at.is_(None)).values(**values))


async def _handle(
    tx: Tx,
    actor: Actor,
    secret: bytes,
    address: MailAddress,
    incoming_id: IncomingMailId,
    prepared: Prepared,
    *,
    kept: bool = False,
) -> bool:
    """Handles a mail, and says with it how that went. What the database itself refuses is for the caller to try again,
    until the mail is `kept`.
    """
    letter = prepared.letter
    values: dict[str, object] = {"attempts": incoming_mail.c.attempts + 1}
    if letter is not None:
        values["verdict"] = letter.judgement.verdict
    try:
        if letter is None or prepared.error is not None:
            values["error"] = prepared.error
        else:
            async with tx.begin_nested():
                values["conversation_id"] = await handle_letter(tx, actor, secret, address, letter, prepared.files)
            values |= {"handled_at": now(), "error": None}
    except Exception as error:
        if is_away(error) or (isinstance(error, OperationalError) and not kept):
            raise
        log.error("mail_kept_unhandled", incoming_mail_id=str(incoming_id), error=type(error).__name__)
        values["error"] = _words(error)
    of_mail = (incoming_mail.c.client_id == address.client_id) & (incoming_mail.c.id == incoming_id)
    values = await as_stored(tx, address.client_id, incoming_mail, values)
    await tx.execute(update(incoming_mail).where(of_mail).values(**values))
    return values.get("conversation_id") is not None


def _words(error: Exception) -> str:
    return storable(f"{type(error).__name__}: {error}")[:_LONGEST_ERROR]
