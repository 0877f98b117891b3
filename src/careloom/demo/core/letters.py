"""Letters as mail programs compose them: greeting, text, signature and the quoted answer below."""

from datetime import datetime
from hashlib import blake2b

from careloom.demo.core.tasks import TASKS
from careloom.demo.types import Arrival, Dialogue, Letter, Turn

_GREETINGS = ("Hello,", "Hi there,", "Dear team,", "Good day,", "Hello {brand},")
_FAREWELLS = ("Kind regards,", "Thanks,", "Best,", "Many thanks,", "Sincerely,")
_FOOTERS = ("", "", "\n-- \nSent from my phone", "\n-- \n{name}\n{phone}")


def subject_of(dialogue: Dialogue) -> str:
    """Return the subject of a dialogue's first letter."""
    return TASKS[dialogue.task].subject


def letter_of(
    arrival: Arrival,
    dialogue: Dialogue,
    turn: Turn,
    brand: str,
    answered: Letter | None,
    answered_at: datetime | None,
) -> Letter:
    """Return the customer's letter for a turn: the first in full form, later ones as one answers in a thread.

    `answered` is the brand's letter that it replies to, written at `answered_at`: its subject is kept behind
    one "Re:" and its text quoted with "> " below an attribution line.
    """
    customer = arrival.customer
    if answered is not None:
        head = f"On {answered_at:%a, %d %b %Y at %H:%M}, {brand} wrote:" if answered_at else f"{brand} wrote:"
        body = f"{turn.text}\n\n{customer.name.split()[0]}\n\n{head}\n{quote(answered.body)}\n"
        return Letter(_reply_subject(answered.subject), body)
    greeting = _choose(_GREETINGS, customer.key).format(brand=brand)
    sign = f"{_choose(_FAREWELLS, customer.key)}\n{customer.name}"
    footer = _choose(_FOOTERS, customer.key).format(name=customer.name, phone=customer.phone)
    body = f"{greeting}\n\n{turn.text}\n\n{sign}\n{footer}".rstrip() + "\n"
    return Letter(subject_of(dialogue), body)


def quote(text: str) -> str:
    """Return the text with every line marked as quoted, as mail programs do."""
    return "\n".join(
        f"> {line}".rstrip() if not line.startswith(">") else f">{line}" for line in text.rstrip().splitlines()
    )


def _reply_subject(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _choose(options: tuple[str, ...], key: str) -> str:
    return options[blake2b(key.encode(), digest_size=2).digest()[0] % len(options)]
