"""Skills and queues: each program has one line for chat and one for mail, and one for texts where it takes them."""

from careloom.demo.world.clients import CLIENTS
from careloom.demo.world.programs import PROGRAMS
from careloom.demo.world.specs import ProgramSpec, QueueSpec, SkillNeed, SkillSpec
from careloom.organizations.types import Channel
from careloom.routing.types import AcceptMode

SKILLS = (
    SkillSpec("accounts", "Account care"),
    SkillSpec("fraud", "Fraud handling"),
    SkillSpec("scheduling", "Patient scheduling"),
    SkillSpec("followup", "Clinical follow-up"),
    SkillSpec("reservations", "Hotel reservations"),
    SkillSpec("guests", "Guest services"),
    SkillSpec("events", "Dining and events"),
    SkillSpec("flights", "Air travel"),
    SkillSpec("rides", "Ride dispatch"),
    SkillSpec("lettings", "Lettings"),
    SkillSpec("writing", "Written replies"),
)

# For each program: the skill, its least level, and the chat's target in seconds.
_NEEDS: dict[str, tuple[str, int, int]] = {
    "bank-accounts": ("accounts", 2, 30),
    "bank-fraud": ("fraud", 3, 20),
    "clinic-appointments": ("scheduling", 2, 45),
    "clinic-aftercare": ("followup", 3, 45),
    "hotel-reservations": ("reservations", 2, 40),
    "hotel-guests": ("guests", 2, 30),
    "hotel-events": ("events", 2, 60),
    "airline-flights": ("flights", 2, 40),
    "rides-bookings": ("rides", 2, 20),
    "rides-trips": ("rides", 3, 20),
    "homes-lettings": ("lettings", 2, 60),
}
_OVERFLOW = {
    "bank-accounts": "bank-fraud",
    "hotel-guests": "hotel-reservations",
    "hotel-reservations": "hotel-guests",
    "rides-trips": "rides-bookings",
}
_AUTOMATIC = frozenset({"rides-bookings", "rides-trips"})
_CHAT_SHARE, _MAIL_SHARE = 0.8, 0.9
_MAIL_SECONDS, _TEXT_SECONDS = 4 * 3600, 300

SKILLS_OF_CLIENT: dict[str, tuple[str, ...]] = {
    client.key: tuple(dict.fromkeys(_NEEDS[program.key][0] for program in PROGRAMS if program.client == client.key))
    for client in CLIENTS
}


def _chat_queue(program: ProgramSpec) -> QueueSpec:
    skill, level, seconds = _NEEDS[program.key]
    overflow = _OVERFLOW.get(program.key)
    return QueueSpec(
        key=f"{program.key}-chat",
        client=program.client,
        program=program.key,
        name=f"{program.name} chat",
        channels=(Channel.CHAT,),
        language="en",
        skills=(SkillNeed(skill, level),),
        target_seconds=seconds,
        target_share=_CHAT_SHARE,
        accept_mode=AcceptMode.AUTO if program.key in _AUTOMATIC else AcceptMode.OFFER,
        offer_seconds=20,
        overflow_after_seconds=2 * seconds if overflow else None,
        overflow_queue=f"{overflow}-chat" if overflow else None,
    )


def _mail_queue(program: ProgramSpec) -> QueueSpec:
    skill, level, _ = _NEEDS[program.key]
    return QueueSpec(
        key=f"{program.key}-mail",
        client=program.client,
        program=program.key,
        name=f"{program.name} mail",
        channels=(Channel.EMAIL,),
        language="en",
        skills=(SkillNeed(skill, level), SkillNeed("writing", 2)),
        target_seconds=_MAIL_SECONDS,
        target_share=_MAIL_SHARE,
        accept_mode=AcceptMode.OFFER,
        offer_seconds=45,
        overflow_after_seconds=None,
        overflow_queue=None,
    )


def _text_queue(program: ProgramSpec) -> QueueSpec:
    skill, level, _ = _NEEDS[program.key]
    return QueueSpec(
        key=f"{program.key}-sms",
        client=program.client,
        program=program.key,
        name=f"{program.name} texts",
        channels=(Channel.SMS,),
        language="en",
        skills=(SkillNeed(skill, level),),
        target_seconds=_TEXT_SECONDS,
        target_share=_CHAT_SHARE,
        accept_mode=AcceptMode.OFFER,
        offer_seconds=30,
        overflow_after_seconds=None,
        overflow_queue=None,
    )


_LINES = {Channel.CHAT: _chat_queue, Channel.EMAIL: _mail_queue, Channel.SMS: _text_queue}

QUEUES = tuple(_LINES[channel](program) for program in PROGRAMS for channel in program.channels)
