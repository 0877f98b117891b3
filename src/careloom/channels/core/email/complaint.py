"""Complaints: what a receiver reports when its user calls our mail spam (ARF, RFC 5965)."""

from __future__ import annotations

from msgspec import Struct

from careloom.channels.core.email.bounce import original_id, report_fields, typed_address
from careloom.channels.core.email.mail import ParsedMail

_COMPLAINTS = ("abuse", "fraud", "other", "virus", "opt-out")


class Complaint(Struct, frozen=True):
    """A complaint of `recipient` (None: the report hides who) about the mail `original_message_id`."""

    kind: str
    recipient: str | None
    original_message_id: str | None


def read_complaint(mail: ParsedMail) -> Complaint | None:
    """Return the complaint that a feedback report makes, or None; other feedback (not-spam) is none."""
    if mail.report_type != "feedback-report":
        return None
    fields = report_fields(mail.delivery_status)
    kind = fields.get("feedback-type", "").strip().lower()
    if kind not in _COMPLAINTS:
        return None
    return Complaint(kind, typed_address(fields.get("original-rcpt-to", "")), original_id(mail))
