"""Why something of a file cannot be taken over, as a text for people."""

import msgspec

from careloom.platform.texts.text import Text, say, verbatim
from careloom.platform.texts.validation import in_words_with_place


class WrongValueError(ValueError):
    """A value of the file is not what it must be; `text` says what and what to write."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(str(text))


def reason_of(error: Exception) -> Text:
    """What an error says: of a value of ours, of the decoder with the place in the entry, or in its own words."""
    if isinstance(error, WrongValueError):
        return error.text
    if isinstance(error, RecursionError):
        return say("This is nested too deeply.")
    if not isinstance(error, msgspec.MsgspecError):
        return verbatim(str(error))
    if not isinstance(error, msgspec.ValidationError):
        return say(
            "The line is no valid JSON; see whether a quotation mark, a comma or a bracket is missing or too many."
        )
    return in_words_with_place(str(error))
