"""Chatwoot's files: contacts as CSV or JSON, conversations with their messages as its API gives them."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from careloom.conversations.types import MessageKind, Status
from careloom.customers.types import AttributeField
from careloom.integrations.core import values
from careloom.integrations.core.detect import (
    OTHER,
    SAMPLE_BYTES,
    decode_start,
    first_rows,
    guess_delimiter,
    guess_encoding,
    guess_fields,
)
from careloom.integrations.core.documents import Json, built, documents, inner, objects, text
from careloom.integrations.core.entries import ConversationEntry, CustomerEntry, Item, Shorten
from careloom.integrations.core.fields import said_together
from careloom.integrations.core.reasons import WrongValueError
from careloom.integrations.core.sheet import read_sheet
from careloom.integrations.types import ImportOptions, Target
from careloom.platform.texts.text import Text, say

_WORDS: Final = {"incoming": 0, "outgoing": 1, "activity": 2, "template": 3}
_ACTIVITY: Final = 2
_PROFILE: Final = ("company_name", "city", "country", "social_profiles")
_WORKING: Final = ("assignee", "team")
_AUTHOR: Final = "Chatwoot"
_NOTE: Final = 20_000


def read_chatwoot(
    file: BinaryIO, options: ImportOptions, schema: Mapping[str, AttributeField], shorten: Shorten
) -> Iterator[Item]:
    """Customers and conversations in the order of the file; `row` is the number of the document or line. Of whom only
    conversations tell, they tell all that is known.
    """
    start = file.read(SAMPLE_BYTES)
    file.seek(0)
    if not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[", b"PK")):
        yield from _contacts_sheet(file, start, options, schema, shorten)
        return
    told: set[str] = set()
    inboxes: dict[str, str] = {}
    messages: dict[str, list[Json]] = {}
    conversations: list[tuple[int, Json]] = []
    for row, _, found in documents(file):
        if isinstance(found, Text):
            yield Item(row, None, found)
            continue
        for one in _payload(found):
            if "message_type" in one:
                messages.setdefault(text(one.get("conversation_id")), []).append(one)
            elif isinstance(one.get("meta"), dict) or "messages" in one:
                conversations.append((row, one))
            elif "channel_type" in one:
                inboxes[text(one.get("id"))] = text(one.get("name"))
            elif "id" in one and ("email" in one or "phone_number" in one or "identifier" in one):
                told.add(text(one.get("id")))
                yield _contact(row, one, shorten)
            else:
                yield Item(row, None, say("This is neither a contact nor a conversation nor a message."))
    yield from _senders(conversations, told, shorten)
    for row, one in conversations:
        key = text(one.get("id"))
        more = messages.get(key, [])
        yield built(row, key, lambda one=one, more=more: _conversation(one, more, inboxes, shorten), ConversationEntry)


def _senders(conversations: list[tuple[int, Json]], told: set[str], shorten: Shorten) -> Iterator[Item]:
    """Those contacts who have fields or a remark, and of whom no page of contacts told."""
    for row, one in conversations:
        sender = inner(inner(one.get("meta")).get("sender"))
        key = text(sender.get("id"))
        if key and key not in told and (_own_fields(sender) or _remark(sender, shorten)):
            told.add(key)
            yield _contact(row, sender, shorten)


def _payload(found: Any) -> Iterator[Json]:
    """What a page of the API holds, or the object itself."""
    one = inner(found)
    data = one.get("data", one)
    held = inner(data).get("payload") if isinstance(data, dict) else data
    if isinstance(held, list):
        yield from objects(held)
    elif one:
        yield inner(held) or one


def _contacts_sheet(
    file: BinaryIO, start: bytes, options: ImportOptions, schema: Mapping[str, AttributeField], shorten: Shorten
) -> Iterator[Item]:
    encoding = guess_encoding(start)
    delimiter = guess_delimiter(decode_start(start, encoding))
    rows = first_rows(start, encoding, delimiter, 1)
    head = rows[0] if rows else []
    guessed = guess_fields(["external id" if one == "identifier" else one for one in head], Target.CUSTOMERS, ())
    fields = tuple(field or f"{OTHER}{name}" for field, name in zip(guessed, head, strict=True))
    found = ImportOptions(
        target=Target.CUSTOMERS, encoding=encoding, delimiter=delimiter, fields=fields, source=options.source
    )
    yield from read_sheet(file, found, schema, shorten)


def _contact(row: int, contact: Json, shorten: Shorten) -> Item:
    fields = _own_fields(contact)
    if not contact.get("created_at"):
        fields["description"] = inner(contact.get("additional_attributes")).get("description")
    return built(row, text(contact.get("id")), lambda: _customer(contact, shorten), CustomerEntry, fields)


def _own_fields(contact: Json) -> Json:
    """What a contact has besides its name and addresses, but for what browsers told of themselves."""
    profile = inner(contact.get("additional_attributes"))
    return {
        **{name: profile[name] for name in _PROFILE if profile.get(name)},
        **inner(contact.get("custom_attributes")),
    }


def _remark(contact: Json, shorten: Shorten) -> str:
    return shorten(text(inner(contact.get("additional_attributes")).get("description")), _NOTE)


def _customer(contact: Json, shorten: Shorten) -> Json:
    created = contact.get("created_at")
    remark = _remark(contact, shorten)
    language = text(inner(contact.get("additional_attributes")).get("language_code"))
    return {
        "type": "customer",
        "key": text(contact.get("id")),
        "name": shorten(text(contact.get("name")), 200),
        "language": values.language(language),
        "created_at": values.moment(created) if created else None,
        "identities": _identities(contact),
        "notes": [{"text": remark, "author": _AUTHOR, "at": values.moment(created)}] if remark and created else [],
    }


def _identities(contact: Json) -> list[Json]:
    found = [
        {"kind": "email", "value": text(contact.get("email"))},
        {"kind": "phone", "value": text(contact.get("phone_number"))},
        {"kind": "external", "value": text(contact.get("identifier"))},
    ]
    return [one for one in found if one["value"]]


def _conversation(one: Json, more: list[Json], inboxes: Mapping[str, str], shorten: Shorten) -> Json:
    meta = inner(one.get("meta"))
    sender = inner(meta.get("sender"))
    kept = [each for each in _together(objects(one.get("messages")), more) if _type(each) != _ACTIVITY]
    if any(not each.get("created_at") for each in kept):
        raise WrongValueError(say("A message has no created_at."))
    moments = [(values.moment(each["created_at"]), each) for each in kept]
    moments.sort(key=lambda each: (each[0], text(each[1].get("id")).zfill(20)))
    state = values.status(text(one.get("status")) or "resolved")
    subject = text(inner(one.get("additional_attributes")).get("mail_subject"))
    messages = [_message(each, at, shorten) for at, each in moments]
    fields = said_together([*_desk(one, inboxes), *inner(one.get("custom_attributes")).items()])
    if fields and moments:
        note = {"kind": MessageKind.NOTE, "author": _AUTHOR, "text": shorten(fields, 100_000)}
        messages.append({**note, "at": moments[0][0]})
    return {
        "type": "conversation",
        "key": text(one.get("id")),
        "customer": {
            "key": text(sender.get("id")) or None,
            "name": shorten(text(sender.get("name")), 200),
            "identities": _identities(sender),
        },
        "channel": values.channel(text(meta.get("channel"))),
        "subject": shorten(subject, 1000),
        "status": state,
        "priority": values.priority(text(one.get("priority"))),
        "tags": values.tags(one.get("labels"), shorten),
        "created_at": values.moment(one["created_at"]) if one.get("created_at") else None,
        "resolved_at": moments[-1][0] if state is Status.RESOLVED and moments else None,
        "messages": messages,
    }


def _desk(one: Json, inboxes: Mapping[str, str]) -> list[tuple[str, Any]]:
    """What only Chatwoot's own desk works with, by its names there; an inbox by its own, where the file tells it."""
    meta, inbox = inner(one.get("meta")), text(one.get("inbox_id"))
    until = one.get("snoozed_until")
    return [
        *((name, inner(meta.get(name)).get("name")) for name in _WORKING),
        ("inbox", inboxes.get(inbox) or inbox),
        ("snoozed_until", values.moment(until).isoformat() if isinstance(until, int) else until),
    ]


def _together(own: list[Json], more: list[Json]) -> list[Json]:
    """A conversation's own messages and those of pages beside it, each once: a list of conversations holds the last
    message of each only.
    """
    return list({text(each.get("id")) or f"without {place}": each for place, each in enumerate([*own, *more])}.values())


def _type(message: Json) -> int:
    found = message.get("message_type")
    return _WORDS.get(found, 0) if isinstance(found, str) else int(found) if isinstance(found, int) else 0


def _message(message: Json, at: Any, shorten: Shorten) -> Json:
    sender = inner(message.get("sender"))
    kind = MessageKind.INBOUND if _type(message) == 0 else MessageKind.OUTBOUND
    files = [
        f"{text(one.get('file_type'))}: {text(one.get('data_url'))}" for one in objects(message.get("attachments"))
    ]
    return {
        "kind": MessageKind.NOTE if message.get("private") is True else kind,
        "author": shorten(text(sender.get("name")), 200),
        "text": shorten("\n".join(filter(None, [text(message.get("content")), *files])), 100_000),
        "at": at,
    }
