"""Clients' keys: rotated while all stays readable, destroyed by two people so that nothing is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

from careloom.compliance.commands.keys.rotation import resume_rotations, run_rotation
from careloom.compliance.types.keys import RotationState
from careloom.conversations.commands.privacy import reveal
from careloom.conversations.types.privacy import Original
from careloom.platform.access import system_actor
from careloom.platform.database.schema import metadata
from careloom.platform.keys.cipher import file_version
from tests.compliance.house import House

SYSTEM = system_actor("test")
AT_ONCE = timedelta(0)
IBAN = "DE89 3704 0044 0532 0130 00"


async def originals(house: House) -> tuple[Original, ...]:
    async with house.runtime.database.transaction(SYSTEM) as tx:
        return await reveal(tx, SYSTEM, house.brand.ids["conversation_id"], 1)  # pyright: ignore[reportArgumentType]


def versions(house: House) -> list[Any]:
    return house.rows(
        "SELECT version, wrapped IS NOT NULL, destroyed_at IS NOT NULL FROM client_key "
        "WHERE client_id = %s ORDER BY version",
        house.client_id,
    )


def sealed(house: House) -> set[str]:
    """The versions that sealed what was masked."""
    return {value.split(".")[1] for (value,) in house.rows("SELECT value FROM masked_value")}


async def by_policy(house: House) -> set[str]:
    """Who is found by the sensitive attribute that all of the brand's customers share."""
    wanted = {"client_id": str(house.client_id), "attribute": "policy", "value": house.brand.text("number")}
    answer = await house.answer("POST", "/api/customers/find", "agent", json=wanted)
    return {one["id"] for one in answer.json()["items"]}


async def shred(house: House) -> Any:
    """As two people do; the hold that the brand has is lifted first."""
    await house.officer("POST", f"/api/holds/{house.brand.ids['hold_id']}/lift", json={"reason": "over"})
    path = f"/api/shreddings/{house.brand.ids['shredding_id']}/confirm"
    return await house.answer("POST", path, "owner", json={"client_name": house.brand.text("Client")})


async def test_a_rotation_seals_all_anew_and_destroys_the_old_version_later(house: House) -> None:
    assert sealed(house) == {"2"}
    assert (waiting := await run_rotation(house.runtime, house.client_id))
    assert waiting.state is RotationState.WAITING
    assert versions(house) == [(1, True, False), (2, True, False)]
    done = await run_rotation(house.runtime, house.client_id, AT_ONCE)
    assert done
    assert (done.state, done.broken) == (RotationState.DONE, 0)
    assert versions(house) == [(1, False, True), (2, True, False)]
    assert [one.value for one in await originals(house)] == [IBAN]
    others = house.rows(
        "SELECT value FROM customer_secret UNION ALL SELECT secret FROM mailbox "
        "UNION ALL SELECT private_key FROM signing_key"
    )
    assert {value.split(".")[1] for (value,) in others} == {"2"}
    assert len(others) > 2
    mails = house.rows("SELECT raw FROM incoming_mail")
    assert {file_version(bytes(raw)) for (raw,) in mails} == {2}
    assert str(house.brand.ids["customer_id"]) in await by_policy(house)
    assert (await house.answer("GET", f"/api/files/{house.brand.ids['file_id']}", "agent")).text == "An upload amber"
    assert await run_rotation(house.runtime, house.client_id) is None


async def test_what_was_written_with_the_old_version_meanwhile_is_found_by_the_second_look(house: House) -> None:
    await run_rotation(house.runtime, house.client_id, AT_ONCE)
    late = house.rows("SELECT client_id, id, value FROM masked_value")
    await house.officer("POST", f"/api/clients/{house.client_id}/key-rotations")
    await run_rotation(house.runtime, house.client_id)
    for client_id, row_id, value in late:
        house.run("UPDATE masked_value SET value = %s WHERE client_id = %s AND id = %s", value, client_id, row_id)
    assert sealed(house) == {"2"}
    await run_rotation(house.runtime, house.client_id, AT_ONCE)
    assert sealed(house) == {"3"}
    assert [one.value for one in await originals(house)] == [IBAN]


async def test_a_rotation_that_is_stopped_anywhere_goes_on_and_loses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_rotation(house.runtime, house.client_id, AT_ONCE)
    await house.officer("POST", f"/api/clients/{house.client_id}/key-rotations")
    store, stops = house.runtime.store, [0]
    put = store.put

    async def put_and_die(key: str, content: bytes) -> None:
        await put(key, content)
        stops[0] += 1
        if stops[0] < 4:
            raise OSError("the power is gone")

    monkeypatch.setattr(store, "put", put_and_die)
    for _ in range(3):
        with pytest.raises(OSError, match="power"):
            await run_rotation(house.runtime, house.client_id, AT_ONCE, batch=1)
    async with house.runtime.database.transaction(SYSTEM) as tx:
        await resume_rotations(tx)
    done = await run_rotation(house.runtime, house.client_id, AT_ONCE)
    assert done
    assert (done.state, done.broken) == (RotationState.DONE, 0)
    assert [one for one in versions(house) if one[1]] == [(3, True, False)]
    assert [one.value for one in await originals(house)] == [IBAN]
    for (file_id,) in house.rows("SELECT id FROM file WHERE conversation_id IS NOT NULL"):
        assert (await house.answer("GET", f"/api/files/{file_id}", "owner")).status_code == 200


async def test_a_client_has_one_rotation_at_a_time(house: House) -> None:
    answer = await house.answer("POST", f"/api/clients/{house.client_id}/key-rotations")
    assert answer.status_code == 409


async def test_who_asked_cannot_confirm_and_a_hold_or_another_name_stops_it(house: House) -> None:
    path = f"/api/shreddings/{house.brand.ids['shredding_id']}/confirm"
    name = {"client_name": house.brand.text("Client")}
    assert (await house.answer("POST", path, json=name)).status_code == 409
    held = await house.answer("POST", path, "owner", json=name)
    assert (held.status_code, "hold" in held.text) == (409, True)
    await house.officer("POST", f"/api/holds/{house.brand.ids['hold_id']}/lift", json={"reason": "over"})
    assert (await house.answer("POST", path, "owner", json={"client_name": "another"})).status_code == 400
    assert (await house.answer("POST", path, "agent", json=name)).status_code in (403, 404)
    assert all(kept for _, kept, _ in versions(house))


async def test_who_withdraws_keeps_the_keys(house: House) -> None:
    path = f"/api/shreddings/{house.brand.ids['shredding_id']}"
    await house.officer("POST", f"{path}/withdraw")
    answer = await house.answer("POST", f"{path}/confirm", "owner", json={"client_name": house.brand.text("Client")})
    assert answer.status_code == 409


async def test_shredding_leaves_nothing_readable_a_clear_answer_and_a_proof(house: House) -> None:
    file = f"/api/files/{house.brand.ids['file_id']}"
    assert (await house.answer("GET", file, "agent")).status_code == 200
    assert (await shred(house)).status_code == 200
    assert not any(kept for _, kept, _ in versions(house))
    gone = await house.answer("GET", file, "agent")
    assert (gone.status_code, "destroyed" in gone.text) == (410, True)
    conversation = f"/api/conversations/{house.brand.ids['conversation_id']}"
    assert (await house.answer("POST", f"{conversation}/messages/1/reveal", "owner")).status_code == 410
    upload = {"file": ("a.txt", b"words", "text/plain")}
    owner = {"client_id": str(house.client_id)}
    assert (await house.answer("POST", "/api/files", "agent", files=upload, data=owner)).status_code == 410
    (state,) = (await house.officer("GET", "/api/client-keys"))["items"]
    assert (state["version"], state["kept"], bool(state["shredded_at"])) == (None, 0, True)
    proof = (await house.officer("GET", "/api/purges"))["items"][0]
    assert (proof["data_class"], proof["items"], proof["left_over"]) == ("keys", 2, 0)
    audited = house.rows("SELECT after FROM audit_entry WHERE action = 'client_key.shred'")
    assert [one["versions"] for (one,) in audited] == [[1, 2]]


async def test_a_shredded_client_still_takes_messages_and_keeps_nothing_of_what_is_masked(house: House) -> None:
    await shred(house)
    before = house.rows("SELECT count(*) FROM masked_value")
    message = {
        "program_id": str(house.brand.ids["program_id"]), "channel": "sms", "external_id": "late",
        "identity_kind": "phone", "identity": "+15550100", "text": f"refund to {IBAN}",
    }  # fmt: skip
    assert (await house.answer("POST", "/api/inbound", "owner", json=message)).status_code in (200, 201)
    assert house.rows("SELECT count(*) FROM masked_value") == before
    assert (await house.answer("POST", f"/api/clients/{house.client_id}/key-rotations")).status_code == 410


async def test_a_dump_and_the_store_hold_nothing_of_what_is_sealed_in_plain(house: House) -> None:
    message = f"/api/conversations/{house.brand.ids['conversation_id']}/messages/1/reveal"
    shown = await house.answer("POST", message, "owner", headers={"Idempotency-Key": "asked twice"})
    assert IBAN in shown.text
    wanted = (IBAN, "An upload amber", "Mine amber")
    found: set[str] = set()
    with psycopg.connect(house.url) as connection:
        for table in metadata.sorted_tables:
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table.name))
            for (row,) in connection.execute(query).fetchall():
                found |= {one for one in wanted if one in row or one.encode().hex() in row}
    stored = [one.read_bytes() for one in (house.runtime.settings.home / "files").rglob("*") if one.is_file()]
    assert stored
    assert not found
    assert not [one for one in stored for each in wanted if each.encode() in one]


async def test_why_keys_are_to_be_destroyed_holds_no_card(house: House) -> None:
    await house.officer("POST", f"/api/holds/{house.brand.ids['hold_id']}/lift", json={"reason": "over"})
    await house.officer("POST", f"/api/shreddings/{house.brand.ids['shredding_id']}/withdraw")
    asked = {"client_name": house.brand.text("Client"), "reason": "It is over, card 4111 1111 1111 1111"}
    made = await house.officer("POST", f"/api/clients/{house.client_id}/shreddings", json=asked)
    assert made["reason"] == "It is over, card [card ×××× 1111]"
