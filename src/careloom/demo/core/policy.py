"""What a simulated agent does next: the real agent's words, else the macro that fits."""

from collections.abc import Sequence

from careloom.demo.core.catalogue import Catalogue
from careloom.demo.core.matching import MacroIndex
from careloom.demo.core.script import chat_turns
from careloom.demo.core.tasks import GENERAL_OUTCOME, SILENT_OUTCOME, outcome_of
from careloom.demo.core.text import words
from careloom.demo.types import Dialogue, MacroSpec, Move, MoveKind, Said
from careloom.organizations.types import Channel

# A person types about 40 words a minute and reads the message first.
_READING_SECONDS = 3.0
_SECONDS_PER_WORD = 1.2
_LONGEST_ANSWER = 75.0
_AFTER_CONTACT_SECONDS = 8.0
_SILENCE_SECONDS = {Channel.CHAT: 240.0, Channel.EMAIL: 400.0}
_FAREWELL = frozenset({"bye", "goodbye", "thanks", "thank", "cheers"})
_NO_ANSWER = "Thank you for your message. Could you tell me a little more about what you need?"


class AgentPolicy:
    """What all simulated agents know: the dialogues and each client's macros; nothing of a conversation."""

    def __init__(self, catalogue: Catalogue, macros: Sequence[MacroSpec]) -> None:
        self._catalogue = catalogue
        self._indexes = {
            client: MacroIndex([macro for macro in macros if macro.client == client], catalogue.of_client(client))
            for client in {macro.client for macro in macros}
        }

    def next_move(
        self,
        client: str,
        channel: Channel,
        customer_name: str,
        said: Sequence[Said],
        silent_seconds: float,
        known: int | None = None,
        customer_left: bool = False,
    ) -> Move:
        """Return the agent's next move.

        `said` holds the conversation's messages in order, `silent_seconds` is how long nobody has spoken (at
        pace 1), `known` the dialogue recognised before, `customer_left` that the customer has closed the
        chat.
        """
        if not said:
            return Move(MoveKind.WAIT)
        inbound = _inbound(said, channel)
        # A reopened conversation holds earlier issues, too: the dialogue may begin at any of the messages.
        for start in range(len(inbound)):
            heard = inbound[start:]
            dialogue = self._catalogue.recognise(client, channel, customer_name, heard, known)
            if dialogue is not None:
                return self._play(dialogue, channel, said, len(heard), silent_seconds, customer_left)
        return self._improvise(client, channel, said, silent_seconds, customer_left)

    def _play(
        self,
        dialogue: Dialogue,
        channel: Channel,
        said: Sequence[Said],
        heard: int,
        silent: float,
        left: bool,
    ) -> Move:
        turns = self._catalogue.turns(dialogue.id, channel)
        turn = turns[heard - 1]
        if said[-1].customer and turn.reply and not left:
            seconds = max(turn.answer_seconds, _READING_SECONDS)
            return Move(MoveKind.REPLY, seconds, turn.reply, dialogue_id=dialogue.id)
        over = heard == len(turns)
        if over or left or silent >= _silence(channel):
            return Move(
                MoveKind.WRAP_UP,
                _AFTER_CONTACT_SECONDS,
                disposition=outcome_of(_labels(dialogue), dialogue.task) if over or not silent else SILENT_OUTCOME,
                dialogue_id=dialogue.id,
            )
        return Move(MoveKind.WAIT, dialogue_id=dialogue.id)

    def _improvise(self, client: str, channel: Channel, said: Sequence[Said], silent: float, left: bool) -> Move:
        if left:
            return Move(MoveKind.WRAP_UP, _AFTER_CONTACT_SECONDS, disposition=GENERAL_OUTCOME)
        if not said[-1].customer:
            done = _is_farewell(next((line.text for line in reversed(said) if line.customer), ""))
            if done or silent >= _silence(channel):
                outcome = GENERAL_OUTCOME if done or channel is Channel.EMAIL else SILENT_OUTCOME
                return Move(MoveKind.WRAP_UP, _AFTER_CONTACT_SECONDS, disposition=outcome)
            return Move(MoveKind.WAIT)
        text = self._reply(client, said)
        seconds = _READING_SECONDS + _SECONDS_PER_WORD * len(words(text))
        return Move(MoveKind.REPLY, min(seconds, _LONGEST_ANSWER), text)

    def _reply(self, client: str, said: Sequence[Said]) -> str:
        index = self._indexes.get(client)
        macro = None
        if index is not None:
            if _is_farewell(said[-1].text):
                macro = index.labelled("goodbye_1", "ride_bye", "party_bye", "bank_bye", "doctor_bye")
            else:
                macro = index.best(said[-1].text)
            if macro is not None and any(line.text == macro.body for line in said if not line.customer):
                macro = index.labelled("anything_else")
        return macro.body if macro is not None else _NO_ANSWER


def _inbound(said: Sequence[Said], channel: Channel) -> list[str]:
    """Return what the customer sent, where a chat's lines in a row count as one turn."""
    texts: list[str] = []
    together = False
    for line in said:
        if line.customer and together and channel is not Channel.EMAIL:
            texts[-1] = f"{texts[-1]} {line.text}"
        elif line.customer:
            texts.append(line.text)
        together = line.customer
    return texts


def _labels(dialogue: Dialogue) -> tuple[str, ...]:
    return tuple(turn.label for turn in chat_turns(dialogue))


def _is_farewell(text: str) -> bool:
    said = words(text)
    return "?" not in text and len(said) <= 12 and bool(_FAREWELL & set(said))


def _silence(channel: Channel) -> float:
    return _SILENCE_SECONDS.get(channel, _SILENCE_SECONDS[Channel.CHAT])
