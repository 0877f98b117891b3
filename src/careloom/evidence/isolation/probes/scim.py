"""Directories: one that holds a token of A's provider reaches nobody and no group of B's by SCIM."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

import httpx

from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.rows import fingerprints, ids_of, rows_of
from careloom.evidence.isolation.stage import Stage

Ask = tuple[str, str, Any]
"""A method, a path below `/scim/v2`, and a body."""
_PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


async def scim(stage: Stage) -> Outcome:
    """Every operation on users and groups with ids of B, beside ids that nobody has."""
    tally = Tally()
    before = rows_of(stage.superuser_url, stage.b)
    hidden = ids_of(stage.superuser_url, stage.b)
    for theirs, ask in asked(stage):
        tally.probe(await _refused(stage, theirs, ask))
    for email in (stage.b.people["agent"].email, f"provisioned@{stage.b.canary}.example"):
        for ask in _named(stage, email):
            tally.probe(await _taken(stage, email, ask))
    for path in _lists(stage):
        answer = await _send(stage, "a", ("GET", path, None))
        shown = stage.b.canary in answer.text.replace(path, "") or any(one in answer.text for one in hidden)
        tally.probe(f"GET {path} shows {answer.text[:200]}" if shown or not answer.is_success else None)
    after = fingerprints(rows_of(stage.superuser_url, stage.b))
    for table, digest in fingerprints(before).items():
        tally.probe(None if after[table] == digest else f"a directory of A changed {table} of B")
    for ask in (("GET", _place(stage, "b"), None), ("GET", _place(stage, "b", "Groups"), None)):
        answer = await _send(stage, "b", ask)
        tally.probe(None if answer.is_success else f"GET {ask[1]} reaches nothing of B for B either: {answer.text}")
    return tally.outcome(
        "scim",
        "Directories, by SCIM",
        "With the token of A's provider: GET, PUT, PATCH and DELETE of B's users, of people of B whom no directory "
        "brought, and of B's groups; B's users as members of A's groups; filters by B's names and ids. Each is "
        "answered like an id that nobody has, and nothing of B is shown or changed. Users of A made with, and changed "
        "to, an address that someone of B signs in with: that it is taken is told, as an address is one person's in "
        "the whole installation, in the same words whoever has it outside of A's provider, and nothing else.",
    )


def asked(stage: Stage) -> list[tuple[UUID, Ask]]:
    """What is asked, with the id of B in it."""
    found: list[tuple[UUID, Ask]] = []
    people = [stage.b.ids["scim_user_id"], *(one.id for one in stage.b.people.values())]
    user: dict[str, Any] = {"userName": "taken.over@example.org", "displayName": "Taken over", "active": False}
    renamed = {"schemas": [_PATCH], "Operations": [{"op": "replace", "value": {"displayName": "Taken over"}}]}
    for one in [*people, stage.a.people["client_viewer"].id]:
        found += [(one, ask) for ask in _on(f"/Users/{one}", user, renamed)]
    group = stage.b.ids["scim_group_id"]
    found += [(group, ask) for ask in _on(f"/Groups/{group}", {"displayName": "Taken over", "members": []}, renamed)]
    own = _place(stage, "a", "Groups")
    for one in people:
        with_them = {"displayName": "Joined", "members": [{"value": str(one)}]}
        joined = {"op": "add", "path": "members", "value": [{"value": str(one)}]}
        found.append((one, ("POST", "/Groups", with_them)))
        found.append((one, ("PUT", own, with_them)))
        found.append((one, ("PATCH", own, {"schemas": [_PATCH], "Operations": [joined]})))
    return found


def _on(path: str, whole: dict[str, Any], part: dict[str, Any]) -> list[Ask]:
    return [("GET", path, None), ("PUT", path, whole), ("PATCH", path, part), ("DELETE", path, None)]


def _named(stage: Stage, email: str) -> list[Ask]:
    """A user of A's who would sign in with this address: new, and one who is there."""
    user: dict[str, Any] = {"userName": email, "displayName": "Taken over"}
    user["emails"] = [{"value": email, "primary": True}]
    part = {"schemas": [_PATCH], "Operations": [{"op": "replace", "value": user}]}
    own = _place(stage, "a")
    return [("POST", "/Users", user), ("PUT", own, user), ("PATCH", own, part)]


def _lists(stage: Stage) -> list[str]:
    user, group = stage.b.ids["scim_user_id"], stage.b.ids["scim_group_id"]
    name = f"provisioned@{stage.b.canary}.example"
    filters = [f'Users?filter=userName eq "{name}"', f'Users?filter=id eq "{user}"', f'Groups?filter=id eq "{group}"']
    members = f'Groups?filter=displayName co "{stage.b.canary}"'
    return ["/Users", "/Groups", *(f"/{one}" for one in [*filters, members])]


async def _refused(stage: Stage, theirs: UUID, ask: Ask) -> str | None:
    nobody = uuid4()
    answer, twin = await _send(stage, "a", ask), await _send(stage, "a", instead(ask, theirs, nobody))
    mine = answer.status_code, answer.text.replace(str(theirs), "…")
    same = mine == (twin.status_code, twin.text.replace(str(nobody), "…"))
    if answer.is_client_error and same:
        return None
    return f"{ask[0]} {ask[1]}: {answer.status_code} {answer.text[:200]}, and {twin.status_code} for what nobody has"


async def _taken(stage: Stage, email: str, ask: Ask) -> str | None:
    """What is wrong with the answer to an address that is taken, beside one that someone of A's client has."""
    own = stage.a.people["client_viewer"].email
    answer, twin = await _send(stage, "a", ask), await _send(stage, "a", instead(ask, email, own))
    told = answer.text.replace(email, "…")
    same = (answer.status_code, told) == (twin.status_code, twin.text.replace(own, "…"))
    if answer.status_code == HTTPStatus.CONFLICT and same and stage.b.canary not in told:
        return None
    return f"{ask[0]} {ask[1]} with {email}: {answer.status_code} {told[:200]}, and {twin.status_code} for one of A's"


def instead(ask: Ask, theirs: object, nobody: object) -> Ask:
    """The same about someone else."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: changed(one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
        if isinstance(value, list):
            return [changed(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
        return str(nobody) if value == str(theirs) else value

    return ask[0], ask[1].replace(str(theirs), str(nobody)), changed(ask[2])


def _place(stage: Stage, which: str, kind: str = "Users") -> str:
    ids = (stage.a if which == "a" else stage.b).ids
    return f"/{kind}/{ids['scim_user_id' if kind == 'Users' else 'scim_group_id']}"


async def _send(stage: Stage, which: str, ask: Ask) -> httpx.Response:
    method, path, body = ask
    secret = (stage.a if which == "a" else stage.b).words["scim_secret"]
    more = {} if body is None else {"json": body}
    return await stage.api.request(method, f"/scim/v2{path}", headers={"Authorization": f"Bearer {secret}"}, **more)
