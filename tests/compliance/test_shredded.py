"""What leaves a client whose keys were destroyed: no archive, and to whoever asks for their data what is left of it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from uuid import UUID

from careloom.compliance.queries.retention import spared_by_holds
from careloom.integrations.commands.running import run_import
from careloom.integrations.commands.writing import expire_exports, run_export
from careloom.integrations.types import ExportId, ImportId
from tests.compliance.house import House
from tests.compliance.subject import MARK, Subject
from tests.compliance.test_erasure import ask, carry_out
from tests.compliance.test_keys import shred


async def export(house: House, **more: Any) -> Any:
    return await house.answer("POST", "/api/exports", "owner", json={"client_id": str(house.client_id)}, **more)


async def test_an_archive_of_a_shredded_client_is_refused_with_the_reason(house: House) -> None:
    await shred(house)
    answer = await export(house)
    assert (answer.status_code, answer.json()["code"]) == (410, "shredded")
    assert "no archive can be sealed" in answer.json()["detail"]
    german = await export(house, headers={"Accept-Language": "de"})
    assert "kein Archiv kann versiegelt werden" in german.json()["detail"]


async def test_an_archive_that_is_being_written_when_the_keys_go_ends_as_failed_and_says_why(house: House) -> None:
    one = (await export(house)).json()
    assert (await shred(house)).status_code == 200
    await run_export(house.runtime, house.client_id, ExportId(UUID(one["id"])))
    after = (await house.answer("GET", f"/api/exports/{one['id']}", "owner")).json()
    assert (after["state"], after["size"]) == ("failed", 0)
    assert "keys were destroyed" in after["error"]
    folder = house.runtime.settings.home / "files" / str(house.client_id)
    assert list(folder.glob(f"export-{one['id']}*")) == []


async def archived(house: House) -> str:
    """A written archive; where it is."""
    one = (await export(house)).json()
    await run_export(house.runtime, house.client_id, ExportId(UUID(one["id"])))
    return f"/api/exports/{one['id']}"


async def archives(house: House) -> dict[str, Any]:
    """What the keys' list says of the client's archives."""
    listed = (await house.officer("GET", "/api/client-keys"))["items"]
    (found,) = [one["archives"] for one in listed if one["client_id"] == str(house.client_id)]
    return found


async def test_an_archive_that_was_not_fetched_is_told_expires_with_the_keys_and_its_bytes_go(house: House) -> None:
    house.run("DELETE FROM data_export")
    assert await archives(house) == {"fetched": None, "waiting": None}
    path = await archived(house)
    one = (await house.answer("GET", path, "owner")).json()
    assert await archives(house) == {"fetched": None, "waiting": one["made_at"]}
    assert (await shred(house)).status_code == 200
    assert (await house.answer("GET", path, "owner")).json()["state"] == "expired"
    assert await archives(house) == {"fetched": None, "waiting": None}
    assert (await house.answer("GET", f"{path}/archive", "owner")).status_code == 404
    assert house.rows("SELECT 1 FROM audit_entry WHERE action = 'data_export.fetch'") == []
    folder = house.runtime.settings.home / "files" / str(house.client_id)
    parts = f"export-{path.rpartition('/')[2]}*"
    assert list(folder.glob(parts)) != []
    await expire_exports(house.runtime)
    assert list(folder.glob(parts)) == []


async def test_an_archive_that_was_fetched_is_told_also_when_it_was_removed_and_the_keys_went_until_a_younger_waits(
    house: House,
) -> None:
    house.run("DELETE FROM data_export")
    path = await archived(house)
    assert (await house.answer("GET", f"{path}/archive", "owner")).status_code == 200
    first = (await house.answer("GET", path, "owner")).json()["made_at"]
    assert await archives(house) == {"fetched": first, "waiting": None}
    assert (await house.answer("DELETE", path, "owner")).status_code == 204
    assert (await house.answer("GET", path, "owner")).status_code == 404
    assert (await house.answer("GET", f"{path}/archive", "owner")).status_code == 404
    assert (await house.answer("GET", "/api/exports", "owner")).json()["items"] == []
    assert await archives(house) == {"fetched": first, "waiting": None}
    second = (await house.answer("GET", await archived(house), "owner")).json()["made_at"]
    assert await archives(house) == {"fetched": first, "waiting": second}
    assert (await shred(house)).status_code == 200
    assert await archives(house) == {"fetched": first, "waiting": None}


async def test_an_import_whose_file_cannot_be_read_any_more_ends_as_failed_and_says_why(house: House) -> None:
    new = {"program_id": str(house.brand.ids["program_id"]), "name": "a.csv"}
    one = (await house.answer("POST", "/api/imports", "owner", json=new)).json()
    path = f"/api/imports/{one['id']}"
    content = b"name,email\nAna,ana@customer.example\n"
    assert (await house.answer("PUT", f"{path}/file", "owner", content=content)).status_code == 200
    assert (await house.answer("POST", f"{path}/check", "owner")).status_code == 200
    assert (await shred(house)).status_code == 200
    await run_import(house.runtime, spared_by_holds, house.client_id, ImportId(UUID(one["id"])))
    after = (await house.answer("GET", path, "owner")).json()
    assert (after["state"], "keys were destroyed" in after["error"]) == ("failed", True)


async def test_who_asks_for_their_data_gets_what_is_left_of_it(house: House, subject: Subject) -> None:
    house.run("UPDATE customer SET language = 'de' WHERE id = %s", subject.customer_id)
    assert (await shred(house)).status_code == 200
    done = await carry_out(house, await ask(house, subject.customer_id, "access"))
    assert (done["status"], done["export_sha256"], done["export_bytes"] > 0) == ("done", None, True)
    answer = await house.answer("POST", f"/api/privacy-requests/{done['id']}/export")
    assert answer.status_code == 200, answer.text
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(packed.read("data.json"))["data"]
    assert data["message"]
    assert MARK in packed.read("index.html").decode()
    assert "wurde endgültig vernichtet" in packed.read("index.html").decode()
    assert json.loads(packed.read("manifest.json"))["destroyed"] is True
    assert [name for name in packed.namelist() if name.startswith(("mail/", "files/"))] == []


async def test_an_export_that_was_built_before_the_keys_went_is_built_anew_when_it_is_fetched(
    house: House, subject: Subject
) -> None:
    done = await carry_out(house, await ask(house, subject.customer_id, "access"))
    assert done["export_sha256"] is not None
    assert (await shred(house)).status_code == 200
    answer = await house.answer("POST", f"/api/privacy-requests/{done['id']}/export")
    assert answer.status_code == 200, answer.text
    assert json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("manifest.json"))["destroyed"] is True
