"""Whether an entry can be taken over, and what of it: addresses as we write them, safe HTML, order, plausible times."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from careloom.channels.core.email.rendering import html_to_text
from careloom.channels.core.email.sanitize import sanitize
from careloom.conversations.core.file_types import is_refused
from careloom.conversations.types import Status
from careloom.customers.core.addresses import normalised
from careloom.customers.core.attributes import attribute_errors
from careloom.customers.types import AttributeField, IdentityKind, NewIdentity
from careloom.integrations.core.entries import ConversationEntry, CustomerEntry, CustomerOf, Item, PastMessage, Shorten
from careloom.integrations.core.fields import as_attributes
from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.redaction.values import storable
from careloom.platform.texts.text import Text, changed, say, together

_SLACK: Final = timedelta(days=1)
_EARLIEST_YEAR: Final = 1970
_TEXT: Final = 100_000


def accepted(item: Item, schema: Mapping[str, AttributeField], now: datetime, shorten: Shorten) -> Item:
    """`item` as it can be stored, with notes of what was left out; or without its entry, and why."""
    entry = item.entry
    item = replace(item, key=clean(item.key), reason=None if item.reason is None else changed(item.reason, clean))
    if isinstance(entry, CustomerEntry):
        return _customer(item, entry, schema, now, shorten)
    if isinstance(entry, ConversationEntry):
        return _conversation(item, entry, now, shorten)
    return item


def clean(text: str) -> str:
    """A name on one line, without what cannot be stored."""
    return " ".join(storable(text).split())


def _customer(
    item: Item, entry: CustomerEntry, schema: Mapping[str, AttributeField], now: datetime, shorten: Shorten
) -> Item:
    identities, notes = _addresses(entry.identities)
    key = clean(entry.key or "") or (f"{identities[0].kind}:{identities[0].value}"[:300] if identities else "")
    errors = attribute_errors(tuple(schema.values()), entry.attributes)
    if not key:
        return _refused(item, say("The customer has neither a key nor an address that can be used."), *notes)
    if errors:
        return _refused(item, *(_at_field(one) for one in errors))
    moments = [entry.created_at, *(one.at for one in (*entry.notes, *entry.consents))]
    if any(one is not None and not _plausible(one, now) for one in moments):
        return _refused(item, say("A time lies before 1970 or in the future."))
    more, wrong, homeless = as_attributes(item.fields, schema, shorten)
    attributes = {
        name: storable(value) if isinstance(value, str) else value
        for name, value in {**more, **entry.attributes}.items()
        if value is not None
    }
    kept = replace(
        entry,
        key=key,
        name=clean(entry.name),
        identities=identities,
        attributes=attributes,
        notes=tuple(replace(one, author=clean(one.author), text=storable(one.text)) for one in entry.notes),
        consents=tuple(replace(one, source=clean(one.source)) for one in entry.consents),
    )
    return replace(
        item,
        entry=kept,
        key=key,
        notes=(*item.notes, *notes, *wrong),
        fields={},
        homeless=(*item.homeless, *(clean(one) for one in homeless)),
    )


def _conversation(item: Item, entry: ConversationEntry, now: datetime, shorten: Shorten) -> Item:
    identities, notes = _addresses(entry.customer.identities)
    key, customer_key = clean(entry.key), clean(entry.customer.key or "")
    if not key:
        return _refused(item, say("The conversation has no key."))
    if not identities and not customer_key:
        nobody = say("Whose conversation it is, is not said: the customer has no key and no address.")
        return _refused(item, nobody)
    messages = sorted(entry.messages, key=lambda one: one.at)
    moments = [one.at for one in messages] + [one for one in (entry.created_at, entry.resolved_at) if one is not None]
    if not all(_plausible(one, now) for one in moments):
        return _refused(item, say("A time lies before 1970 or in the future."))
    refused = sorted({one.name for each in messages for one in each.files if is_refused(one.name, one.content)})
    if refused:
        notes = (*notes, say("Programs and scripts were left out: {files}.", files=tuple(refused)))
    created = min(entry.created_at or messages[0].at, messages[0].at)
    ended = max(entry.resolved_at or messages[-1].at, created) if entry.status is Status.RESOLVED else None
    kept = replace(
        entry,
        key=key,
        tags=tuple(dict.fromkeys(one for one in map(clean, entry.tags) if one)),
        customer=CustomerOf(
            key=customer_key or f"{identities[0].kind}:{identities[0].value}"[:300],
            name=clean(entry.customer.name),
            language=entry.customer.language,
            identities=identities,
        ),
        subject=clean(entry.subject),
        created_at=created,
        resolved_at=ended,
        messages=tuple(_message(one, shorten) for one in messages),
    )
    return replace(item, entry=kept, key=key, notes=(*item.notes, *notes))


def _message(one: PastMessage, shorten: Shorten) -> PastMessage:
    files = tuple(each for each in one.files if not is_refused(each.name, each.content))
    html = sanitize(one.html) if one.html else None
    text = one.text if one.text.strip() or html is None else shorten(html_to_text(html), _TEXT)
    return replace(one, author=clean(one.author), text=text, html=html, files=files)


def _addresses(given: tuple[NewIdentity, ...]) -> tuple[tuple[NewIdentity, ...], tuple[Text, ...]]:
    kept: dict[NewIdentity, None] = {}
    notes: list[Text] = []
    for one in given:
        try:
            kept[NewIdentity(one.kind, normalised(one.kind, one.value))] = None
        except InvalidInputError as error:
            notes.append(say("“{value}” was left out: {problem}", value=clean(one.value), problem=error.errors[0].text))
    return tuple(one for one in kept if one.kind is not IdentityKind.VISITOR), tuple(notes)


def _plausible(at: datetime, now: datetime) -> bool:
    return at.tzinfo is not None and at.year >= _EARLIEST_YEAR and at <= now + _SLACK


def _at_field(error: FieldError) -> Text:
    return say("{field}: {problem}", field=error.path.rpartition("/")[2], problem=error.text)


def _refused(item: Item, *reasons: Text) -> Item:
    return Item(item.row, None, together(reasons), item.key, item.notes)
