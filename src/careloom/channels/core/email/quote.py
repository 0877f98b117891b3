"""The new part of a mail told from what it quotes and from its signature."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from careloom.channels.core.email.mail import ParsedMail
from careloom.channels.core.email.quote_words import (
    ADDRESS_END,
    ATTRIBUTION_END,
    ATTRIBUTION_START,
    ATTRIBUTION_VERB,
    CLOCK,
    DATE,
    FORWARD,
    FORWARD_SUBJECT,
    HEADER_FROM,
    HEADER_OTHERS,
    INLINE_ANNOUNCED,
    MOBILE_SIGNATURE,
    ORIGINAL,
)
from careloom.channels.core.email.rendering import Line, rebuild, render

_QUOTE_MARK = re.compile(r"[ \t]{0,2}>")
_RULE = re.compile(r"\s*[_=*-]{5,}\s*\Z")
_CUT_MARKS = frozenset({"divRplyFwdMsg", "yahoo_quoted", "OutlookMessageHeader", "protonmail_quote", "tutanota_quote"})
_ATTRIBUTION_MARKS = frozenset({"gmail_attr", "moz-cite-prefix", "careloom_attribution", "reply-intro"})
_LONGEST_SIGNATURE = 15
_LONGEST_LINE = 400


class Folded(Struct, frozen=True):
    """A text in two: what to show and what to fold away. Together they hold every line that is not blank."""

    new: str
    folded: str


class FoldedMail(Struct, frozen=True):
    """A mail's text and safe HTML, each in its new and its folded part; HTML parts are None without HTML."""

    text: str
    folded_text: str | None
    html: str | None
    folded_html: str | None


def fold_mail(mail: ParsedMail) -> FoldedMail:
    """Return the new and the folded parts of a mail."""
    text = split_text(mail.text, mail.subject)
    if mail.html is None:
        return FoldedMail(text.new, text.folded or None, None, None)
    html = split_html(mail.html, mail.subject)
    return FoldedMail(text.new, text.folded or None, html.new, html.folded or None)


def split_text(text: str, subject: str = "") -> Folded:
    """Split plain text; `subject` tells a forward, of which nothing is folded."""
    lines = [Line(text=line, quoted=_QUOTE_MARK.match(line) is not None) for line in text.split("\n")]
    folded = _Folder(lines, subject).run()
    return Folded(
        _join(line.text for line, hide in zip(lines, folded, strict=True) if not hide),
        _join(line.text for line, hide in zip(lines, folded, strict=True) if hide),
    )


def split_html(safe_html: str, subject: str = "") -> Folded:
    """Split sanitised HTML into two well-formed texts, as `split_text` does."""
    rendering = render(safe_html)
    folded = _Folder(rendering.lines, subject).run()
    if not any(folded):
        return Folded(safe_html, "")
    new = [index for line, hide in zip(rendering.lines, folded, strict=True) if not hide for index in line.pieces]
    old = [index for line, hide in zip(rendering.lines, folded, strict=True) if hide for index in line.pieces]
    return Folded(
        rebuild([rendering.pieces[index] for index in new]),
        rebuild([rendering.pieces[index] for index in old]),
    )


def _join(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip("\n")


class _Folder:
    """Decides for each line whether it is folded away."""

    def __init__(self, lines: list[Line], subject: str) -> None:
        self.lines = lines
        self.forward = FORWARD_SUBJECT.match(subject) is not None
        self.folded = [False] * len(lines)
        self.blank = [not (line.picture or line.text.strip("> \t\r\xa0")) for line in lines]
        self.signature = [False] * len(lines)
        self.attribution = [False] * len(lines)

    def run(self) -> list[bool]:
        if self.forward or not self.lines:
            return self.folded
        end = self._find_cut()
        if end is None:
            return self.folded
        self._mark_signatures(end)
        self._fold_quotations(end)
        for index in range(len(self.lines)):
            if index >= end or (self.signature[index] and not self.blank[index]):
                self.folded[index] = True
        if all(hide or blank for hide, blank in zip(self.folded, self.blank, strict=True)):
            return [False] * len(self.lines)
        self._fold_blanks()
        return self.folded

    def _fold_blanks(self) -> None:
        """Blank lines beside something folded go with it."""
        for order in (range(len(self.lines)), range(len(self.lines) - 1, -1, -1)):
            hidden = False
            for index in order:
                if not self.blank[index]:
                    hidden = self.folded[index]
                elif hidden:
                    self.folded[index] = True

    def _find_cut(self) -> int | None:
        """Return where everything that follows is old (the number of lines when nowhere); None for a forward.

        Marks the attributions before it.
        """
        count = len(self.lines)
        index = 0
        while index < count:
            line = self.lines[index]
            if line.quoted or self.blank[index]:
                index += 1
            elif FORWARD.match(line.text[:_LONGEST_LINE]) or "moz-forward-container" in line.marks:
                return None if not any(self.attribution) else index
            elif line.marks & _CUT_MARKS or ORIGINAL.match(line.text[:_LONGEST_LINE]) or self._is_header_block(index):
                return self._cut_at(index)
            elif length := self._attribution_length(index):
                self.attribution[index : index + length] = [True] * length
                index += length
                if not self._quotation_follows(index):
                    return index - length
            else:
                index += 1
        return count

    def _cut_at(self, index: int) -> int:
        if INLINE_ANNOUNCED.search("\n".join(line.text[:_LONGEST_LINE] for line in self.lines[:index][:60])):
            return len(self.lines)
        before = index - 1
        while before >= 0 and self.blank[before]:
            before -= 1
        return before if before >= 0 and _RULE.match(self.lines[before].text[:_LONGEST_LINE]) else index

    def _is_header_block(self, index: int) -> bool:
        if not HEADER_FROM.match(self.lines[index].text[:_LONGEST_LINE]):
            return False
        following = [line.text[:_LONGEST_LINE] for line in self.lines[index + 1 : index + 12] if line.text.strip()][:7]
        found = [any(label.match(text) for text in following) for label in HEADER_OTHERS]
        return sum(found) >= 2

    def _attribution_length(self, index: int) -> int:
        """Return how many lines from `index` introduce a quotation: 0 to 4."""
        if self.lines[index].marks & _ATTRIBUTION_MARKS:
            return 1
        first = self.lines[index].text.strip()
        starts = ATTRIBUTION_START.match(first[:_LONGEST_LINE]) is not None
        joined = ""
        for length in range(1, 5):
            at = index + length - 1
            if (
                at >= len(self.lines)
                or self.blank[at]
                or self.lines[at].quoted
                or len(self.lines[at].text) > _LONGEST_LINE
            ):
                break
            text = self.lines[at].text.strip()
            if length > 1 and _introduces(text) and (ATTRIBUTION_START.match(text) or not starts):
                break
            joined = f"{joined} {text}".strip()
            if ATTRIBUTION_END.search(joined):
                return length if _begins_attribution(first) and _introduces(joined) else 0
        return 0

    def _quotation_follows(self, index: int) -> bool:
        while index < len(self.lines) and self.blank[index]:
            if self.lines[index].quoted:
                return True
            index += 1
        return index < len(self.lines) and self.lines[index].quoted

    def _mark_signatures(self, end: int) -> None:
        for index in range(end):
            if self.lines[index].signature:
                self.signature[index] = True
        for start in range(end):
            text = self.lines[start].text
            if self.lines[start].quoted or self.blank[start]:
                continue
            if text.rstrip(" \r\xa0") == "--":
                self._mark_block(start, end, _LONGEST_SIGNATURE if text.startswith("-- ") else 8)
        following = True
        for index in range(end - 1, -1, -1):
            if self.blank[index]:
                continue
            if self.lines[index].quoted or self.attribution[index] or self.signature[index]:
                following = True
            elif following and MOBILE_SIGNATURE.match(self.lines[index].text[:_LONGEST_LINE]):
                self.signature[index] = True
            else:
                following = False

    def _mark_block(self, start: int, end: int, longest: int) -> None:
        stop = start + 1
        size = 0
        while stop < end and not self.lines[stop].quoted and not self.attribution[stop] and size <= longest:
            size += not self.blank[stop]
            stop += 1
        if 0 < size <= longest:
            self.signature[start:stop] = [True] * (stop - start)

    def _fold_quotations(self, end: int) -> None:
        """Fold quoted runs before `end`, except where replies stand between them."""
        content = [
            index
            for index in range(end)
            if not (self.blank[index] or self.lines[index].quoted or self.attribution[index] or self.signature[index])
        ]
        last = content[-1] if content else -1
        starts = [
            index
            for index in range(end)
            if self.lines[index].quoted and (index == 0 or not self.lines[index - 1].quoted) and index < last
        ]
        runs = [
            start
            for number, start in enumerate(starts)
            if number == 0 or self._content_between(starts[number - 1], start)
        ]
        attributed = any(self.attribution[:last]) if last >= 0 else False
        for index in range(end):
            if not (self.lines[index].quoted or self.attribution[index]):
                continue
            if index > last or (attributed and len(runs) == 1):
                self.folded[index] = True

    def _content_between(self, start: int, stop: int) -> bool:
        return any(
            not (self.blank[index] or self.lines[index].quoted or self.attribution[index] or self.signature[index])
            for index in range(start, stop)
        )


def _begins_attribution(first: str) -> bool:
    """Tell whether a line may be the first of an introduction: a date or an address is in it."""
    if ATTRIBUTION_START.match(first) and any(char.isdigit() for char in first):
        return True
    return "@" in first or CLOCK.search(first) is not None or DATE.search(first) is not None


def _introduces(joined: str) -> bool:
    """Tell whether a line (joined from its wrapped pieces) introduces a quotation."""
    dated = CLOCK.search(joined) is not None or DATE.search(joined) is not None
    if ADDRESS_END.search(joined) and dated:
        return True
    if ATTRIBUTION_VERB.search(joined) is None or not ATTRIBUTION_END.search(joined):
        return False
    return (dated or "@" in joined) if ATTRIBUTION_START.match(joined) else (dated and "@" in joined)
