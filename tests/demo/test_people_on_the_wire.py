"""Customers and agents do over real sockets what their dialogue says, and lose nothing on the way."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import islice
from uuid import UUID, uuid4

import httpx
import pytest

from careloom.conversations.types import MessageKind, Status
from careloom.demo.chat_customer import ChatClosedError, ChatCustomer
from careloom.demo.core.catalogue import Catalogue
from careloom.demo.core.policy import AgentPolicy
from careloom.demo.core.traffic import plan
from careloom.demo.generator import Generator, Targets
from careloom.demo.journal import Journal
from careloom.demo.library import load_dialogues, load_macros
from careloom.demo.mailbox import Mailbox
from careloom.demo.smtp_customer import MailRoute
from careloom.demo.types import Arrival
from careloom.organizations.types import Channel
from tests.demo.contract_double import ADDRESS, CLIENT_NAME, Desk, Running, serving

BANK = [dialogue for dialogue in load_dialogues() if dialogue.client == "bank"][:40]
CATALOGUE = Catalogue(BANK)
POLICY = AgentPolicy(CATALOGUE, load_macros())
PACE = 400.0


def _targets(desk: Desk, running: Running, widget: str = "wk_bank") -> Targets:
    programs = ("bank-accounts", "bank-fraud")
    return Targets(
        base_url=running.base_url,
        routes={key: MailRoute("127.0.0.1", running.smtp_port, ADDRESS, CLIENT_NAME) for key in programs},
        widgets=dict.fromkeys(programs, widget),
        tokens={f"agent-{number}": token for number, token in enumerate(desk.tokens)},
        client_keys={CLIENT_NAME: "bank"},
    )


@asynccontextmanager
async def _generator(desk: Desk, journal: Journal, widget: str = "wk_bank") -> AsyncGenerator[Generator]:
    async with Mailbox() as mailbox, serving(desk) as running, asyncio.timeout(60):
        desk.relay_port = mailbox.port
        targets = _targets(desk, running, widget)
        yield Generator(targets, CATALOGUE, POLICY, mailbox, run=str(uuid4()), pace=PACE, per_minute=6, journal=journal)


async def _play(desk: Desk, contacts: int, widget: str = "wk_bank") -> Journal:
    """Play some contacts with the desk's agents and wait until all are resolved."""
    journal = Journal(keep_messages=True)
    async with _generator(desk, journal, widget) as generator:
        await generator.run(contacts)
        for token in desk.tokens.values():
            assert desk.states[token][0] == "available"
    return journal


@pytest.fixture
def desk() -> Desk:
    return Desk({f"clk_{number}": UUID(int=100 + number) for number in range(3)})


async def test_contacts_by_mail_and_chat_are_played_to_the_end_and_stored_once(desk: Desk) -> None:
    journal = await _play(desk, 20)
    assert journal.counts["finished"] == 20
    assert sorted(each.external_id for each in journal.accepted) == sorted(desk.external_ids)
    assert {each.channel for each in journal.accepted} == {Channel.CHAT, Channel.EMAIL}
    said = {each.text for found in desk.messages.values() for each in found if each.kind is MessageKind.OUTBOUND}
    real = {
        turn.reply for dialogue in BANK for way in (Channel.CHAT, Channel.EMAIL)
        for turn in CATALOGUE.turns(dialogue.id, way)
    }  # fmt: skip
    assert said <= real
    assert {states[-1] for states in desk.states.values()} == {"offline"}


async def test_agents_wrap_up_with_an_outcome(desk: Desk) -> None:
    await _play(desk, 12)
    resolved = [each for each in desk.conversations.values() if each.status is Status.RESOLVED]
    assert len(resolved) >= 8
    assert {desk.outcomes[each.id] for each in resolved} & {"Fraud report filed", "Balance given"}


async def test_who_writes_while_the_contact_is_wrapped_up_has_an_answer_first(desk: Desk) -> None:
    desk.afterthought = "One more thing: where is my new card?"
    async with _generator(desk, Journal()) as generator, generator.staffed():
        key = desk.open(Channel.CHAT, "Visitor")
        desk.add(key, MessageKind.INBOUND, "Thanks, bye")
        while desk.conversations[key].status is not Status.RESOLVED:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    said = [each.kind for each in desk.messages[key]]
    assert said == [MessageKind.INBOUND, MessageKind.OUTBOUND, MessageKind.INBOUND, MessageKind.OUTBOUND]


async def test_a_message_lost_with_its_connection_is_sent_again_under_the_same_id(desk: Desk) -> None:
    desk.drop_chat_after = 3
    journal = await _play(desk, 8)
    assert journal.counts["finished"] == 8
    assert len(set(desk.external_ids)) == len(desk.external_ids)
    assert sorted(each.external_id for each in journal.accepted) == sorted(desk.external_ids)


async def test_who_finds_the_chat_closed_writes_a_mail(desk: Desk) -> None:
    journal = await _play(desk, 5, widget="wk_closed")
    assert {each.channel for each in journal.accepted} == {Channel.EMAIL}
    assert journal.counts["finished"] == 5


def _chat_arrival() -> Arrival:
    return next(each for each in islice(plan(CATALOGUE, 1), 50) if each.channel is Channel.CHAT)


async def test_a_customer_whom_nobody_answers_leaves() -> None:
    nobody = Desk({"clk_nobody": UUID(int=9)})
    journal = Journal()
    arrival = _chat_arrival()
    async with serving(nobody) as running, httpx.AsyncClient() as http:
        customer = ChatCustomer(arrival, running.base_url, "wk_bank", journal, pace=10_000, run="r")
        secret = await customer.play(http, CATALOGUE.turns(arrival.dialogue_id, Channel.CHAT), None)
    assert secret
    assert journal.counts["abandoned"] == 1


async def test_a_closed_widget_refuses_the_chat_customer() -> None:
    arrival = _chat_arrival()
    async with serving(Desk({"clk": UUID(int=9)})) as running, httpx.AsyncClient() as http:
        customer = ChatCustomer(arrival, running.base_url, "wk_closed", Journal(), pace=PACE, run="r")
        with pytest.raises(ChatClosedError):
            await customer.play(http, (), None)


async def test_the_mailbox_takes_and_drops_mail_that_nobody_waits_for() -> None:
    async with Mailbox() as mailbox:
        queue: asyncio.Queue[object] = asyncio.Queue()
        assert mailbox.port
        assert not mailbox.deliver(b"Subject: hello\r\nMessage-ID: <1@example.net>\r\n\r\nhi")
        assert queue.empty()
