"""One client's world, as tests of compliance act in it and look into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import psycopg

from careloom.compliance.types.retention import DataClass
from careloom.evidence.isolation.kept import Brand
from careloom.evidence.isolation.stage import settle
from careloom.organizations.types import ClientId
from careloom.platform.runtime import Runtime


@dataclass(repr=False)
class House:
    """One client's world. `officer` guards the rules, `owner` may do everything there."""

    brand: Brand
    runtime: Runtime
    url: str

    @property
    def client_id(self) -> ClientId:
        return ClientId(self.brand.ids["client_id"])

    async def officer(self, method: str, path: str, **more: Any) -> Any:
        """Calls the API as the compliance officer; anything but 2xx fails."""
        return await self.brand.call(method, path, who="compliance_officer", **more)

    async def answer(self, method: str, path: str, who: str = "compliance_officer", **more: Any) -> httpx.Response:
        """Calls the API and answers whatever comes."""
        headers = {"Authorization": f"Bearer {self.brand.secrets[who]}", **more.pop("headers", {})}
        return await self.brand.api.request(method, path, headers=headers, **more)

    async def settle(self) -> None:
        """Lets consumers and jobs that are due do their work."""
        await settle(self.runtime)

    async def resolve(self, *conversation_ids: UUID) -> None:
        """Wraps conversations up as their agent."""
        for one in conversation_ids:
            await self.brand.call("POST", f"/api/conversations/{one}/take", who="owner")
            await self.brand.call("POST", f"/api/conversations/{one}/wrap-up", who="owner", json=self.outcome)

    @property
    def outcome(self) -> dict[str, str]:
        return {"disposition_id": str(self.brand.ids["disposition_id"])}

    async def rule(self, data_class: DataClass, days: int | None) -> Any:
        """Sets how long a class is kept."""
        path = f"/api/clients/{self.client_id}/retention/{data_class}"
        return await self.officer("PUT", path, json={"days": days, "reason": "the contract"})

    async def purge(self, data_class: DataClass) -> Any:
        """Purges by hand; answers the record."""
        await self.officer("POST", f"/api/clients/{self.client_id}/retention/{data_class}/purge")
        await self.settle()
        return (await self.officer("GET", "/api/purges"))["items"][0]

    def rows(self, query: str, *values: object) -> list[Any]:
        """Reads past row-level security."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query, values).fetchall()  # pyright: ignore[reportArgumentType]

    def run(self, statement: str, *values: object) -> None:
        """Writes past row-level security."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement, values)  # pyright: ignore[reportArgumentType]

    def age(self, days: int) -> None:
        """Makes all that has ended, was stored or was seen so many days older."""
        for table, column in (
            ("conversation", "resolved_at"),
            ("file", "made_at"),
            ("incoming_mail", "received_at"),
            ("visitor", "seen_at"),
            ("customer", "created_at"),
            ("timeline_entry", "at"),
            ("event_log", "at"),
        ):
            self.run(f"UPDATE {table} SET {column} = {column} - make_interval(days => %s)", days)
        self.run("UPDATE visitor SET present = false")
