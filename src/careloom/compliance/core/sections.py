"""What the parts of an export are called, and what each holds, in words for the person whom they are about."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from careloom.platform.texts.text import Text, say


class Section(Struct, frozen=True):
    """A part of the readable page: its heading, and a sentence under it."""

    title: Text
    about: Text


SECTIONS: Final[Mapping[str, Section]] = {
    "customer": Section(say("Your profile"), say("Your name, your language and what else is noted of you.")),
    "customer_identity": Section(
        say("Your addresses"), say("Mail addresses, telephone numbers and the like by which you are recognised.")
    ),
    "customer_secret": Section(
        say("Sensitive fields of your profile"), say("What is noted of you and stored encrypted.")
    ),
    "customer_claim": Section(
        say("Addresses that you gave"), say("Addresses that you named, and that nobody has confirmed.")
    ),
    "customer_note": Section(say("Notes about you"), say("What those who answer you wrote down for each other.")),
    "timeline_entry": Section(say("Your history"), say("What happened, in short, over all channels.")),
    "customer_consent": Section(say("Your consents"), say("What you allowed or refused, when, and how it was asked.")),
    "customer_merge": Section(
        say("Profiles that were put together"), say("Profiles that were taken to be of the same person.")
    ),
    "care_case": Section(say("Your cases"), say("What your conversations are about; a case holds one or several.")),
    "conversation": Section(say("Your conversations"), say("By mail, chat, telephone or otherwise.")),
    "message": Section(
        say("Messages, answers and notes"), say("What you wrote, what you were answered, and notes made meanwhile.")
    ),
    "draft": Section(say("Answers that were begun"), say("What was being written to you and was not sent.")),
    "pending_reply": Section(
        say("Answers that wait"), say("What was written to you and could still be recalled before it was sent.")
    ),
    "file": Section(say("Your files"), say("Names, types and sizes of the files of your conversations.")),
    "mention": Section(
        say("Colleagues who were called in"), say("Where a note about your conversation named somebody.")
    ),
    "masked_value": Section(
        say("What was masked"), say("Which kinds of sensitive data were taken out of messages, not the data itself.")
    ),
    "recording_pause": Section(
        say("Pauses of the recording"), say("When nothing of a conversation was to be recorded, and why.")
    ),
    "conversation_interval": Section(
        say("The course of your conversations"), say("When each waited or was worked on, and by whom.")
    ),
    "incoming_mail": Section(say("Mail from you"), say("When each mail came in, and what became of it.")),
    "mail_reference": Section(
        say("How your mail hangs together"), say("Identifiers by which a mail finds its conversation.")
    ),
    "outgoing_mail": Section(say("Mail to you"), say("What was sent to you, and whether it arrived.")),
    "suppressed_address": Section(
        say("Addresses to which nothing is sent"), say("Addresses of yours that get no mail, and why.")
    ),
    "visitor": Section(
        say("Your visits"), say("Browsers in which you opened the chat, and the page on which you were.")
    ),
    "privacy_request": Section(
        say("Your requests"), say("When you asked for your data or for its erasure, and what was done.")
    ),
    "audit_entry": Section(
        say("What was done with your data"), say("Entries of the audit trail: what was done, when, and by whom.")
    ),
}
"""By table: every one that an export may hold."""
