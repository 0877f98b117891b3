"""What the decoder says of a wrong input, in words for people."""

import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from careloom.platform.texts.text import Text, Value, say, verbatim

Found = re.Match[str]
_PLACE: Final = re.compile(r"(.*?) - at `(?:key in )?\$\.?(.*)`", re.DOTALL)


class Wrong(Struct, frozen=True):
    """What is wrong with a value; `field` is set where it is about a field of it."""

    text: Text
    field: str | None = None


Words = Callable[[Found], Text | Wrong]

_WANTED: Final = {
    "str": say("Write a text here."),
    "int": say("Write a whole number."),
    "float": say("Write a number."),
    "decimal": say("Write a number."),
    "bool": say("Say true or false."),
    "object": say("Give an object with its fields."),
    "array": say("Give a list."),
    "uuid": say("Give an id, which is a UUID."),
    "datetime": say("Write a moment such as 2026-01-31T14:30:00Z."),
    "date": say("Write a date such as 2026-01-31."),
    "time": say("Write a time such as 14:30:00."),
    "bytes": say("Give the content in base64."),
}


def in_words(message: str) -> Wrong:
    """A message of the decoder (`Expected `str` of length <= 200`) as what to do; as it is where it is not known."""
    for pattern, words in _MESSAGES:
        found = pattern.fullmatch(message)
        if found is not None:
            answer = words(found)
            return answer if isinstance(answer, Wrong) else Wrong(answer)
    return Wrong(verbatim(message))


def in_words_with_place(message: str) -> Text:
    """The same of a message that says where in the value it is (`... - at `$.text``)."""
    found = _PLACE.fullmatch(message)
    wrong = in_words(found[1] if found else message)
    steps = [one for one in (found[2] if found else "", wrong.field) if one]
    return say("{field}: {problem}", field=".".join(steps), problem=wrong.text) if steps else wrong.text


def _number(words: str) -> Value:
    return float(words) if "." in words or "e" in words else int(words)


def _expected(found: Found) -> Text:
    kinds = [one for one in found[1].split(" | ") if one != "null"]
    if found[2] == "null":
        return say("This must not be empty.")
    return (
        _WANTED.get(kinds[0], verbatim(found[0]))
        if len(kinds) == 1
        else say("Give one of: {kinds}.", kinds=tuple(kinds))
    )


def _long(found: Found) -> Text:
    kind, least, count = found[1], found[2] in (">=", "least"), int(found[3])
    if kind == "array":
        return say("Name at least {count}.", count=count) if least else say("Name at most {count}.", count=count)
    if kind == "object":
        return (
            say("Give at least {count} fields.", count=count)
            if least
            else say("Give at most {count} fields.", count=count)
        )
    return (
        say("Write at least {count} characters.", count=count)
        if least
        else say("Write at most {count} characters.", count=count)
    )


def _bound(found: Found) -> Text:
    bound = _number(found[2])
    match found[1]:
        case ">=":
            return say("Write a number of {bound} or more.", bound=bound)
        case "<=":
            return say("Write a number of {bound} or less.", bound=bound)
        case ">":
            return say("Write a number greater than {bound}.", bound=bound)
        case _:
            return say("Write a number smaller than {bound}.", bound=bound)


def _missing(found: Found) -> Wrong:
    return Wrong(say("This is missing."), found[1])


def _unknown(found: Found) -> Wrong:
    return Wrong(say("There is no field of this name here; correct it or leave it out."), found[1])


def _exactly(found: Found) -> Text:
    return say("Name exactly {count}.", count=int(found[1]))


def _between(found: Found) -> Text:
    return say("Name {least} to {most}.", least=int(found[1]), most=int(found[2]))


def _step(found: Found) -> Text:
    return say("Write a multiple of {step}.", step=_number(found[1]))


def _pattern(found: Found) -> Text:
    if found[1] == _NOT_BLANK:
        return say("This must not be empty.")
    return say("This is not written as it must be; it has to fit {pattern}.", pattern=found[1])


_NOT_BLANK: Final = repr(r"\S")
"""The pattern of what must say something, as it stands in a message."""


def _choice(found: Found) -> Text:
    return say("{value} is not one of the choices.", value=found[1])


def _of_kind(found: Found) -> Text:
    return _WANTED[found[1]]


def _parameter(found: Found) -> Wrong:
    return Wrong(say("This is missing."), found[1])


def _always(text: Text) -> Words:
    return lambda _: text


_BY_PATTERN: Final[dict[str, Words]] = {
    r"Object missing required field `(.*)`": _missing,
    r"Object contains unknown field `(.*)`": _unknown,
    r"Expected `(\w+)` of length (<=|>=) (\d+)": _long,
    r"Expected `(array)` of at (most|least) length (\d+)(?:, got \d+)?": _long,
    r"Expected `array` of length (\d+)(?:, got \d+)?": _exactly,
    r"Expected `array` of length (\d+) to (\d+)(?:, got \d+)?": _between,
    r"Expected `(?:int|float|decimal)` (<=|>=|<|>) (-?[\d.e+-]+)": _bound,
    r"Expected `\w+` that's a multiple of (.+)": _step,
    r"Expected `str` matching regex (.+)": _pattern,
    r"Expected `\w+` with a timezone component": _always(
        say("Write the moment with its time zone, such as 2026-01-31T14:30:00Z.")
    ),
    r"Expected `([^`]+)`(?:, got `([^`]+)`)?": _expected,
    r"Invalid (?:enum )?value (.+)": _choice,
    r"Invalid UUID": _always(_WANTED["uuid"]),
    r"Invalid RFC3339 encoded (date|datetime|time)": _of_kind,
    r"Invalid epoch timestamp|Timestamp is out of range ?": _always(_WANTED["datetime"]),
    r"Invalid base64 encoded string": _always(_WANTED["bytes"]),
    r"Invalid decimal string": _always(_WANTED["decimal"]),
    r"(?:Number|Integer value) out of range": _always(say("This number is too large or too small.")),
    r"Missing required \w+ parameter '(.*)' for path .*": _parameter,
    r"'data'": _always(say("The body is missing; send what is asked for, as JSON.")),
    r"JSON is malformed: .*": _always(say("The body is no valid JSON.")),
    r"Input data was truncated": _always(say("The body is no valid JSON: it ends too early.")),
    r"(?:Unexpected eof in|Invalid) multipart/form-data|multipart boundary missing in Content-Type": _always(
        say("The form cannot be read; send it as multipart/form-data.")
    ),
}
_MESSAGES: Final = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in _BY_PATTERN.items())
