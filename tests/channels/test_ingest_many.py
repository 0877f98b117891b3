"""Messages handed in together go where they would have gone one by one."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from careloom.channels.commands.ingest import ingest, ingest_many
from careloom.channels.http.intake import MessageIntake
from careloom.channels.types import Accepted, InboundMessage
from careloom.conversations.commands import lifecycle, turns
from careloom.conversations.commands.dispositions import create_disposition
from careloom.conversations.types import Status
from careloom.customers.types import IdentityKind
from careloom.organizations.types import Channel
from careloom.platform.coalesce import AGAIN
from careloom.platform.database.transactions import Database
from careloom.platform.errors import InvalidInputError, NotFoundError
from careloom.platform.ids import new_id
from careloom.platform.runtime import Runtime
from careloom.routing.commands.queues import create_queue
from careloom.routing.types import NewQueue
from tests.conversations.desk import SYSTEM, Desk, check_invariants, make_desk
from tests.effort import EFFORT
from tests.postgres import FreshDatabase
from tests.statements import sent_statements

ENGLISH = "My order has not arrived and nobody could tell me where it is"
GERMAN = "Meine Bestellung ist nicht angekommen, und niemand konnte mir sagen, wo sie ist"


class Said(Struct, frozen=True):
    """A message in short."""

    sender: int
    channel: Channel = Channel.SMS
    text: str = "ok"
    key: str = ""
    name: str | None = None
    language: str | None = None


def message(desk: Desk, said: Said) -> InboundMessage:
    return InboundMessage(
        program_id=desk.program.id,
        channel=said.channel,
        external_id=f"{said.key or new_id().hex} of {said.sender}",
        identity_kind=IdentityKind.PHONE,
        identity=f"+351 555 000 {said.sender}",
        text=said.text,
        customer_name=said.name,
        language=said.language,
    )


class Wing:
    """A client whose messages come in one way, with queues and a way to move its conversations on."""

    def __init__(self, desk: Desk, *, together: bool) -> None:
        self.desk = desk
        self.together = together

    async def begin(self) -> None:
        channels = (Channel.SMS, Channel.EMAIL, Channel.CHAT)
        desk = self.desk
        async with desk.database.transaction(SYSTEM) as tx:
            for name, language in (("All", None), ("Deutsch", "de")):
                new = NewQueue(
                    client_id=desk.client.id,
                    program_id=desk.program.id,
                    provider_id=desk.provider.id,
                    name=name,
                    channels=channels,
                    language=language,
                )
                await create_queue(tx, SYSTEM, new)
            self.disposition = await create_disposition(tx, SYSTEM, desk.client.id, None, "Done", resolved=True)

    async def take_in(self, messages: list[InboundMessage]) -> list[Any]:
        if not self.together:
            return [await self._one(one) for one in messages]
        async with self.desk.database.transaction(SYSTEM) as tx:
            outcomes = await ingest_many(tx, SYSTEM, messages)
        left = [place for place, outcome in enumerate(outcomes) if outcome is None]
        return [await self._one(messages[place]) if place in left else one for place, one in enumerate(outcomes)]

    async def _one(self, message: InboundMessage) -> Accepted:
        async with self.desk.database.transaction(SYSTEM) as tx:
            return await ingest(tx, SYSTEM, message)

    async def work(self, sender: int, what: str) -> None:
        """Does something to the sender's first conversation, as far as it has come."""
        rows = await self.desk.rows(
            "SELECT c.id, c.phase FROM conversation c JOIN customer_identity i "
            "ON i.client_id = c.client_id AND i.customer_id = c.customer_id "
            "WHERE c.client_id = :client AND i.value = :value ORDER BY c.case_number, c.created_at, c.id LIMIT 1",
            client=self.desk.client.id,
            value=f"+351555000{sender}",
        )
        if not rows:
            return
        one, phase = rows[0]
        if phase == "queued":
            await self.desk.do(lifecycle.give_to, one, self.desk.agent.id, self.desk.agent.name)
        if what == "wait" and phase in ("queued", "with_agent"):
            await self.desk.do(turns.set_status, one, Status.PENDING)
        if what == "resolve" and phase not in ("ended", "abandoned"):
            await self.desk.do(lifecycle.wrap_up, one, self.disposition.id)

    async def dump(self) -> list[str]:
        """What the client's messages left behind, without ids and times."""
        found: list[str] = []
        for name, statement in _DUMPS.items():
            rows = await self.desk.rows(statement, client=self.desk.client.id)
            found += sorted(f"{name} {tuple(row)}" for row in rows)
        return found


_WHO = "(SELECT i.value FROM customer_identity i WHERE i.customer_id = {0}.customer_id)"
_WHERE = (
    f"{_WHO.format('c')} AS who, c.channel, (SELECT count(*) FROM care_case o "
    "WHERE o.customer_id = c.customer_id AND o.number <= c.case_number) AS nth_case"
)
_DUMPS = {
    "customers": """SELECT i.value, i.verified, c.name, c.language FROM customer c JOIN customer_identity i
        ON i.customer_id = c.id AND i.client_id = c.client_id WHERE c.client_id = :client""",
    "conversations": f"""SELECT {_WHERE}, c.customer_name, c.subject, c.preview, c.status, c.phase,
        c.language, c.last_seq, c.last_inbound_seq, c.read_seq, c.interval_seq, q.name, c.assignee_name,
        c.waiting_since IS NULL, c.due_at - c.waiting_since, c.priority, c.tags
        FROM conversation c LEFT JOIN queue q ON q.id = c.queue_id WHERE c.client_id = :client""",
    "cases": f"SELECT {_WHO.format('o')}, o.subject FROM care_case o WHERE o.client_id = :client",
    "messages": f"""SELECT {_WHERE}, m.seq, m.kind, m.author_name, m.author_id = c.customer_id, m.text,
        m.external_id, m.delivery FROM message m JOIN conversation c ON c.id = m.conversation_id
        WHERE m.client_id = :client""",
    "intervals": f"""SELECT {_WHERE}, i.seq, i.phase, i.ended_at IS NULL, i.agent_id IS NULL, q.name
        FROM conversation_interval i JOIN conversation c ON c.id = i.conversation_id
        LEFT JOIN queue q ON q.id = i.queue_id WHERE i.client_id = :client""",
    "timeline": f"""SELECT {_WHO.format("e")}, e.kind, e.channel, e.summary, e.actor_name FROM timeline_entry e
        WHERE e.client_id = :client""",
    "events": """SELECT type, count(*) FROM event_log WHERE client_id = :client
        AND type IN ('conversation_opened', 'message_added', 'phase_changed', 'customer_changed',
        'conversation_reopened', 'conversation_assigned') GROUP BY 1""",
}


async def make_wing(database: Database, *, together: bool) -> Wing:
    wing = Wing(await make_desk(database, channels=(Channel.SMS, Channel.EMAIL, Channel.CHAT)), together=together)
    await wing.begin()
    return wing


SAID = st.builds(
    Said,
    sender=st.integers(0, 3),
    channel=st.sampled_from([Channel.SMS, Channel.SMS, Channel.EMAIL, Channel.CHAT]),
    text=st.sampled_from(["ok", "  two\n lines ", ENGLISH, GERMAN, "nul \x00 in it"]),
    key=st.sampled_from(["", "", "", "same", "other"]),
    name=st.sampled_from([None, None, "Ada", "Bo"]),
    language=st.sampled_from([None, None, "en", "de"]),
)
STEP = st.one_of(
    st.lists(SAID, min_size=1, max_size=8), st.tuples(st.integers(0, 3), st.sampled_from(["wait", "resolve"]))
)


@example(
    steps=[
        [Said(1, Channel.CHAT)],
        [Said(1, language="en")],
        [Said(1, Channel.CHAT, GERMAN), Said(1, Channel.CHAT)],
    ]
)
@settings(
    max_examples=10 * EFFORT,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=1, max_size=5))
def test_together_leaves_what_one_by_one_leaves(
    fresh_database: FreshDatabase, steps: list[list[Said] | tuple[int, str]]
) -> None:
    async def live() -> None:
        database = Database(fresh_database.url, pool_size=2)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(database.close)
            wings = [await make_wing(database, together=together) for together in (False, True)]
            for step in steps:
                if isinstance(step, tuple):
                    for wing in wings:
                        await wing.work(*step)
                else:
                    await both(wings, [one if one.key else replace(one, key=new_id().hex) for one in step])
            alone, together = [await wing.dump() for wing in wings]
            assert [one for one in together if one not in alone] == [one for one in alone if one not in together]
            assert together == alone
            async with database.transaction(SYSTEM) as tx:
                await check_invariants(tx)

    asyncio.run(live())


async def both(wings: list[Wing], said: list[Said]) -> None:
    answers = [await wing.take_in([message(wing.desk, one) for one in said]) for wing in wings]
    numbers = [[(one.seq, one.duplicate) for one in some] for some in answers]
    assert numbers[0] == numbers[1]


@pytest.fixture
async def wing(database: Database) -> Wing:
    return await make_wing(database, together=True)


async def test_many_new_customers_cost_as_many_statements_as_a_few(wing: Wing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("careloom.organizations.queries._POLICY_SECONDS", 3600.0)
    await wing.take_in([message(wing.desk, Said(1, language="en"))])
    counted: list[int] = []
    for first, size in ((100, 3), (200, 60)):
        said = [Said(first + number, text=ENGLISH, language="en") for number in range(size)]
        with sent_statements() as sent:
            async with wing.desk.database.transaction(SYSTEM) as tx:
                outcomes = await ingest_many(tx, SYSTEM, [message(wing.desk, one) for one in said])
        assert all(isinstance(one, Accepted) for one in outcomes)
        counted.append(len(sent))
    assert counted[0] == counted[1] < 25


async def test_what_is_refused_says_why_and_leaves_the_others_alone(wing: Wing) -> None:
    good = message(wing.desk, Said(1))
    elsewhere = InboundMessage(new_id(), Channel.SMS, "a", IdentityKind.PHONE, "+3515551", "x")  # pyright: ignore[reportArgumentType]
    nobody = InboundMessage(wing.desk.program.id, Channel.SMS, "b", IdentityKind.EMAIL, "no address", "x")
    async with wing.desk.database.transaction(SYSTEM) as tx:
        refused, stored, wrong = await ingest_many(tx, SYSTEM, [elsewhere, good, nobody])
    assert isinstance(refused, NotFoundError)
    assert isinstance(stored, Accepted)
    assert isinstance(wrong, InvalidInputError)


async def test_two_at_once_who_make_the_same_customer_both_succeed(wing: Wing, runtime: Runtime) -> None:
    first, second = MessageIntake(runtime), MessageIntake(runtime)
    said = [Said(number % 4, text=ENGLISH, language="en") for number in range(40)]
    answers = await asyncio.gather(
        *(intake.accept(SYSTEM, message(wing.desk, one)) for one in said for intake in (first, second))
    )
    assert not any(one.duplicate for one in answers)
    counted = await wing.desk.rows("SELECT last_seq FROM conversation ORDER BY 1")
    assert sum(one.last_seq for one in counted) == 80
    assert len(counted) == 4


async def test_of_senders_with_whose_messages_another_is_at_work_the_messages_come_again(wing: Wing) -> None:
    await wing.take_in([message(wing.desk, Said(1, language="en"))])
    async with wing.desk.database.transaction(SYSTEM) as tx:
        first = [message(wing.desk, Said(number, language="en")) for number in (1, 2)]
        assert all(isinstance(one, Accepted) for one in await ingest_many(tx, SYSTEM, first))
        async with asyncio.timeout(60), wing.desk.database.transaction(SYSTEM) as other:
            later = [message(wing.desk, Said(number, language="en")) for number in (2, 3, 1, 2)]
            outcomes = await ingest_many(other, SYSTEM, later)
    assert [outcomes[0], *outcomes[2:]] == [AGAIN] * 3
    assert isinstance(outcomes[1], Accepted)
    counted = await wing.desk.rows("SELECT last_seq FROM conversation ORDER BY 1")
    assert [one.last_seq for one in counted] == [1, 1, 2]


async def test_two_at_once_with_messages_of_the_same_senders_never_undo_each_others_work(
    wing: Wing, runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    intakes = [MessageIntake(runtime) for _ in range(3)]
    said = [Said(number % 50, text=ENGLISH, language="en") for number in range(300)]
    answers = await asyncio.gather(
        *(intakes[place % 3].accept(SYSTEM, message(wing.desk, one)) for place, one in enumerate(said))
    )
    assert len({one.message_id for one in answers}) == 300
    assert "messages_stored_meanwhile" not in capsys.readouterr().out
    counted = await wing.desk.rows("SELECT last_seq FROM conversation")
    assert [one.last_seq for one in counted] == [6] * 50


async def test_the_same_message_at_once_is_stored_once(wing: Wing, runtime: Runtime) -> None:
    intakes = [MessageIntake(runtime) for _ in range(3)]
    same = message(wing.desk, Said(1, key="same", text=ENGLISH, language="en"))
    others = [message(wing.desk, Said(2, text=ENGLISH, language="en")) for _ in range(6)]
    answers = await asyncio.gather(
        *(intake.accept(SYSTEM, one) for intake in intakes for one in (same, *others[:2], same))
    )
    ids = {one.message_id for one in answers[0::4]} | {one.message_id for one in answers[3::4]}
    assert len(ids) == 1
    assert await wing.desk.rows("SELECT 1 FROM message WHERE external_id = 'same of 1'") == [(1,)]


async def test_someone_elses_message_stored_meanwhile_undoes_the_whole_list(wing: Wing) -> None:
    known = message(wing.desk, Said(1, key="known", text=ENGLISH, language="en"))
    await wing.take_in([message(wing.desk, Said(3, language="en"))])
    async with wing.desk.database.transaction(SYSTEM) as tx:
        await ingest_many(tx, SYSTEM, [message(wing.desk, Said(2, language="en"))])
        async with wing.desk.database.transaction(SYSTEM) as other:
            await ingest(other, SYSTEM, known)
        outcomes = await ingest_many(tx, SYSTEM, [known])
    assert outcomes == [None]
