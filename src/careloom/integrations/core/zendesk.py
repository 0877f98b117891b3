"""Zendesk's JSON: tickets, users and comments, as its export and its API give them."""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

from careloom.conversations.types import MessageKind, Status
from careloom.integrations.core import values
from careloom.integrations.core.documents import Json, built, documents, inner, objects, text
from careloom.integrations.core.entries import ConversationEntry, CustomerEntry, Item, Shorten
from careloom.integrations.core.fields import said_together
from careloom.integrations.core.reasons import WrongValueError
from careloom.platform.texts.text import Text, say

_NAMED: Final = {
    "organizations": "name",
    "groups": "name",
    "brands": "name",
    "ticket_forms": "name",
    "ticket_fields": "title",
}
"""What tickets and users name by its id, with where it says what it is called."""
_WORKING: Final = ("organization", "group", "brand", "ticket_form")
_KINDS: Final = ("tickets", "users", "comments", *_NAMED)
_REMARKS: Final = ("details", "notes")
_AUTHOR: Final = "Zendesk"
_NOTE: Final = 20_000
_FOLLOWING: Final = ("collaborator_ids", "email_cc_ids", "follower_ids")
_RATED: Final = ("score", "reason", "comment")
_NOT_RATED: Final = ("", "offered", "unoffered")
_END_USER: Final = ("end-user", "end_user", "")


class _Export:
    """What a file holds, put together: comments to their tickets; users by id, other names by kind and id."""

    def __init__(self, shorten: Shorten) -> None:
        self.shorten = shorten
        self.tickets: list[tuple[int, Json]] = []
        self.users: dict[str, tuple[int, Json]] = {}
        self.comments: dict[str, list[Json]] = {}
        self.names: dict[str, dict[str, str]] = {kind: {} for kind in _NAMED}
        self.wrong: list[Item] = []

    def add(self, row: int, one: Json, hint: str) -> None:
        known = [kind for kind in _KINDS if isinstance(one.get(kind), list)]
        if known and "id" not in one and "requester_id" not in one:
            for kind in known:
                for each in objects(one[kind]):
                    self.add(row, each, kind)
            return
        self._add_one(row, one, hint)

    def _add_one(self, row: int, one: Json, hint: str) -> None:
        if "requester_id" in one:
            self.tickets.append((row, one))
            for user in (one.get("requester"), one.get("submitter"), one.get("assignee")):
                if isinstance(user, dict):
                    self._user(row, inner(user))
        elif "ticket_id" in one and ("body" in one or "html_body" in one or "plain_body" in one):
            self.comments.setdefault(text(one["ticket_id"]), []).append(one)
        elif text(one.get("id")) and ("role" in one or "email" in one or "users" in hint):
            self._user(row, one)
        elif kind := next((each for each in _NAMED if each in hint), None):
            self.names[kind][text(one.get("id"))] = text(one.get(_NAMED[kind]))
        else:
            self.wrong.append(Item(row, None, say("This is neither a ticket nor a user nor a comment of a ticket.")))

    def name_of(self, user_id: str) -> str:
        """Whoever has this id: by name, else by address; the id itself of whom the file does not tell."""
        user = self.users.get(user_id, (0, {}))[1]
        return text(user.get("name")) or text(user.get("email")) or user_id

    def _user(self, row: int, one: Json) -> None:
        self.users.setdefault(text(one.get("id")), (row, one))


def read_zendesk(file: BinaryIO, shorten: Shorten) -> Iterator[Item]:
    """Customers first, then a conversation for each ticket; `row` is the line of the document it stands in."""
    export = _Export(shorten)
    for row, name, found in documents(file):
        if isinstance(found, Text):
            yield Item(row, None, found)
        else:
            export.add(row, found, name.rpartition("/")[2])
    yield from export.wrong
    for row, user in export.users.values():
        if text(user.get("role")).lower() in _END_USER:
            yield built(
                row,
                f"user {text(user.get('id'))}",
                lambda user=user: _customer(user, shorten),
                CustomerEntry,
                _own_fields(user, export),
            )
    for row, ticket in export.tickets:
        key = text(ticket.get("id"))
        yield built(row, key, lambda ticket=ticket: _conversation(ticket, export), ConversationEntry)


def _customer(user: Json, shorten: Shorten) -> Json:
    created = user.get("created_at")
    return {
        "type": "customer",
        "key": text(user.get("id")),
        "name": shorten(text(user.get("name")), 200),
        "language": values.language(text(user.get("locale"))),
        "created_at": values.moment(created) if created else None,
        "identities": _identities(user),
        "notes": [{"text": one, "author": _AUTHOR, "at": values.moment(created)} for one in _remarks(user, shorten)],
    }


def _remarks(user: Json, shorten: Shorten) -> list[str]:
    """What agents wrote of a user; nothing where no moment is known from which it holds."""
    if not user.get("created_at"):
        return []
    return [shorten(words, _NOTE) for words in (text(user.get(name)) for name in _REMARKS) if words]


def _own_fields(user: Json, export: _Export) -> Json:
    organization = text(user.get("organization_id"))
    remarks = {} if user.get("created_at") else {name: user.get(name) for name in _REMARKS}
    return {
        **remarks,
        "organization": export.names["organizations"].get(organization, organization),
        "tags": user.get("tags"),
        **inner(user.get("user_fields")),
    }


def _identities(user: Json) -> list[Json]:
    found = [
        {"kind": "email", "value": text(user.get("email"))},
        {"kind": "phone", "value": text(user.get("phone"))},
        {"kind": "external", "value": text(user.get("external_id"))},
    ]
    return [one for one in found if one["value"]]


def _conversation(ticket: Json, export: _Export) -> Json:
    ticket_id, requester_id = text(ticket.get("id")), text(ticket.get("requester_id"))
    if not ticket_id:
        raise WrongValueError(say("The ticket has no id."))
    requester = export.users.get(requester_id, (0, {}))[1]
    messages = [
        _message(one, requester_id, export)
        for one in sorted(_comments(ticket, export), key=lambda one: values.moment(one["created_at"]))
    ]
    own = [(_title(one, export), one.get("value")) for one in objects(ticket.get("custom_fields"))]
    fields = said_together([*_desk(ticket, export), *own])
    if fields:
        note = {"kind": MessageKind.NOTE, "author": _AUTHOR, "text": export.shorten(fields, 100_000)}
        messages.append({**note, "at": messages[0]["at"]})
    state = values.status(text(ticket.get("status")) or "closed")
    ended = ticket.get("solved_at") or ticket.get("updated_at") if state is Status.RESOLVED else None
    return {
        "type": "conversation",
        "key": ticket_id,
        "customer": {
            "key": requester_id or None,
            "name": export.shorten(text(requester.get("name")), 200),
            "language": values.language(text(requester.get("locale"))),
            "identities": _identities(requester),
        },
        "channel": values.channel(text(inner(ticket.get("via")).get("channel"))),
        "subject": export.shorten(text(ticket.get("subject") or ticket.get("raw_subject")), 1000),
        "status": state,
        "priority": values.priority(text(ticket.get("priority"))),
        "tags": values.tags(ticket.get("tags"), export.shorten),
        "created_at": values.moment(ticket["created_at"]) if ticket.get("created_at") else None,
        "resolved_at": values.moment(ended) if ended else None,
        "messages": messages,
    }


def _desk(ticket: Json, export: _Export) -> list[tuple[str, Any]]:
    """What only Zendesk's own desk works with, by its names there; people, groups and organizations by theirs, as far
    as the file tells of them.
    """
    together = dict.fromkeys(one for name in _FOLLOWING for one in _ids(ticket.get(name)))
    rating = inner(ticket.get("satisfaction_rating"))
    rated = text(rating.get("score")) not in _NOT_RATED
    return [
        ("type", ticket.get("type")),
        *((one, _named(ticket, one, export.names[f"{one}s"])) for one in _WORKING),
        ("recipient", ticket.get("recipient")),
        ("assignee", export.name_of(text(ticket.get("assignee_id")))),
        ("collaborators", [export.name_of(one) for one in together]),
        ("due_at", ticket.get("due_at")),
        ("satisfaction_rating", {name: rating.get(name) for name in _RATED} if rated else None),
    ]


def _named(ticket: Json, kind: str, names: dict[str, str]) -> str:
    found = text(ticket.get(f"{kind}_id"))
    return text(inner(ticket.get(kind)).get("name")) or names.get(found) or found


def _ids(value: Any) -> list[str]:
    return [text(one) for one in cast("list[Any]", value)] if isinstance(value, list) else []


def _title(field: Json, export: _Export) -> str:
    """What a ticket's field is called: tickets name it by its id alone."""
    field_id = text(field.get("id"))
    return export.names["ticket_fields"].get(field_id) or field_id


def _comments(ticket: Json, export: _Export) -> list[Json]:
    own = objects(ticket.get("comments")) or export.comments.get(text(ticket.get("id")), [])
    if own:
        if any(not one.get("created_at") for one in own):
            raise WrongValueError(say("A comment has no created_at."))
        return own
    description = text(ticket.get("description"))
    if not description or not ticket.get("created_at"):
        raise WrongValueError(say("The ticket has neither comments nor a description."))
    return [{"author_id": ticket.get("requester_id"), "body": description, "created_at": ticket["created_at"]}]


def _message(comment: Json, requester_id: str, export: _Export) -> Json:
    author_id = text(comment.get("author_id"))
    author = export.users.get(author_id, (0, {}))[1]
    by_customer = author_id == requester_id or (author and text(author.get("role")).lower() in _END_USER)
    kind = MessageKind.INBOUND if by_customer else MessageKind.OUTBOUND
    body = text(comment.get("plain_body") or comment.get("body"))
    files = [
        f"{text(one.get('file_name'))}: {text(one.get('content_url'))}" for one in objects(comment.get("attachments"))
    ]
    return {
        "kind": MessageKind.NOTE if comment.get("public") is False else kind,
        "author": export.shorten(text(author.get("name")) or text(author.get("email")), 200),
        "text": export.shorten("\n".join([body, *files]), 100_000),
        "html": text(comment.get("html_body")) or None if not files else None,
        "at": values.moment(comment["created_at"]),
    }
