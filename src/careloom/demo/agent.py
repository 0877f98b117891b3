"""A simulated agent: signs in by API key, takes offers, answers and wraps up like anybody at the desk."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from careloom.conversations.types import Conversation, Message, MessageKind, Phase, Status
from careloom.demo.core.policy import AgentPolicy
from careloom.demo.desk_api import DeskApi, RefusedError
from careloom.demo.types import Move, MoveKind, Said, Side

_FIRST_LOOK = (1.5, 5.0)
_LISTEN_SECONDS = 20.0
_RECONNECT_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0)
_MOST_REFUSALS = 5
_PAUSE_AFTER_CONTACTS = (6, 12)
_PAUSES = {"break": 420.0, "meal": 1500.0, "meeting": 900.0, "training": 1200.0}
_WEIGHTS = (6, 3, 2, 1)
_AWAY_AT_FIRST = 0.2
_LOST = (OSError, ConnectionClosed, InvalidHandshake, TimeoutError)
_WAKING = frozenset(
    {"message_added", "conversation_changed", "conversation_assigned", "conversation_resolved", "conversation_reopened"}
)
_OVER = frozenset({Phase.AFTER_CALL_WORK, Phase.ABANDONED, Phase.ENDED})


class _Event(Struct, frozen=True):
    type: str
    id: int | None = None
    data: dict[str, Any] = {}


class SimulatedAgent:
    """Works until it is cancelled; what it knows of a conversation it reads from the API each time."""

    def __init__(
        self, api: DeskApi, policy: AgentPolicy, client_keys: Mapping[str, str], *, pace: float, seed: str
    ) -> None:
        """`client_keys` maps the clients' names to their keys in the dialogues."""
        self._api = api
        self._policy = policy
        self._client_keys = client_keys
        self._pace = pace
        self._chance = Random(seed)
        self._me: UUID | None = None
        self._clients: dict[UUID, str] = {}
        self._outcomes: dict[UUID, dict[str, UUID]] = {}
        self._bells: dict[UUID, asyncio.Event] = {}
        self._work: dict[UUID, asyncio.Task[None]] = {}
        self._errands: set[asyncio.Task[None]] = set()
        self._last_event = 0
        self._until_pause = self._chance.randint(*_PAUSE_AFTER_CONTACTS)

    async def run(self) -> None:
        """Stay at the desk, over reconnects; going away sets the agent offline."""
        try:
            me = await self._api.me()
            self._me = me.person.id
            self._clients = {
                client.id: self._client_keys[client.name] for client in me.clients if client.name in self._client_keys
            }
            if self._chance.random() < _AWAY_AT_FIRST:
                await self._pause(self._chance.random())
            await self._api.set_presence("available")
            await self._stay_connected()
        finally:
            for task in (*self._work.values(), *self._errands):
                task.cancel()
            with suppress(RefusedError):
                await self._api.set_presence("offline")

    async def _stay_connected(self) -> None:
        failures = 0
        while True:
            url = f"{self._api.base_url.replace('http', 'ws', 1)}/api/live/socket?after={self._last_event}"
            try:
                async with connect(url, additional_headers=self._api.headers, proxy=None, max_size=None) as socket:
                    failures = 0
                    await self._catch_up()
                    async for raw in socket:
                        event = msgspec.json.decode(raw, type=_Event)
                        if event.type == "ping":
                            await socket.send('{"type":"pong"}')
                        else:
                            await self._hear(event)
            except (*_LOST, RefusedError):
                failures += 1
            await asyncio.sleep(_RECONNECT_SECONDS[min(failures, len(_RECONNECT_SECONDS) - 1)])

    async def _catch_up(self) -> None:
        for offer in await self._api.offers():
            self._do(self._accept(offer.id))
        for conversation in await self._api.mine():
            self._take(conversation.id)

    async def _hear(self, event: _Event) -> None:
        if event.id is not None:
            self._last_event = max(self._last_event, event.id)
        data = event.data
        if event.type == "reset":
            await self._catch_up()
        elif event.type == "offer_made":
            self._do(self._accept(UUID(data["offer"]["id"])))
        elif event.type == "conversation_assigned" and data.get("assignee_id") == str(self._me):
            self._take(UUID(data["conversation_id"]))
        elif event.type == "presence_changed" and data.get("person_id") == str(self._me):
            self._do(self._keep_available(str(data.get("state"))))
        elif event.type in _WAKING and data.get("kind") != MessageKind.OUTBOUND:
            bell = self._bells.get(UUID(data["conversation_id"]))
            if bell is not None:
                bell.set()
            elif event.type == "message_added" and data.get("assignee_id") == str(self._me):
                self._take(UUID(data["conversation_id"]))

    def _do(self, errand: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _accept(self, offer_id: UUID) -> None:
        await asyncio.sleep(self._chance.uniform(*_FIRST_LOOK) / self._pace)
        with suppress(RefusedError):
            await self._api.accept(offer_id)

    async def _keep_available(self, state: str) -> None:
        """Come back from a state that the system set, such as after-call work or a missed offer."""
        if state in {"after_call_work", "busy", "offline"}:
            await asyncio.sleep(self._chance.uniform(4.0, 12.0) / self._pace)
            if not self._work:
                with suppress(RefusedError):
                    await self._api.set_presence("available")

    def _take(self, conversation_id: UUID) -> None:
        if conversation_id in self._work:
            self._bells[conversation_id].set()
            return
        self._bells[conversation_id] = asyncio.Event()
        self._work[conversation_id] = asyncio.create_task(self._hold(conversation_id))

    async def _hold(self, conversation_id: UUID) -> None:
        """Serve a conversation, and again where it comes back while the agent lets go of it."""
        bell = self._bells[conversation_id]
        bell.set()
        try:
            while bell.is_set():
                await self._serve(conversation_id)
        finally:
            del self._work[conversation_id], self._bells[conversation_id]

    async def _serve(self, conversation_id: UUID) -> None:
        """Carry one conversation to its end, or as long as it is this agent's."""
        contact = _Contact(asyncio.get_running_loop().time())
        bell = self._bells[conversation_id]
        refusals = 0
        while refusals < _MOST_REFUSALS:
            bell.clear()
            try:
                conversation = await self._api.conversation(conversation_id)
                if conversation.assignee_id != self._me or conversation.status is Status.RESOLVED:
                    return
                contact.read(await self._api.messages(conversation_id), asyncio.get_running_loop().time())
                move = self._decide(conversation, contact)
                if move.kind is MoveKind.REPLY and contact.begins_answer():
                    await self._api.typing(conversation_id)
                if await self._ready(contact, move, bell) and await self._act(conversation, contact, move):
                    await self._rest()
                    return
            except RefusedError:
                refusals += 1
                await asyncio.sleep(1.0)

    def _decide(self, conversation: Conversation, contact: "_Contact") -> Move:
        if contact.waits_for_own_reply:
            return Move(MoveKind.WAIT, dialogue_id=contact.dialogue_id)
        silent = (asyncio.get_running_loop().time() - contact.changed_at) * self._pace
        move = self._policy.next_move(
            self._clients.get(conversation.client_id, ""),
            conversation.channel,
            conversation.customer_name,
            contact.said,
            silent,
            contact.dialogue_id,
            customer_left=conversation.phase in _OVER,
        )
        contact.dialogue_id = move.dialogue_id
        return move

    async def _ready(self, contact: "_Contact", move: Move, bell: asyncio.Event) -> bool:
        """Wait for the move's time; False where something happened before, so that it is thought over."""
        due = contact.changed_at + move.seconds / self._pace
        left = due - asyncio.get_running_loop().time()
        if move.kind is MoveKind.WAIT:
            left = max(_LISTEN_SECONDS / self._pace, 1.0)
        if left <= 0:
            return True
        try:
            async with asyncio.timeout(left):
                await bell.wait()
        except TimeoutError:
            return move.kind is not MoveKind.WAIT
        return False

    async def _act(self, conversation: Conversation, contact: "_Contact", move: Move) -> bool:
        """Make a move; True where the contact is wrapped up with it."""
        if move.kind is MoveKind.REPLY:
            await self._api.reply(conversation.id, move.text)
            contact.replied()
        elif move.kind is MoveKind.WRAP_UP and await self._over(conversation):
            outcome = await self._outcome(conversation.client_id, move.disposition)
            await self._api.wrap_up(conversation.id, outcome)
            return True
        return False

    async def _over(self, conversation: Conversation) -> bool:
        """End the contact; False where the customer has written again before its outcome was chosen."""
        if conversation.phase in _OVER:
            return True
        with suppress(RefusedError):
            await self._api.end(conversation.id)
        await asyncio.sleep(self._chance.uniform(3.0, 20.0) / self._pace)
        return (await self._api.conversation(conversation.id)).phase in _OVER

    async def _outcome(self, client_id: UUID, name: str) -> UUID:
        if client_id not in self._outcomes:
            found = await self._api.dispositions(client_id)
            self._outcomes[client_id] = {each.name: each.id for each in found if each.active}
        names = self._outcomes[client_id]
        return names[name] if name in names else next(iter(names.values()))

    async def _rest(self) -> None:
        """Be available again, or away for a while after some contacts when nobody waits for this agent."""
        self._until_pause -= 1
        alone = len(self._work) <= 1
        if self._until_pause <= 0 and alone:
            self._until_pause = self._chance.randint(*_PAUSE_AFTER_CONTACTS)
            await self._pause(1.0)
        if alone:
            await self._api.set_presence("available")

    async def _pause(self, share: float) -> None:
        """Be away for `share` of a break, a meal, a meeting or a training."""
        (state,) = self._chance.choices([*_PAUSES], _WEIGHTS)
        await self._api.set_presence(state)
        await asyncio.sleep(_PAUSES[state] * share / self._pace)


class _Contact:
    """What the agent has in mind about one conversation."""

    def __init__(self, now: float) -> None:
        self.said: list[Said] = []
        self.changed_at = now
        self.dialogue_id: int | None = None
        self._heard_seq = 0
        self._answered_seq = 0
        self._begun_seq = 0

    @property
    def waits_for_own_reply(self) -> bool:
        """Whether an answer is on its way but not yet among the messages, as it can still be recalled."""
        answered = self._heard_seq > 0 and self._answered_seq == self._heard_seq
        return answered and bool(self.said) and self.said[-1].customer

    def read(self, messages: list[Message], now: float) -> None:
        """Take in the messages as they are now, at the loop's time `now`."""
        sides = {MessageKind.INBOUND: Side.CUSTOMER, MessageKind.OUTBOUND: Side.AGENT}
        said = [Said(sides[each.kind], each.text) for each in messages if each.kind in sides]
        if len(said) != len(self.said):
            self.changed_at = now
        self.said = said
        self._heard_seq = max((each.seq for each in messages if each.kind is MessageKind.INBOUND), default=0)

    def begins_answer(self) -> bool:
        """Whether this is the first look at the latest words; only then the customer is shown the typing."""
        first = self._begun_seq != self._heard_seq
        self._begun_seq = self._heard_seq
        return first

    def replied(self) -> None:
        """Note that the latest words of the customer are answered."""
        self._answered_seq = self._heard_seq
