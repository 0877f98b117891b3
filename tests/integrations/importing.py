"""Short-hands for imports in tests: a file goes in over the API, the background job runs here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from careloom.compliance.queries.retention import spared_by_holds
from careloom.integrations.commands.running import run_import
from careloom.integrations.types import ImportId
from careloom.organizations.types import Client, Program
from careloom.platform.runtime import Runtime

Json = dict[str, Any]


class Importer:
    """Imports files into one program through the API."""

    def __init__(self, api: httpx.AsyncClient, runtime: Runtime, client: Client, program: Program) -> None:
        self.api, self.runtime, self.client, self.program = api, runtime, client, program

    async def call(self, method: str, path: str, **more: Any) -> Any:
        answer = await self.api.request(method, f"/api/imports{path}", **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def prepare(self, name: str, content: bytes, **options: Any) -> Json:
        one = await self.call("POST", "", json={"program_id": str(self.program.id), "name": name})
        one = await self.call("PUT", f"/{one['id']}/file", content=content)
        if options:
            one = await self.call("PATCH", f"/{one['id']}", json={"options": {**one["options"], **options}})
        return one

    async def work(self, one: Json, what: str) -> Json:
        await self.call("POST", f"/{one['id']}/{what}")
        await self.run_job(one)
        return await self.call("GET", f"/{one['id']}")

    async def run_job(self, one: Json) -> None:
        await run_import(self.runtime, spared_by_holds, self.client.id, ImportId(UUID(one["id"])))

    async def whole(self, name: str, content: bytes, **options: Any) -> Json:
        """Prepares, checks and runs."""
        one = await self.prepare(name, content, **options)
        checked = await self.work(one, "check")
        assert checked["state"] == "checked", checked
        return await self.work(checked, "run")

    async def refusals(self, one: Json) -> list[Json]:
        return (await self.call("GET", f"/{one['id']}/refusals"))["items"]
