"""An in-memory peer that speaks the contract over real sockets, to test the demo's people apart from the house."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any
from uuid import UUID, uuid4

import aiosmtplib
import msgspec
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from litestar import Litestar, Request, WebSocket, get, post, put, websocket
from litestar.exceptions import HTTPException, WebSocketDisconnect
from litestar.params import FromPath, FromQuery, JSONBody

from careloom.conversations.types import (
    CaseId,
    Conversation,
    ConversationId,
    Delivery,
    Disposition,
    DispositionId,
    Message,
    MessageId,
    MessageKind,
    Phase,
    Priority,
    QueueId,
    ReplyOutcome,
    Status,
)
from careloom.customers.types import CustomerId
from careloom.demo.core.tasks import outcomes_of_client
from careloom.identity.types import ClientBadge, Me, Person, PersonId
from careloom.organizations.types import Channel, ClientId, ProgramId
from careloom.routing.types import Offer, OfferId

CLIENT_ID = ClientId(UUID(int=1))
CLIENT_NAME = "Larkstead Bank"
ADDRESS = "accounts@larkstead.example"


class Desk:
    """One client's desk: whoever writes is offered to the agents in turn."""

    def __init__(self, tokens: dict[str, UUID]) -> None:
        self.tokens = tokens
        self.conversations: dict[UUID, Conversation] = {}
        self.messages: dict[UUID, list[Message]] = {}
        self.external_ids: list[str] = []
        self.outcomes: dict[UUID, str] = {}
        self.states: dict[UUID, list[str]] = {person: [] for person in tokens.values()}
        self.offers: dict[UUID, Offer] = {}
        self.mail_of: dict[UUID, EmailMessage] = {}
        self.threads: dict[str, UUID] = {}
        self.relay_port = 0
        self.drop_chat_after: int | None = None
        self.afterthought = ""
        self._turn = 0
        self._agent_sockets: dict[UUID, list[asyncio.Queue[dict[str, Any]]]] = {}
        self._chat_sockets: dict[UUID, list[asyncio.Queue[dict[str, Any]]]] = {}
        self.visitors: dict[str, UUID | None] = {}
        self.dispositions = tuple(
            Disposition(DispositionId(uuid4()), CLIENT_ID, None, name, resolved=True, active=True)
            for name in outcomes_of_client("bank")
        )

    def open(self, channel: Channel, name: str) -> UUID:
        key = uuid4()
        at = datetime.now(UTC)
        self.conversations[key] = Conversation(
            id=ConversationId(key), client_id=CLIENT_ID, program_id=ProgramId(UUID(int=2)), case_id=CaseId(uuid4()),
            case_number=1, customer_id=CustomerId(uuid4()), customer_name=name, channel=channel, subject="",
            preview="", status=Status.OPEN, phase=Phase.QUEUED, priority=Priority.NORMAL, language="en", tags=(),
            queue_id=QueueId(UUID(int=3)), assignee_id=None, assignee_name=None, disposition_id=None, last_seq=0,
            unread=False, sentiment=None, waiting_since=at, due_at=None, created_at=at, updated_at=at, resolved_at=None,
        )  # fmt: skip
        self.messages[key] = []
        return key

    def add(self, key: UUID, kind: MessageKind, text: str, external_id: str = "") -> Message:
        message = Message(
            id=MessageId(uuid4()), conversation_id=ConversationId(key), seq=len(self.messages[key]) + 1, kind=kind,
            author_id=None, author_name="", text=text, html=None, folded_text=None, attachments=(), details={},
            delivery=Delivery.NONE, at=datetime.now(UTC),
        )  # fmt: skip
        self.messages[key].append(message)
        if external_id:
            self.external_ids.append(external_id)
        conversation = self.conversations[key]
        if kind is MessageKind.INBOUND:
            if conversation.status is Status.RESOLVED:
                conversation = msgspec.structs.replace(
                    conversation, status=Status.OPEN, phase=Phase.QUEUED, assignee_id=None
                )
                self.conversations[key] = conversation
            elif conversation.phase is Phase.AFTER_CALL_WORK:
                conversation = msgspec.structs.replace(conversation, phase=Phase.WITH_AGENT)
                self.conversations[key] = conversation
            if conversation.phase is Phase.QUEUED:
                self._offer(key)
        self.tell(conversation, "message_added", {"seq": message.seq, "kind": str(kind)})
        return message

    def _offer(self, key: UUID) -> None:
        people = list(self.tokens.values())
        person = people[self._turn % len(people)]
        self._turn += 1
        at = datetime.now(UTC)
        offer = Offer(
            id=OfferId(uuid4()), client_id=CLIENT_ID, conversation_id=ConversationId(key),
            queue_id=QueueId(UUID(int=3)), queue_name="Accounts", agent_id=PersonId(person), channel=Channel.CHAT,
            customer_name="", preview="", reason="", waiting_since=at, offered_at=at,
            expires_at=at + timedelta(seconds=20),
        )  # fmt: skip
        self.offers[offer.id] = offer
        self.conversations[key] = msgspec.structs.replace(self.conversations[key], phase=Phase.OFFERED)
        self.push(person, {"type": "offer_made", "id": 1, "data": {"offer": msgspec.to_builtins(offer)}})

    def push(self, person: UUID, event: dict[str, Any]) -> None:
        for queue in self._agent_sockets.get(person, []):
            queue.put_nowait(event)

    def tell(self, conversation: Conversation, kind: str, data: JSONBody[dict[str, Any]]) -> None:
        if conversation.assignee_id is not None:
            about = {"conversation_id": str(conversation.id), "assignee_id": str(conversation.assignee_id)}
            self.push(conversation.assignee_id, {"type": kind, "id": 2, "data": {**about, **data}})

    def tell_visitor(self, key: UUID, frame: dict[str, Any]) -> None:
        for queue in self._chat_sockets.get(key, []):
            queue.put_nowait(frame)

    async def answer(self, key: UUID, text: str) -> None:
        message = self.add(key, MessageKind.OUTBOUND, text)
        if self.conversations[key].channel is Channel.CHAT:
            self.tell_visitor(key, {"type": "message", "seq": message.seq, "kind": "outbound", "text": text})
            return
        last = self.mail_of[key]
        reply = EmailMessage()
        reply["From"] = f"{CLIENT_NAME} <{ADDRESS}>"
        reply["To"] = last["From"]
        reply["Subject"] = f"Re: {last['Subject']}"
        reply["Message-ID"] = f"<{uuid4()}@larkstead.example>"
        reply["In-Reply-To"] = last["Message-ID"]
        reply.set_content(text)
        self.threads[str(reply["Message-ID"])] = key
        await aiosmtplib.send(reply, hostname="127.0.0.1", port=self.relay_port, start_tls=False)

    def receive(self, mail: EmailMessage) -> None:
        external_id = str(mail["Message-ID"])
        if external_id in self.external_ids:
            return
        key = self.threads.get(str(mail.get("In-Reply-To", "")))
        if key is None:
            key = self.open(Channel.EMAIL, str(mail["From"]).partition(" <")[0])
        self.mail_of[key] = mail
        body = mail.get_body(("plain",))
        assert body is not None
        new, _, _ = str(body.get_content()).partition("\nOn ")
        self.add(key, MessageKind.INBOUND, new.strip(), external_id)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.receive(BytesParser(EmailMessage, policy=policy.default).parsebytes(envelope.content))
        return "250 2.0.0 Taken"

    def loses_connection(self) -> bool:
        """Whether the connection breaks on this message; happens once, after `drop_chat_after` messages."""
        if self.drop_chat_after is None:
            return False
        self.drop_chat_after -= 1
        if self.drop_chat_after >= 0:
            return False
        self.drop_chat_after = None
        return True

    def visitor_left(self, key: UUID | None) -> None:
        if key is not None and self.conversations[key].status is not Status.RESOLVED:
            self.conversations[key] = msgspec.structs.replace(self.conversations[key], phase=Phase.AFTER_CALL_WORK)
            self.tell(self.conversations[key], "conversation_changed", {"changed": ["phase"]})

    def agent_queue(self, person: UUID) -> asyncio.Queue[dict[str, Any]]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._agent_sockets.setdefault(person, []).append(queue)
        return queue

    def chat_queue(self, key: UUID, queue: asyncio.Queue[dict[str, Any]]) -> None:
        if queue not in self._chat_sockets.setdefault(key, []):
            self._chat_sockets[key].append(queue)


def _person(desk: Desk, headers: Any) -> UUID:
    person = desk.tokens.get(headers.get("authorization", "").removeprefix("Bearer "))
    if person is None:
        raise HTTPException(status_code=401)
    return person


def _agent_routes(desk: Desk) -> list[Any]:
    @get("/api/session")
    async def session(request: Request[Any, Any, Any]) -> Me:
        person = Person(PersonId(_person(desk, request.headers)), "A", "a@b.example", None, None, None, "en", True, ())  # noqa: FBT003
        return Me(
            person, (), (ClientBadge(CLIENT_ID, CLIENT_NAME, "#1f4e8c"),), "", demo=True, base_url="http://127.0.0.1"
        )

    @put("/api/presence")
    async def presence(request: Request[Any, Any, Any], data: JSONBody[dict[str, str]]) -> None:
        desk.states[_person(desk, request.headers)].append(data["state"])

    @get("/api/offers")
    async def offers(request: Request[Any, Any, Any]) -> dict[str, list[Offer]]:
        person = _person(desk, request.headers)
        return {"items": [offer for offer in desk.offers.values() if offer.agent_id == person]}

    @post("/api/offers/{offer_id:uuid}/accept")
    async def accept(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> None:
        person = _person(desk, request.headers)
        offer = desk.offers.pop(offer_id, None)
        if offer is None:
            raise HTTPException(status_code=409)
        key = offer.conversation_id
        changed = msgspec.structs.replace(desk.conversations[key], assignee_id=PersonId(person), phase=Phase.WITH_AGENT)
        desk.conversations[key] = changed
        desk.tell(changed, "conversation_assigned", {})

    @get("/api/conversations")
    async def mine(request: Request[Any, Any, Any]) -> dict[str, list[Conversation]]:
        person = _person(desk, request.headers)
        own = [each for each in desk.conversations.values() if each.assignee_id == person]
        return {"items": [each for each in own if each.status is not Status.RESOLVED]}

    return [session, presence, offers, accept, mine]


def _conversation_routes(desk: Desk) -> list[Any]:
    @get("/api/conversations/{key:uuid}")
    async def conversation(key: FromPath[UUID]) -> Conversation:
        return desk.conversations[key]

    @get("/api/conversations/{key:uuid}/messages")
    async def messages(
        key: FromPath[UUID], after_seq: FromQuery[int] = 0, limit: FromQuery[int] = 50
    ) -> dict[str, list[Message]]:
        return {"items": [each for each in desk.messages[key] if each.seq > after_seq][:limit]}

    @post("/api/conversations/{key:uuid}/typing")
    async def typing(key: FromPath[UUID], data: JSONBody[dict[str, bool]]) -> None:
        assert data["typing"]

    @post("/api/conversations/{key:uuid}/replies")
    async def reply(key: FromPath[UUID], data: JSONBody[dict[str, Any]]) -> ReplyOutcome:
        await desk.answer(key, data["text"])
        return ReplyOutcome(None, None)

    @post("/api/conversations/{key:uuid}/end")
    async def end(key: FromPath[UUID]) -> None:
        desk.conversations[key] = msgspec.structs.replace(desk.conversations[key], phase=Phase.AFTER_CALL_WORK)
        afterthought, desk.afterthought = desk.afterthought, ""
        if afterthought:
            desk.add(key, MessageKind.INBOUND, afterthought)

    @post("/api/conversations/{key:uuid}/wrap-up")
    async def wrap_up(key: FromPath[UUID], data: JSONBody[dict[str, str]]) -> None:
        chosen = UUID(data["disposition_id"])
        desk.outcomes[key] = next(each.name for each in desk.dispositions if each.id == chosen)
        desk.conversations[key] = msgspec.structs.replace(
            desk.conversations[key], status=Status.RESOLVED, phase=Phase.ENDED
        )
        desk.tell_visitor(key, {"type": "status", "status": "resolved", "agent": None})

    @get("/api/dispositions")
    async def dispositions() -> dict[str, Any]:
        return {"items": desk.dispositions}

    return [conversation, messages, typing, reply, end, wrap_up, dispositions]


def _widget_routes(desk: Desk) -> list[Any]:
    @get("/chat/{key:str}/config")
    async def config(key: FromPath[str]) -> dict[str, Any]:
        return {"name": key, "online": key != "wk_closed"}

    @post("/chat/{key:str}/visitors")
    async def visitors(key: FromPath[str], data: JSONBody[dict[str, str]]) -> dict[str, Any]:
        secret = data.get("visitor_secret") or f"{key}-{uuid4()}"
        known = desk.visitors.setdefault(secret, None)
        found = {"id": str(known), "last_seq": len(desk.messages[known]), "status": "open"} if known else None
        return {"visitor_id": str(uuid4()), "visitor_secret": secret, "name": None, "conversation": found}

    return [config, visitors]


async def _pump(queue: asyncio.Queue[dict[str, Any]], socket: WebSocket[Any, Any, Any]) -> None:
    while True:
        await socket.send_json(await queue.get())


def _sockets(desk: Desk) -> list[Any]:
    @websocket("/api/live/socket")
    async def live(socket: WebSocket[Any, Any, Any]) -> None:
        person = _person(desk, socket.headers)
        await socket.accept()
        queue = desk.agent_queue(person)
        await socket.send_json({"type": "hello", "id": 1})
        await socket.send_json({"type": "ping"})
        pump = asyncio.create_task(_pump(queue, socket))
        try:
            while True:
                await socket.receive_json()
        except WebSocketDisconnect:
            pump.cancel()

    @websocket("/chat/{key:str}/socket")
    async def chat(socket: WebSocket[Any, Any, Any], key: FromPath[str]) -> None:
        assert key
        await socket.accept()
        hello = await socket.receive_json()
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        pump = asyncio.create_task(_pump(queue, socket))
        try:
            await _chat(desk, socket, queue, hello)
        except WebSocketDisconnect:
            pass
        finally:
            pump.cancel()

    return [live, chat]


async def _chat(
    desk: Desk, socket: WebSocket[Any, Any, Any], queue: asyncio.Queue[dict[str, Any]], hello: dict[str, Any]
) -> None:
    secret = hello["visitor_secret"]
    key = desk.visitors[secret]
    await socket.send_json({"type": "welcome", "conversation_id": str(key) if key else None, "last_seq": 0})
    if key is not None:
        desk.chat_queue(key, queue)
        for message in desk.messages[key][hello["after_seq"] :]:
            queue.put_nowait({"type": "message", "seq": message.seq, "kind": str(message.kind), "text": message.text})
    while True:
        frame = await socket.receive_json()
        if frame["type"] == "message":
            if desk.loses_connection():
                await socket.close()
                return
            _chat_message(desk, secret, queue, frame)
        elif frame["type"] == "end":
            desk.visitor_left(desk.visitors[secret])


def _chat_message(desk: Desk, secret: str, queue: asyncio.Queue[dict[str, Any]], frame: dict[str, Any]) -> None:
    key = desk.visitors[secret]
    if key is None:
        key = desk.visitors[secret] = desk.open(Channel.CHAT, "Visitor")
    desk.chat_queue(key, queue)
    if frame["client_id"] not in desk.external_ids:
        desk.add(key, MessageKind.INBOUND, frame["text"], frame["client_id"])
    queue.put_nowait({"type": "ack", "client_id": frame["client_id"], "seq": 1, "conversation_id": str(key)})


class Running:
    """Where the double listens."""

    def __init__(self, http_port: int, smtp_port: int) -> None:
        self.base_url = f"http://127.0.0.1:{http_port}"
        self.smtp_port = smtp_port


@asynccontextmanager
async def serving(desk: Desk) -> AsyncGenerator[Running]:
    """Run the double on free ports of the loopback."""
    app = Litestar(
        [*_agent_routes(desk), *_conversation_routes(desk), *_widget_routes(desk), *_sockets(desk)], openapi_config=None
    )
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off", ws="websockets-sansio")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(lambda: SMTP(desk, loop=loop), "127.0.0.1", 0)
    try:
        yield Running(server.servers[0].sockets[0].getsockname()[1], smtp.sockets[0].getsockname()[1])
    finally:
        smtp.close()
        server.should_exit = True
        await task
