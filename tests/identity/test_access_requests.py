"""`may` answers what requests get: each permission over each scope, asked and tried."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import httpx
import pytest

from careloom.identity.commands.people import change_person, create_person
from careloom.identity.types import NewPerson, Person, PersonChanges, Role, RoleGrant, ScopeKind
from careloom.organizations.commands import change_client, create_team
from careloom.organizations.types import ClientChanges, NewTeam, Program
from careloom.platform.access import Permission
from careloom.platform.ids import new_id
from careloom.platform.runtime import Runtime
from tests.application import http_client
from tests.world import SYSTEM, World

SignIn = Callable[[httpx.AsyncClient, Person], Awaitable[None]]
Try = tuple[str, str, Any]

AT_A_CLIENT: Final[dict[Permission, Try]] = {
    Permission.ORGANIZATIONS_READ: ("GET", "clients/{client}", None),
    Permission.ORGANIZATIONS_WRITE: ("PATCH", "clients/{client}", {"color": "#336699"}),
    Permission.PEOPLE_READ: ("GET", "people/{viewer}", None),
    Permission.SECURITY_WRITE: ("GET", "clients/{client}/networks", None),
    Permission.AUDIT_READ: ("GET", "audit?client_id={client}", None),
    Permission.CUSTOMERS_READ: ("GET", "customers/{customer}", None),
    Permission.CUSTOMERS_WRITE: ("PATCH", "customers/{customer}", {"language": "de"}),
    Permission.CUSTOMERS_MERGE: ("POST", "customers/{customer}/merge", {"other_id": "{customer}", "reason": "same"}),
    Permission.CONVERSATIONS_READ: ("GET", "search?q=hello&client_id={client}", None),
    Permission.KNOWLEDGE_READ: ("GET", "macros?client_id={client}", None),
    Permission.KNOWLEDGE_WRITE: ("POST", "macros", {"client_id": "{client}", "name": "{new}", "body": "Hello"}),
    Permission.QUEUES_READ: ("GET", "queues?client_id={client}", None),
    Permission.PRESENCE_SET: ("PUT", "presence", {"state": "offline"}),
    Permission.PRIVACY_WRITE: ("PUT", "clients/{client}/privacy", {}),
    Permission.PRIVACY_REVEAL: ("POST", "customers/{customer}/attributes/reveal", {"attribute": "policy"}),
    Permission.CHANNELS_READ: ("GET", "mail-addresses?client_id={client}", None),
    Permission.CHANNELS_WRITE: ("GET", "mailboxes?client_id={client}", None),
    Permission.DATA_IMPORT: ("GET", "imports?client_id={client}", None),
    Permission.DATA_EXPORT: ("POST", "exports", {"client_id": "{client}"}),
    Permission.DATA_RESTORE: ("GET", "restores", None),
    Permission.COMPLIANCE_READ: ("GET", "holds?client_id={client}", None),
    Permission.COMPLIANCE_WRITE: ("POST", "holds", {"client_id": "{client}", "scope": "client", "reason": "A case"}),
}
"""A request that asks for each permission at a client, naming no program."""

IN_A_PROGRAM: Final[dict[Permission, Try]] = {
    Permission.ORGANIZATIONS_READ: ("GET", "programs/{program}", None),
    Permission.ORGANIZATIONS_WRITE: ("PATCH", "programs/{program}", {"undo_send_seconds": 10}),
    Permission.CONVERSATIONS_READ: ("GET", "conversations/{conversation}", None),
    Permission.CONVERSATIONS_REPLY: ("POST", "conversations/{conversation}/status", {"status": "pending"}),
    Permission.CONVERSATIONS_NOTE: ("POST", "conversations/{conversation}/notes", {"text": "Hello"}),
    Permission.CONVERSATIONS_ASSIGN: ("POST", "conversations/{conversation}/assign", {"person_id": "{helper}"}),
    Permission.CONVERSATIONS_WRITE: ("PATCH", "conversations/{conversation}", {"tags": ["one"]}),
    Permission.MESSAGES_INGEST: (
        "POST",
        "inbound",
        {
            "program_id": "{program}",
            "channel": "sms",
            "external_id": "{new}",
            "identity_kind": "phone",
            "identity": "+15550100",
            "text": "hello",
        },
    ),
    Permission.KNOWLEDGE_WRITE: (
        "POST",
        "macros",
        {"client_id": "{client}", "program_id": "{program}", "name": "{new}", "body": "Hello"},
    ),
    Permission.QUEUES_READ: ("GET", "queues/{queue}", None),
    Permission.QUEUES_WRITE: ("PATCH", "queues/{queue}", {"target_seconds": 50}),
    Permission.PRIVACY_REVEAL: ("POST", "conversations/{conversation}/messages/1/reveal", None),
    Permission.CHANNELS_WRITE: ("PATCH", "mail-addresses/{address}", {"display_name": "Care"}),
    Permission.DATA_IMPORT: ("POST", "imports", {"program_id": "{program}", "name": "customers.csv"}),
    **{
        one: AT_A_CLIENT[one]
        for one in (
            *(Permission.SECURITY_WRITE, Permission.AUDIT_READ, Permission.CUSTOMERS_READ, Permission.CUSTOMERS_WRITE),
            *(Permission.CUSTOMERS_MERGE, Permission.PEOPLE_READ, Permission.PRESENCE_SET, Permission.PRIVACY_WRITE),
            *(Permission.DATA_EXPORT, Permission.DATA_RESTORE),
            *(Permission.COMPLIANCE_READ, Permission.COMPLIANCE_WRITE),
        )
    },
}
"""A request that asks for each permission in a program, or over the client where nothing of the kind is a program's."""

OF_NO_CLIENT: Final = {
    Permission.PEOPLE_WRITE: "over whoever employs them",
    Permission.ROLES_WRITE: "over a provider",
    Permission.PRESENCE_SET_OTHERS: "over a provider",
    Permission.API_KEYS_WRITE: "for oneself",
    Permission.EVENTS_REPAIR: "a list of what is parked, held to whole clients row by row",
    Permission.LIVE_READ: "boards of everything that one sees",
    Permission.GLASS_BREAK: "by a proof, in a session",
}
"""Permissions that no request asks for at a client, and over what they are asked for."""


class Floor:
    """A client with two programs, each served by a provider of its own, and one thing of each kind in each program."""

    def __init__(self, world: World, admin: httpx.AsyncClient, desk: httpx.AsyncClient, sign_in: SignIn) -> None:
        self.world, self.admin, self.desk, self.sign_in = world, admin, desk, sign_in

    async def build(self) -> Floor:
        self.provider, other = await self.world.provider("First"), await self.world.provider("Other")
        self.client, self.elsewhere = await self.world.client("Brand"), await self.world.client("Elsewhere")
        self.program = await self.world.program(self.client, self.provider, name="Care")
        self.other = await self.world.program(self.client, other, name="Sales")
        await self.sign_in(self.admin, await self.world.person(Role.ADMIN, ScopeKind.EVERYTHING, None))
        field = {"key": "policy", "label": "Policy", "kind": "text", "sensitive": True}
        await self.make("PUT", f"clients/{self.client.id}/attribute-schema", items=[field])
        viewer = await self.world.person(Role.CLIENT_VIEWER, ScopeKind.CLIENT, self.client.id, client=self.client)
        customer = await self.make("POST", "customers", client_id=self.client.id, name="Cy", attributes={"policy": "7"})
        helper = await self.world.person(Role.TEAM_LEAD, ScopeKind.CLIENT, self.client.id, client=self.client)
        ids = {"client": self.client.id, "viewer": viewer.id, "customer": customer["id"], "helper": helper.id}
        self.places = {one.id: {**ids, **await self._things(one)} for one in (self.program, self.other)}
        return self

    async def _things(self, program: Program) -> dict[str, Any]:
        inbound = ("POST", "inbound", {**IN_A_PROGRAM[Permission.MESSAGES_INGEST][2], "program_id": program.id})
        message = await self.make(*inbound[:2], **{**inbound[2], "external_id": new_id().hex})
        queue = {
            "client_id": self.client.id,
            "provider_id": program.provider_ids[0],
            "name": "Q",
            "channels": ["email"],
        }
        address = {"address": f"{program.name}@brand.example".lower(), "display_name": "Care"}
        return {
            "program": program.id,
            "conversation": message["conversation_id"],
            "queue": (await self.make("POST", "queues", program_id=program.id, **queue))["id"],
            "address": (await self.make("POST", "mail-addresses", program_id=program.id, **address))["id"],
        }

    async def make(self, method: str, path: str, **body: Any) -> Any:
        shown = {key: str(one) if hasattr(one, "hex") else one for key, one in body.items()}
        answer = await self.admin.request(method, f"/api/{path}", json=shown)
        assert answer.is_success, answer.text
        return answer.json()

    async def hire(self, role: Role, scope: ScopeKind) -> Person:
        of = {
            ScopeKind.CLIENT: self.client.id,
            ScopeKind.PROVIDER: self.provider.id,
            ScopeKind.PROGRAM: self.program.id,
        }
        return await self.world.person(role, scope, of.get(scope), provider=self.provider)

    async def told(self, person: Person, permission: Permission, **where: object) -> Any:
        params = {"permission": permission.value, **{key: str(one) for key, one in where.items()}}
        answer = await self.admin.get(f"/api/people/{person.id}/may", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def allowed(self, one: Try, program: Program) -> bool:
        """Whether whoever is at the desk is not refused."""
        method, path, body = one
        fill = {**self.places[program.id], "new": new_id().hex}
        sent = None if body is None else {key: _filled(value, fill) for key, value in body.items()}
        answer = await self.desk.request(method, f"/api/{path.format(**fill)}", json=sent)
        assert answer.is_success or answer.status_code in (403, 404, 409), (one, answer.text)
        return answer.status_code not in (403, 404)

    async def differences(self, person: Person) -> list[str]:
        """Where `may` and a request answer `person` differently."""
        await self.sign_in(self.desk, person)
        client_id, found = self.client.id, list[str]()
        for permission, one in AT_A_CLIENT.items():
            told = (await self.told(person, permission, client_id=client_id))["allowed"]
            if told is not await self.allowed(one, self.program):
                found.append(f"{permission} at the client: {told}")
        for program in (self.program, self.other):
            for permission, one in IN_A_PROGRAM.items():
                told = (await self.told(person, permission, client_id=client_id, program_id=program.id))["allowed"]
                if told is not await self.allowed(one, program):
                    found.append(f"{permission} in {program.name}: {told}")
        return found

    async def listed(self, permission: Permission) -> set[str]:
        params = {"permission": permission.value, "client_id": str(self.client.id)}
        return {one["id"] for one in (await self.admin.get("/api/access", params=params)).json()["items"]}


def _filled(value: Any, fill: dict[str, Any]) -> Any:
    return value.format(**fill) if isinstance(value, str) else value


@pytest.fixture
async def floor(world: World, runtime: Runtime, api: httpx.AsyncClient, sign_in: SignIn) -> AsyncIterator[Floor]:
    async with http_client(runtime) as desk:
        yield await Floor(world, api, desk, sign_in).build()


def test_every_permission_is_tried_or_known_to_be_of_no_client() -> None:
    assert AT_A_CLIENT.keys() | IN_A_PROGRAM.keys() | OF_NO_CLIENT.keys() == set(Permission)
    assert not (AT_A_CLIENT.keys() | IN_A_PROGRAM.keys()) & OF_NO_CLIENT.keys()


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        *((Role.ADMIN, scope) for scope in ScopeKind),
        (Role.AGENT, ScopeKind.CLIENT),
        (Role.TEAM_LEAD, ScopeKind.PROGRAM),
        (Role.COMPLIANCE_OFFICER, ScopeKind.PROVIDER),
        (Role.COMPLIANCE_OFFICER, ScopeKind.CLIENT),
    ],
    ids=lambda one: one.value,
)
async def test_what_one_is_told_is_what_requests_get(floor: Floor, role: Role, scope: ScopeKind) -> None:
    assert await floor.differences(await floor.hire(role, scope)) == []


async def test_who_works_elsewhere_is_told_so(floor: Floor) -> None:
    grant = RoleGrant(Role.TEAM_LEAD, ScopeKind.CLIENT, floor.elsewhere.id)
    new = NewPerson(name="Eve", email="eve@example.org", provider_id=floor.provider.id, grants=(grant,))
    async with floor.world.database.transaction(SYSTEM) as tx:
        person = await create_person(tx, SYSTEM, new)
    assert await floor.differences(person) == []
    told = await floor.told(person, Permission.CUSTOMERS_READ, client_id=floor.client.id)
    assert (told["allowed"], told["why_not"]) == (False, "elsewhere")


@pytest.mark.parametrize(("countries", "why_not"), [(("DE",), "country"), (("DE", "PT"), None)])
async def test_where_someone_sits_counts(floor: Floor, countries: tuple[str, ...], why_not: str | None) -> None:
    person = await floor.hire(Role.TEAM_LEAD, ScopeKind.PROGRAM)
    site = await floor.world.site(floor.provider)
    async with floor.world.database.transaction(SYSTEM) as tx:
        team = await create_team(tx, SYSTEM, NewTeam(floor.provider.id, site.id, "One"))
        await change_person(tx, SYSTEM, person.id, PersonChanges(team_id=team.id))
        await change_client(tx, SYSTEM, floor.client.id, ClientChanges(countries=countries))
    assert await floor.differences(person) == []
    told = await floor.told(person, Permission.CONVERSATIONS_READ, program_id=floor.program.id)
    assert (told["allowed"], told["why_not"]) == (why_not is None, why_not)
    assert (str(person.id) in await floor.listed(Permission.CONVERSATIONS_READ)) is (why_not is None)


async def test_what_holds_a_yes_and_what_stands_against_it_is_named(floor: Floor) -> None:
    lead = await floor.hire(Role.TEAM_LEAD, ScopeKind.PROGRAM)
    officer = await floor.hire(Role.COMPLIANCE_OFFICER, ScopeKind.PROVIDER)
    admin = await floor.hire(Role.ADMIN, ScopeKind.CLIENT)
    at = {"client_id": floor.client.id}
    assert (await floor.told(lead, Permission.CUSTOMERS_WRITE, **at))["conditions"] == []
    assert (await floor.told(lead, Permission.CONVERSATIONS_READ, **at))["conditions"] == ["programs"]
    assert (await floor.told(lead, Permission.CONVERSATIONS_ASSIGN, **at))["why_not"] == "some_programs"
    in_it = await floor.told(officer, Permission.AUDIT_READ, program_id=floor.program.id)
    assert in_it["why_not"] == "some_programs"
    assert (await floor.told(admin, Permission.DATA_RESTORE, **at))["why_not"] == "not_everything"
    await floor.make("PUT", f"clients/{floor.client.id}/networks", networks=["127.0.0.0/8"])
    assert (await floor.told(lead, Permission.CUSTOMERS_WRITE, **at))["conditions"] == ["networks"]
    assert (await floor.told(lead, Permission.CONVERSATIONS_READ, **at))["conditions"] == ["programs", "networks"]
    assert (await floor.told(lead, Permission.CUSTOMERS_WRITE))["conditions"] == []


async def test_the_list_names_who_holds_it_at_the_client_or_in_a_program_of_it(floor: Floor) -> None:
    lead = str((await floor.hire(Role.TEAM_LEAD, ScopeKind.PROGRAM)).id)
    officers = [await floor.hire(Role.COMPLIANCE_OFFICER, one) for one in (ScopeKind.PROVIDER, ScopeKind.CLIENT)]
    of_provider, of_client = (str(one.id) for one in officers)
    assert lead in await floor.listed(Permission.CONVERSATIONS_ASSIGN)
    assert {of_provider, of_client} & await floor.listed(Permission.AUDIT_READ) == {of_client}
    assert {of_provider, of_client} <= await floor.listed(Permission.CUSTOMERS_READ)
