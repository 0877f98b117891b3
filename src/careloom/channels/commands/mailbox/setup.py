"""Makes, changes and removes mailboxes; their secrets are sealed and never shown again."""

import contextlib
from collections.abc import Iterable
from ipaddress import IPv6Address
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, structs
from sqlalchemy import delete, select, update

from careloom.channels.commands.mailbox.leaving import Left, left_by
from careloom.channels.queries.mail import get_mail_address
from careloom.channels.queries.mailboxes import get_mailbox, read_mailbox
from careloom.channels.tables import mailbox
from careloom.channels.types.mailbox import (
    AfterTaking,
    Mailbox,
    MailboxAuth,
    MailboxChanges,
    MailboxId,
    MailboxSecrets,
    NewMailbox,
)
from careloom.organizations.queries import as_stored, require_mailbox_in
from careloom.platform import audit
from careloom.platform.access import Actor, Permission
from careloom.platform.clock import now
from careloom.platform.database.transactions import Tx
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.ids import new_id
from careloom.platform.keys.errors import CipherBrokenError, ShreddedError
from careloom.platform.keys.places import place_in
from careloom.platform.keys.renewal import Renewal, Renewed, renew_column
from careloom.platform.keys.ring import keys_of, sealing_keys
from careloom.platform.outbound import require_addresses
from careloom.platform.texts.text import say
from careloom.platform.wire import json_text, to_plain

_SECRETS: Final = ("password", "client_secret", "refresh_token")
_ADDRESSES: Final = ("authorize_url", "token_url", "revoke_url")
_APPLICATION: Final = ("auth", "token_url", "revoke_url", "oauth_client_id")
ELSEWHERE: Final = ("host", "port", "tls", "username", *_APPLICATION)
"""What decides who is given the secrets."""
NO_TROUBLE: Final[dict[str, Any]] = {"failures": 0, "failing_since": None, "problem": None, "answer": None}
"""The columns of a mailbox of which nothing bad is known."""
_LONGEST_ANSWER: Final = 500
_OTHER_FOLDER: Final = ("host", "username", "folder")
"""What makes it another folder, with numbers of its own."""


async def create_mailbox(tx: Tx, actor: Actor, new: NewMailbox) -> Mailbox:
    """A new mailbox; raises InvalidInputError for a missing secret, NotFoundError for the address, ShreddedError,
    RegionRefusedError where it lies outside the client's region.
    """
    address = await get_mail_address(tx, actor, new.mail_address_id, Permission.CHANNELS_WRITE)
    values = {name: value for name, value in structs.asdict(new).items() if name not in _SECRETS}
    values |= {name: values[name] or "" for name in (*_ADDRESSES, "move_to")}
    secrets = MailboxSecrets(new.password, new.client_secret, new.refresh_token)
    _check(new.auth, values, secrets)
    if new.active:
        await require_mailbox_in(tx, address.client_id, new.region)
    mailbox_id = MailboxId(new_id())
    sealed = await _sealed(tx, address.client_id, mailbox_id, secrets)
    stored = _stored(values) | {"secret": sealed, "connected_at": now() if new.refresh_token else None}
    statement = mailbox.insert().values(client_id=address.client_id, id=mailbox_id, **stored)
    made = read_mailbox((await tx.execute(statement.returning(*mailbox.c))).one())
    await audit.record(tx, actor, "mailbox.create", made.id, client_id=made.client_id, after=made)
    return made


async def change_mailbox(
    tx: Tx, actor: Actor, mailbox_id: UUID, changes: MailboxChanges, left: list[Left] | None = None
) -> Mailbox:
    """Changes a mailbox and polls it soon; raises NotFoundError, InvalidInputError, ShreddedError,
    RegionRefusedError. Where it is connected no more, what it leaves is added to `left`.

    Secrets stay with the place that they were given for: to sign in elsewhere, they are given again, also where those
    that are kept cannot be read any more.
    """
    before = await get_mailbox(tx, actor, mailbox_id)
    given = {name: value for name, value in structs.asdict(changes).items() if value is not UNSET}
    if not given:
        return before
    fresh = {name: given.pop(name) for name in _SECRETS if name in given}
    values = {name: value for name, value in given.items() if value != getattr(before, name)}
    after = structs.replace(before, **values)
    if after.active:
        await require_mailbox_in(tx, before.client_id, after.region)
    of_mailbox = (mailbox.c.client_id == before.client_id) & (mailbox.c.id == before.id)
    sealed = (await tx.execute(select(mailbox.c.secret).where(of_mailbox).with_for_update())).scalar_one()
    former = kept = MailboxSecrets()
    with contextlib.suppress(CipherBrokenError):
        former = await read_secrets(tx, before.client_id, before.id, sealed)
        kept = _staying(after.auth, former, values.keys())
    secrets = structs.replace(kept, **fresh)
    _check(after.auth, structs.asdict(after), secrets)
    stored: dict[str, Any] = _stored(values)
    renewed = await _sealed(tx, before.client_id, before.id, secrets)
    stored |= {"secret": renewed, "next_at": now(), "failures": 0, "connect_problem": None, "connect_answer": None}
    if secrets.refresh_token is None:
        stored["connected_at"] = None
    elif "refresh_token" in fresh:
        stored["connected_at"] = now()
    if after.auth is MailboxAuth.REFRESH_TOKEN and secrets.refresh_token is None:
        stored |= NO_TROUBLE
    if values.keys() & set(_OTHER_FOLDER):
        stored |= {"uid_validity": None, "last_uid": 0, "unsettled_uid": None, "stuck_uid": None, "checked_at": None}
    # Whoever polls it at this moment finds the lease gone, and stores nothing more of the old place.
    stored |= {"lease": None, "leased_until": None}
    changed = await tx.execute(update(mailbox).where(of_mailbox).values(**stored).returning(*mailbox.c))
    made = read_mailbox(changed.one())
    if left is not None and secrets.refresh_token is None:
        left += left_by(before, former)
    old, new = structs.asdict(before), structs.asdict(made)
    await audit.record(
        tx,
        actor,
        "mailbox.change",
        before.id,
        client_id=before.client_id,
        before={name: to_plain(old[name]) for name in values},
        after={name: to_plain(new[name]) for name in values} | {f"{name}_changed": True for name in fresh},
    )
    return made


async def delete_mailbox(tx: Tx, actor: Actor, mailbox_id: UUID, left: list[Left]) -> None:
    """Forgets a mailbox and its secrets; mail that was taken stays. What it leaves is added to `left`. Raises
    NotFoundError.
    """
    before = await get_mailbox(tx, actor, mailbox_id)
    with contextlib.suppress(CipherBrokenError, ShreddedError):
        left += left_by(before, await read_secrets(tx, before.client_id, before.id, await sealed_secrets(tx, before)))
    await tx.execute(delete(mailbox).where((mailbox.c.client_id == before.client_id) & (mailbox.c.id == before.id)))
    await audit.record(tx, actor, "mailbox.delete", before.id, client_id=before.client_id, before=before)


async def read_secrets(tx: Tx, client_id: UUID, mailbox_id: MailboxId, sealed: str) -> MailboxSecrets:
    """What was sealed; raises CipherBrokenError, also where none is kept, ShreddedError."""
    opened = (await keys_of(tx, client_id)).open(place_in(mailbox.c.secret, mailbox_id), sealed)
    return msgspec.json.decode(opened, type=MailboxSecrets)


async def renew_mailboxes(tx: Tx, one: Renewal) -> Renewed:
    """A batch of mailboxes, their secrets sealed anew with the current version of their client's key."""
    return await renew_column(tx, one, mailbox, "secret")


async def sealed_secrets(tx: Tx, one: Mailbox) -> str:
    """The mailbox's secrets as they are kept, sealed."""
    of_mailbox = (mailbox.c.client_id == one.client_id) & (mailbox.c.id == one.id)
    return (await tx.execute(select(mailbox.c.secret).where(of_mailbox))).scalar_one()


async def keep_refresh_token(tx: Tx, client_id: UUID, mailbox_id: MailboxId, token: str) -> str | None:
    """Keeps the refresh token by which the provider replaced the last one; answers the secrets as sealed now."""
    of_mailbox = (mailbox.c.client_id == client_id) & (mailbox.c.id == mailbox_id)
    sealed = (await tx.execute(select(mailbox.c.secret).where(of_mailbox).with_for_update())).scalar_one_or_none()
    if sealed is None:
        return None
    secrets = structs.replace(await read_secrets(tx, client_id, mailbox_id, sealed), refresh_token=token)
    renewed = await _sealed(tx, client_id, mailbox_id, secrets)
    await tx.execute(update(mailbox).where(of_mailbox).values(secret=renewed))
    return renewed


async def storable_answer(tx: Tx, client_id: UUID, column: str, answer: str) -> str:
    """A server's own words as they may stand in that column of a mailbox."""
    said = await as_stored(tx, client_id, mailbox, {column: answer})
    # Cut last, as a number cut in two would not be known for what it is.
    return said[column][:_LONGEST_ANSWER]


async def _sealed(tx: Tx, client_id: UUID, mailbox_id: MailboxId, secrets: MailboxSecrets) -> str:
    keys = await sealing_keys(tx, client_id)
    return keys.seal(place_in(mailbox.c.secret, mailbox_id), json_text(secrets))


def _staying(auth: MailboxAuth, kept: MailboxSecrets, changed: Iterable[str]) -> MailboxSecrets:
    """What stays of the kept secrets where these fields change. The secret of an application that one consents to
    stays with the application: only tokens open the mailbox.
    """
    if not set(changed) & set(ELSEWHERE):
        return kept
    of_application = auth is MailboxAuth.REFRESH_TOKEN and not set(changed) & set(_APPLICATION)
    return MailboxSecrets(client_secret=kept.client_secret if of_application else None)


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    return {name: to_plain(value) if isinstance(value, str) else value for name, value in values.items()}


def _check(auth: MailboxAuth, values: dict[str, Any], secrets: MailboxSecrets) -> None:
    require_addresses({f"/{name}": values[name] for name in _ADDRESSES})
    _require_host(values["host"])
    needed: dict[str, object] = {}
    if auth is MailboxAuth.PASSWORD:
        needed["password"] = secrets.password
    else:
        needed |= {"token_url": values["token_url"], "oauth_client_id": values["oauth_client_id"]}
        if auth is MailboxAuth.CLIENT_CREDENTIALS or values["authorize_url"]:
            needed["client_secret"] = secrets.client_secret
        else:
            needed["authorize_url"] = secrets.refresh_token
    if values["after_taking"] is AfterTaking.MOVE:
        needed["move_to"] = values["move_to"]
    errors = tuple(FieldError(f"/{name}", _MISSING[name]) for name, value in needed.items() if not value)
    if values["after_taking"] is AfterTaking.MOVE and values["move_to"] == values["folder"]:
        errors += (FieldError("/move_to", "Choose another folder than the one that is polled."),)
    if errors:
        raise InvalidInputError(errors=errors)


def _require_host(host: str) -> None:
    """Only an address of version 6 holds colons; a name with one would be a name and a port."""
    try:
        if ":" in host:
            IPv6Address(host)
    except ValueError:
        said = say("This is no host name and no address; the port has a field of its own.")
        raise InvalidInputError(errors=(FieldError("/host", said),)) from None


_MISSING: Final = {
    "password": say("Enter the password; where the provider asks for one, an app password."),
    "token_url": say("Enter the address at which the provider hands out tokens."),
    "oauth_client_id": say("Enter the client id that the provider gave the registered application."),
    "authorize_url": say("Enter the address of the provider's consent page, or hand in a refresh token."),
    "client_secret": say("Enter the client secret."),
    "move_to": say("Say into which folder mail is moved."),
}
