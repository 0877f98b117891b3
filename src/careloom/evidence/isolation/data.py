"""What a brand takes in from another system, and gives out as a whole."""

import json

from careloom.compliance.queries.retention import spared_by_holds
from careloom.evidence.isolation.kept import SYSTEM, Brand
from careloom.integrations.commands.restores import prepare_restore
from careloom.integrations.commands.running import run_import
from careloom.integrations.types import ImportId, NewRestore


async def take_data_in_and_out(brand: Brand) -> None:
    """An import that has run and refused a row, an export, and an archive that is to come back."""
    program = {"program_id": str(brand.ids["program_id"])}
    made = await brand.made("import_id", "/api/imports", {**program, "name": f"{brand.canary}.jsonl"})
    lines = [
        {"type": "customer", "key": brand.canary, "name": brand.text("Imported")},
        {"type": "customer", "key": brand.text("refused"), "attributes": {"unknown": brand.canary}},
    ]
    content = "\n".join(json.dumps(one) for one in lines).encode()
    await brand.call("PUT", f"/api/imports/{made['id']}/file", content=content)
    for step in ("check", "run"):
        await brand.call("POST", f"/api/imports/{made['id']}/{step}")
        await run_import(brand.runtime, spared_by_holds, brand.ids["client_id"], ImportId(brand.ids["import_id"]))
    await brand.made("export_id", "/api/exports", {"client_id": str(brand.ids["client_id"])})
    async with brand.runtime.database.transaction(SYSTEM) as tx:
        waiting = await prepare_restore(tx, SYSTEM, NewRestore(brand.text("archive.tar")))
    brand.ids["restore_id"] = waiting.id
