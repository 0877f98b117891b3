"""The clients' programs: hours, channels and how each brand speaks."""

from datetime import date

from careloom.demo.world.clients import CLIENTS
from careloom.demo.world.specs import ClientSpec, MailSpec, ProgramSpec, WidgetSpec
from careloom.organizations.types import BrandVoice, Channel, OpenHours

_CLIENT = {client.key: client for client in CLIENTS}
_CHANNELS = (Channel.CHAT, Channel.EMAIL)
_EVERY_DAY = tuple(OpenHours(weekday, 7 * 60, 22 * 60) for weekday in range(7))
_HOLIDAYS = (date(2026, 12, 25), date(2027, 1, 1), date(2027, 12, 25), date(2028, 1, 1))

_TONE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "bank": (
        ("Calm and exact", "Say what happens next and when", "Confirm every figure once"),
        ("No jokes about money", "Never ask for a full card number", "No blame for a lost card"),
    ),
    "clinic": (
        ("Warm and unhurried", "Repeat the doctor's words exactly", "Offer the earliest time first"),
        ("No diagnosis", "No guesses about medicines", "No abbreviations"),
    ),
    "hotel": (
        ("Welcoming, like a good host", "Use the guest's name", "Offer another date when one is full"),
        ("No jargon such as 'inventory'", "Never argue about a rating", "No more than one question at once"),
    ),
    "airline": (
        ("Clear and brief", "Give times with the city", "Say what a change costs before making it"),
        ("No promise that the weather could break", "No airport codes alone", "No exclamation marks"),
    ),
    "rides": (
        ("Quick and friendly", "Minutes before anything else", "Confirm both ends of the ride"),
        ("No long sentences", "Never share a driver's number", "No blame for the driver"),
    ),
    "homes": (
        ("Helpful and down to earth", "Confirm day and hour of a viewing", "Tell what to bring"),
        ("No pressure to apply", "No remarks on who lives next door", "No legal advice"),
    ),
}


def _program(
    key: str,
    name: str,
    mailbox: str,
    greeting: str,
    *,
    zone: str = "America/New_York",
    languages: tuple[str, ...] = ("en",),
    hours: tuple[OpenHours, ...] = (),
    undo: int = 0,
    more: tuple[Channel, ...] = (),
) -> ProgramSpec:
    client: ClientSpec = _CLIENT[key.split("-", 1)[0]]
    tone_do, tone_dont = _TONE[client.key]
    signature = f"{name}\n{client.name}"
    return ProgramSpec(
        key=key,
        client=client.key,
        name=name,
        time_zone=zone,
        languages=languages,
        channels=(*_CHANNELS, *more),
        hours=hours,
        holidays=_HOLIDAYS if hours else (),
        voice=BrandVoice(greeting, tone_do, tone_dont, signature),
        reopen_days=7,
        undo_send_seconds=undo,
        mail=MailSpec(f"{mailbox}@{client.domain}", f"{client.name} {name}", signature),
        widget=WidgetSpec(
            name=f"{client.name}: {name}",
            title=client.name,
            greeting=greeting,
            offline_text="We are closed right now. Leave us a message and we will answer by e-mail.",
        ),
    )


PROGRAMS = (
    _program(
        "bank-accounts",
        "Accounts",
        "accounts",
        "Welcome to Larkstead. How can we help?",
        languages=("en", "es"),
        undo=5,
    ),
    _program("bank-fraud", "Cards and fraud", "fraud", "You have reached the fraud desk. We will sort this out."),
    _program(
        "clinic-appointments",
        "Appointments",
        "appointments",
        "Hello, whom would you like to see?",
        zone="America/Chicago",
    ),
    _program(
        "clinic-aftercare",
        "After the visit",
        "aftercare",
        "Hello, how are you doing today?",
        zone="America/Chicago",
    ),
    _program(
        "hotel-reservations",
        "Reservations",
        "stay",
        "Good to see you. Where may we put you up?",
        zone="Europe/Dublin",
        languages=("en", "es"),
    ),
    _program(
        "hotel-guests",
        "Guest services",
        "concierge",
        "At your service. What does your room need?",
        zone="Europe/Dublin",
    ),
    _program(
        "hotel-events",
        "Dining and events",
        "events",
        "A table or a whole party? Tell us.",
        zone="Europe/Dublin",
        undo=5,
    ),
    _program(
        "airline-flights",
        "Travel desk",
        "travel",
        "Northfell travel desk. Where are you flying?",
        languages=("en", "es"),
        undo=5,
    ),
    _program("rides-bookings", "Bookings", "ride", "Hi! Where to?"),
    _program("rides-trips", "Trips under way", "trips", "Hi! What is your booking ID?", more=(Channel.SMS,)),
    _program(
        "homes-lettings",
        "Lettings",
        "lettings",
        "Hello from Brackenrow. Which home caught your eye?",
        hours=_EVERY_DAY,
        undo=5,
    ),
)
