"""Work whose job failed for the last time: it ends with a reason, and can be begun again."""

from __future__ import annotations

from typing import Any

from careloom.compliance.queries.retention import spared_by_holds
from careloom.evidence.isolation.stage import Stage
from careloom.integrations.commands.imports import RUN_IMPORT
from careloom.integrations.commands.restores import RUN_RESTORE
from careloom.integrations.jobs import tasks
from careloom.platform.errors import NotFoundError
from careloom.platform.runtime import Runtime
from tests.integrations.importing import Importer
from tests.integrations.test_archive import archive_of, empty
from tests.integrations.test_restores import Elsewhere, elsewhere

__all__ = ["elsewhere", "empty"]


async def _give_up(runtime: Runtime, name: str, error: Exception, **arguments: str) -> None:
    [task] = [one for one in tasks(runtime, spared_by_holds) if one.name == name]
    assert task.given_up is not None
    await task.given_up(error, **arguments)


async def test_an_import_ends_with_the_reason_and_goes_on_when_it_is_started_again(importer: Importer) -> None:
    content = b"name,email\nAna,ana@customer.example\nBea,bea@customer.example\n"
    one = await importer.work(await importer.prepare("customers.csv", content), "check")
    await importer.call("POST", f"/{one['id']}/run")
    arguments = {"client_id": str(importer.client.id), "import_id": one["id"]}
    await _give_up(importer.runtime, RUN_IMPORT, ConnectionRefusedError(), **arguments)
    failed = await importer.call("GET", f"/{one['id']}")
    assert (failed["state"], failed["error"]) == (
        "failed",
        "It could not go on (ConnectionRefusedError). Start it again later: nothing is made twice.",
    )
    done = await importer.work(await importer.work(failed, "check"), "run")
    assert (done["state"], done["counts"]["customers_made"]) == ("done", 2)
    await _give_up(importer.runtime, RUN_IMPORT, ConnectionRefusedError(), **arguments)
    assert (await importer.call("GET", f"/{one['id']}"))["state"] == "done"


async def test_a_restore_ends_with_the_reason_and_its_archive_can_be_handed_in_again(
    stage: Stage, elsewhere: Elsewhere
) -> None:
    content = await archive_of(stage.runtime.database, stage.runtime.store, stage.a.ids["client_id"])
    made = await elsewhere.call("POST", "restores", 201, json={"name": "brand.tar"})
    path = f"restores/{made['id']}"
    handed: dict[str, Any] = await elsewhere.call("PUT", f"{path}/archive", content=content)
    assert handed["state"] == "checking"
    await _give_up(elsewhere.runtime, RUN_RESTORE, NotFoundError("The file is gone."), restore_id=made["id"])
    failed = await elsewhere.call("GET", path)
    assert (failed["state"], failed["error"]) == ("failed", "The file is gone.")
    await elsewhere.call("PUT", f"{path}/archive", content=content)
    await elsewhere.work(path)
    assert (await elsewhere.call("GET", path))["state"] == "checked"
