"""Where regions are declared, a client's mail goes and comes within its own: by a real relay, listener and mailbox."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import aiosmtplib
import pytest
from msgspec.structs import replace

from careloom.channels.commands.mailbox.setup import change_mailbox
from careloom.channels.types.mailbox import MailboxChanges
from careloom.conversations.commands.reply import reply
from careloom.identity.types import Role, ScopeKind
from careloom.organizations.types import Program
from careloom.platform.database.transactions import Database
from careloom.platform.keys import masters
from careloom.platform.residency import OPTION, RegionRefusedError, Residency
from careloom.platform.runtime import Runtime
from tests.application import http_client
from tests.channels.email.branch import Branch
from tests.channels.email.imap_server import running_imap
from tests.channels.email.post_office import PostOffice, mail, open_post_office
from tests.conversations.desk import SYSTEM, Desk, make_desk
from tests.world import PASSWORD

OURS, THEIRS = "care@brand.example", "care@other.example"


@pytest.fixture
async def other(desk: Desk) -> Desk:
    """Another brand in the same installation, whose region is us; the first one's is eu."""
    made = await make_desk(desk.database)
    await made.rows("UPDATE client SET region = 'us' WHERE id = :id RETURNING id", id=made.client.id)
    return made


@asynccontextmanager
async def declaring(desk: Desk, runtime: Runtime, residency: Residency) -> AsyncGenerator[PostOffice]:
    """The post office of an installation that declares these regions."""
    options = {OPTION: residency, masters.OPTION: masters.LocalMasters([b"a master key of these tests"])}
    database = Database(runtime.database.url, 5, options)
    try:
        async with open_post_office(desk, dataclasses.replace(runtime, database=database)) as office:
            yield office
    finally:
        await database.close()


async def _told(office: PostOffice, program: Program, address: str) -> UUID:
    """A conversation that began with a mail to this address of that program."""
    await office.address(address, program)
    await office.post(mail(To=address, Message_ID=f"<{address}>"), address)
    rows = await office.desk.rows("SELECT id FROM conversation WHERE program_id = :id", id=program.id)
    return rows[0].id


async def _outcome(desk: Desk, conversation_id: UUID) -> Any:
    query = "SELECT delivery, details FROM message WHERE conversation_id = :id AND kind = 'outbound'"
    return (await desk.rows(f"{query} ORDER BY seq DESC", id=conversation_id))[0]


async def test_mail_of_the_relays_region_goes_and_that_of_another_does_not(
    desk: Desk, other: Desk, office: PostOffice, runtime: Runtime
) -> None:
    ours, theirs = await _told(office, desk.program, OURS), await _told(office, other.program, THEIRS)
    async with declaring(desk, runtime, Residency(("eu", "us"), files="eu", relay="eu")) as declared:
        await desk.do(reply, ours, "Tomorrow.")
        await other.do(reply, theirs, "Never.")
        await declared.work()
    assert [one["From"] for one in declared.sink.mails if "Tomorrow." in one.get_body().get_content()]  # pyright: ignore[reportOptionalMemberAccess]
    assert not any(b"Never." in raw for raw in declared.sink.raws)
    assert all(sender.endswith("brand.example") for sender, _ in declared.sink.envelopes)
    assert (await _outcome(desk, ours)).delivery == "sent"
    refused = await _outcome(desk, theirs)
    assert refused.delivery == "failed"
    assert "may not leave through a relay in eu" in refused.details["delivery_reason"]


async def test_while_nobody_says_where_the_relay_stands_mail_waits_and_leaves_after(
    desk: Desk, office: PostOffice, runtime: Runtime
) -> None:
    ours = await _told(office, desk.program, OURS)
    async with declaring(desk, runtime, Residency(("eu",), files="eu")) as declared:
        await desk.do(reply, ours, "Tomorrow.")
        await declared.work()
    assert declared.sink.envelopes == []
    waiting = await _outcome(desk, ours)
    assert waiting.delivery == "deferred"
    assert "CARELOOM_RELAY_REGION" in waiting.details["delivery_reason"]
    async with declaring(desk, runtime, Residency(("eu",), files="eu", relay="eu")) as declared:
        await desk.rows("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' RETURNING id")
        await declared.work()
    assert [sender for sender, _ in declared.sink.envelopes] != []
    assert (await _outcome(desk, ours)).delivery == "sent"


async def test_a_test_mail_leaves_through_no_relay_elsewhere(desk: Desk, runtime: Runtime) -> None:
    async with declaring(desk, runtime, Residency(("eu", "us"), files="eu", relay="us")) as declared:
        address = await declared.address()
        admin = await desk.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None, password=PASSWORD)
        async with http_client(declared.runtime) as api:
            signed = await api.post("/api/session", json={"email": admin.email, "password": PASSWORD})
            api.headers["X-CSRF-Token"] = signed.json()["csrf_token"]
            answer = await api.post(f"/api/mail-addresses/{address.id}/test", json={"to": "me@example.org"})
    assert (answer.status_code, answer.json()["code"]) == (409, "region_refused")
    assert declared.sink.envelopes == []


@pytest.mark.parametrize("files", ["eu", None])
async def test_mail_comes_in_where_its_files_may_lie(
    desk: Desk, other: Desk, office: PostOffice, runtime: Runtime, files: str | None
) -> None:
    await office.address(OURS, desk.program)
    await office.address(THEIRS, other.program)
    async with declaring(desk, runtime, Residency(("eu", "us"), files=files, relay="eu")) as declared:
        for address in (OURS, THEIRS):
            letter = mail(To=address, Message_ID=f"<{address}>")
            if address == OURS and files:
                assert (await declared.post(letter, address))[0] == {}
            else:
                with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
                    await declared.post(letter, address)
                # What the operator has yet to say turns nobody away for good.
                assert refused.value.recipients[0].code == (550 if files else 451)


@pytest.fixture
async def branch(desk: Desk, office: PostOffice, runtime: Runtime) -> AsyncIterator[Branch]:
    """A mailbox elsewhere of the brand in eu, in an installation that declares eu."""
    address = await office.address()
    async with declaring(desk, runtime, Residency(("eu",), files="eu", relay="eu")) as declared, running_imap() as imap:
        yield Branch(declared, imap, address)


async def test_a_mailbox_elsewhere_has_to_lie_in_the_clients_region(branch: Branch) -> None:
    for where in (None, "us"):
        with pytest.raises(RegionRefusedError, match="region eu"):
            await branch.mailbox(region=where)
    made = await branch.mailbox(region="eu")
    await branch.imap.deliver(mail())
    assert (await branch.poll()).problem is None
    assert await branch.subjects() == ["Parcel"]
    async with branch.runtime.database.transaction(SYSTEM) as tx:
        with pytest.raises(RegionRefusedError):
            await change_mailbox(tx, SYSTEM, made.id, MailboxChanges(region="us"))
    async with branch.runtime.database.transaction(SYSTEM) as tx:
        assert not (await change_mailbox(tx, SYSTEM, made.id, MailboxChanges(region=None, active=False))).active
    async with branch.runtime.database.transaction(SYSTEM) as tx:
        with pytest.raises(RegionRefusedError):
            await change_mailbox(tx, SYSTEM, made.id, MailboxChanges(active=True))


async def test_a_mailbox_of_before_regions_were_declared_is_left_alone_and_says_why(branch: Branch) -> None:
    made = await branch.mailbox(region="eu")
    await branch.imap.deliver(mail())
    await branch.office.desk.rows("UPDATE mailbox SET region = NULL RETURNING id")
    row = await branch.poll()
    assert (row.problem, row.taken) == ("region", 0)
    assert await branch.subjects() == []
    check = await branch.poller.check(replace(made, region=None), row.secret)
    assert (check.connected, check.problem) == (False, "region")
