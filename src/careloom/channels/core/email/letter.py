"""A received mail read to the end: what it is, what is new in it, and which thread it names."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

from msgspec import Struct

from careloom.channels.core.email.mail import Address, MailAttachment, ParsedMail
from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.quote import FoldedMail, fold_mail
from careloom.channels.core.email.thread import KeyKind, ThreadKey, read_plus_token, thread_keys
from careloom.channels.core.email.verdict import Judgement, OwnMail, judge

_CID = re.compile(r'(src=")cid:([^"]{1,400})"')
_NO_REPLY = re.compile(r"(?:no|do[-_.]?not)[-_.]?reply\b", re.IGNORECASE)


class Letter(Struct, frozen=True):
    """A mail with its verdict.

    `sender` is who wrote it: From, or Reply-To where From takes no answers; its address may be empty. `digest`
    is equal for equal content and tells apart mails that share a Message-ID by mistake.
    """

    mail: ParsedMail
    judgement: Judgement
    folded: FoldedMail
    keys: tuple[ThreadKey, ...]
    sender: Address
    digest: str


def read_letter(raw: bytes, own: OwnMail, key: bytes, return_path: str, recipient: str) -> Letter:
    """Read a mail that came to `recipient` (envelope) from `return_path`; `key` is that of our signatures."""
    mail = parse_mail(raw)
    sender = _sender(mail, return_path, own)
    content = "\0".join((sender.address, mail.subject, str(mail.date), mail.text))
    return Letter(
        mail=mail,
        judgement=judge(mail, own, return_path),
        folded=fold_mail(mail),
        keys=tuple(dict.fromkeys((*_envelope_keys(recipient, key), *thread_keys(mail, key)))),
        sender=sender,
        digest=hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16],
    )


def base_address(address: str) -> str:
    """Return an address in lower case without its plus part."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def show_inline(html: str, files: tuple[tuple[MailAttachment, UUID], ...], url: str) -> str:
    """Point a mail's inline images to where its files are kept; `url` is followed by a file's id."""
    places = {file.content_id: f"{url}{file_id}" for file, file_id in files if file.content_id}

    def place(match: re.Match[str]) -> str:
        found = places.get(match[2].replace("&amp;", "&"))
        return f'{match[1]}{found}"' if found else match[0]

    return _CID.sub(place, html)


def _sender(mail: ParsedMail, return_path: str, own: OwnMail) -> Address:
    sender = mail.sender
    silent = sender.address.lower() in own.addresses or _NO_REPLY.match(sender.address) is not None
    if silent and len(mail.reply_to) == 1 and mail.reply_to[0].address.lower() not in own.addresses:
        return Address(mail.reply_to[0].address, mail.reply_to[0].name or sender.name)
    if not sender.address and "@" in return_path:
        return Address(return_path.strip("<> "), sender.name)
    return sender


def _envelope_keys(recipient: str, key: bytes) -> tuple[ThreadKey, ...]:
    _, plus, token = recipient.rpartition("@")[0].partition("+")
    conversation = read_plus_token(token, key) if plus else None
    return () if conversation is None else (ThreadKey(KeyKind.PLUS_ADDRESS, conversation_id=conversation),)
