"""What is fuzzed: code that reads what strangers send. A target takes any bytes, and raises where a promise breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

import msgspec

from careloom.channels.core.chat.frames import Refusal, parse
from careloom.channels.core.chat.origins import may_use
from careloom.channels.core.email.bounce import read_bounce
from careloom.channels.core.email.complaint import read_complaint
from careloom.channels.core.email.parse import parse_mail
from careloom.channels.core.email.quote import fold_mail
from careloom.channels.core.email.redact import redact_mail
from careloom.channels.core.email.sanitize import sanitize
from careloom.channels.core.email.spoken import said_in
from careloom.channels.core.email.verdict import OwnMail, judge
from careloom.platform.redaction.markup import redact_html
from careloom.platform.redaction.redact import Redactor
from careloom.platform.redaction.types import BUILT_IN, Action, ClassPolicy, Policy, Rule

_OWN: Final = OwnMail("x.example", frozenset(), "x.example")
_POLICY: Final[dict[str, Any]] = {one.value: ClassPolicy(Action.MASK) for one in BUILT_IN}
_REDACTOR: Final = Redactor(Policy(**_POLICY, rules=(Rule(name="loyalty card", pattern=r"LC-\d{6}"),)))
_ACTING: Final = {"script", "iframe", "frame", "object", "embed", "applet", "form", "input", "button", "template"}
_LEADING: Final = {"link", "meta", "base", "svg", "math", "noscript"}
_ADDRESSES: Final = re.compile(r"(https?:|mailto:|tel:|cid:|data:image/|#|/|[^:]*$)", re.IGNORECASE)


class _Unsafe(HTMLParser):
    """Raises where markup could run something or lead somewhere by itself."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in _ACTING | _LEADING, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name in ("href", "src", "action", "background"):
                assert _ADDRESSES.match((value or "").strip()), value


def mail(data: bytes) -> None:
    """Any bytes make a mail whose texts can be stored and whose markup runs nothing."""
    read = parse_mail(data)
    assert read.message_id.startswith("<")
    assert read.message_id.endswith(">")
    for text in (read.subject, read.text, read.html or "", read.sender.name, read.sender.address):
        assert "\0" not in text
        text.encode()
    for file in read.attachments:
        assert file.name == Path(file.name).name
        assert file.name not in ("", ".", "..")
    if read.html:
        _Unsafe().feed(read.html)
    fold_mail(read)
    judge(read, _OWN, "")
    read_bounce(read, null_path=True)
    read_complaint(read)


def redacted_mail(data: bytes) -> None:
    """Nothing that the policy takes out is left of any mail; once is enough."""
    once = redact_mail(data, _REDACTOR)
    said = said_in(once)
    assert not said.truncated
    assert not any(_REDACTOR.find(one) for one in said.texts)
    assert redact_mail(once, _REDACTOR) == once


def markup(data: bytes) -> None:
    """Any markup becomes markup that runs nothing, and cleaning it again changes nothing that could."""
    clean = sanitize(data.decode("utf-8", "replace"), 100_000)
    _Unsafe().feed(clean)
    _Unsafe().feed(sanitize(clean, 200_000))


def frame(data: bytes) -> None:
    """Any bytes are a frame of the widget within its limits, or refused with a word that can be sent back."""
    for raw in (data, data.decode("utf-8", "surrogatepass") if _decodes(data) else ""):
        found = parse(raw)
        assert len(msgspec.json.encode(found)) < 100_000
        if isinstance(found, Refusal):
            assert found.code in ("too_large", "invalid")
            assert found.message


def origin(data: bytes) -> None:
    """No text but the origin itself is taken for an allowed page."""
    text = data.decode("utf-8", "replace")
    if may_use(text, ("https://shop.example",), own="https://care.example", required=True):
        assert text.lower().removesuffix(":443") in ("https://shop.example", "https://care.example")


def redaction(data: bytes) -> None:
    """Only findings change, in order and apart; a second pass changes nothing."""
    text = data.decode("utf-8", "replace")
    once = _REDACTOR.redact(text)
    at = 0
    for one in once.findings:
        assert at <= one.start < one.end <= len(text)
        at = one.end
    assert _REDACTOR.redact(once.text).text == once.text


def redacted_markup(data: bytes) -> None:
    """The same of markup, whose tags stay as they are."""
    text = data.decode("utf-8", "replace")
    once = redact_html(_REDACTOR, text)
    assert redact_html(_REDACTOR, once.text).text == once.text


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


RUNS: Final = {
    "mail": 1_000,
    "redacted_mail": 40,
    "markup": 5_000,
    "frame": 10_000,
    "origin": 50_000,
    "redaction": 200,
    "redacted_markup": 100,
}
"""How often `make test` runs each with new input: about as often as a target can in a few seconds."""

TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    one.__name__: one for one in (mail, redacted_mail, markup, frame, origin, redaction, redacted_markup)
}
