"""What leaves a client whose keys were destroyed: no archive, and to whoever asks for their data what is left of it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from uuid import UUID

from careloom.compliance.queries.retention import spared_by_holds
from careloom.integrations.commands.running import run_import
from careloom.integrations.commands.writing import run_export
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
    assert (await shred(house)).status_code == 200
    done = await carry_out(house, await ask(house, subject.customer_id, "access"))
    assert (done["status"], done["export_sha256"], done["export_bytes"] > 0) == ("done", None, True)
    answer = await house.answer("POST", f"/api/privacy-requests/{done['id']}/export")
    assert answer.status_code == 200, answer.text
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(packed.read("data.json"))["data"]
    assert data["message"]
    assert MARK in packed.read("index.html").decode()
    assert "destroyed for good" in packed.read("index.html").decode()
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
