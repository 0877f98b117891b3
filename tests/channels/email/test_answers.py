"""What a stranger's mail server answers is stored without what the client's policy takes out, whatever it repeats."""

from __future__ import annotations

from typing import Any

import pytest

from careloom.conversations.commands.reply import reply
from tests.channels.email.branch import Branch, by_token
from tests.channels.email.oauth_server import OAuthServer
from tests.channels.email.post_office import PostOffice, mail
from tests.channels.planted import CARD, IBAN, places_of
from tests.postgres import FreshDatabase

WORDS = f"about card {CARD} and account {IBAN}"
TOLD = "about card [card ×××× 1111] and account [bank account •••• 3000]"


async def answered(office: PostOffice, words: str) -> Any:
    """A mail to which the relay answers so, as it is kept."""
    await office.address()
    await office.post(mail())
    office.sink.answers = [words]
    await office.desk.do(reply, (await office.conversations())[0].id, "Tomorrow.")
    await office.work()
    (sent,) = await office.desk.rows("SELECT * FROM outgoing_mail")
    return sent


@pytest.mark.parametrize(
    ("code", "column", "delivery"),
    [
        ("250 2.0.0 queued mail", "answer", "sent"),
        ("554 5.7.1 no mail", "error", "failed"),
        ("550 5.1.1 no such person, mail", "error", "failed"),
        ("451 4.7.1 come again with mail", "error", "deferred"),
    ],
)
async def test_what_a_relay_says(
    office: PostOffice,
    fresh_database: FreshDatabase,
    capfd: pytest.CaptureFixture[str],
    code: str,
    column: str,
    delivery: str,
) -> None:
    await office.address()
    await office.post(mail())
    office.sink.answers = [f"{code} {WORDS}"]
    await office.desk.do(reply, (await office.conversations())[0].id, "Tomorrow.")
    await office.work()
    (sent,) = await office.desk.rows("SELECT * FROM outgoing_mail")
    assert TOLD in getattr(sent, column)
    (message,) = [one for one in await office.messages() if one.kind == "outbound"]
    assert message.delivery == delivery
    assert TOLD in str(message.details)
    assert places_of(fresh_database.superuser_url, CARD, IBAN) == set()
    assert CARD not in "".join(capfd.readouterr())


@pytest.mark.parametrize("column_ends_at", [500, 2_000])
async def test_a_number_where_an_answer_is_cut(office: PostOffice, column_ends_at: int) -> None:
    filler = ("no " * 1_000)[: column_ends_at - 16]
    sent = await answered(office, f"554 {filler} {CARD}")
    held = sent.error + "".join(str(one.details) for one in await office.messages())
    assert CARD[:9] not in held


async def test_what_an_imap_server_says(branch: Branch, fresh_database: FreshDatabase) -> None:
    await branch.mailbox()
    branch.imap.refuse(f"No sign-in {WORDS}")
    row = await branch.poll()
    assert row.problem == "sign_in"
    assert TOLD in row.answer
    begins = row.answer.index("No sign-in")
    branch.imap.refuse(f"{('no ' * 200)[: 500 - 16 - begins]} {CARD}")
    assert CARD[:9] not in (await branch.poll()).answer
    assert places_of(fresh_database.superuser_url, CARD, IBAN) == set()


async def test_what_a_token_endpoint_says(branch: Branch, tokens: OAuthServer, fresh_database: FreshDatabase) -> None:
    await branch.mailbox(**by_token(tokens))
    tokens.refusal = {"error": "invalid_grant", "error_description": WORDS}
    assert TOLD in (await branch.poll()).answer
    assert places_of(fresh_database.superuser_url, CARD, IBAN) == set()
