"""Explains access: who may do what, where, by which grant; and what someone sees."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from careloom.identity.core.extent import EVERYTHING, LISTED, Extent, counts, extent
from careloom.identity.core.reach import shared
from careloom.identity.core.roles import permissions_of
from careloom.identity.ports import Peek, Peeked
from careloom.identity.queries.actors import Way, actor_of, ways_of
from careloom.identity.queries.networks import is_guarded
from careloom.identity.queries.people import get_person, grants_of, list_people, shown_to
from careloom.identity.queries.roles import own_roles
from careloom.identity.types import ClientBadge, Person, PersonId, RoleGrant
from careloom.identity.types.access import Condition, ExplainedGrant, Glimpse, PersonAccess, Verdict, View, WhyNot
from careloom.identity.types.roles import RoleSheet
from careloom.organizations.queries import badges, get_client, get_program, names_of_scopes
from careloom.organizations.types import Client, ClientId, ProgramId
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.database.transactions import Database, Tx, widened
from careloom.platform.errors import ForbiddenError, InvalidInputError
from careloom.platform.paging import Page
from careloom.platform.reads import Question, Read

_SYSTEM = system_actor("access")
_SHOWN = 5


async def list_access(
    tx: Tx,
    actor: Actor,
    *,
    client_id: ClientId | None = None,
    permission: Permission | None = None,
    search: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[PersonAccess]:
    """People with their grants, by name; those alone that give `permission` at `client_id` or in a program of it, from
    where the person sits.

    A page can hold fewer than `limit` although it has a `next`. Raises NotFoundError for a client one does not see.
    """
    if client_id is not None:
        await get_client(tx, actor, client_id)
    page = await list_people(tx, actor, search=search, holding=permission, limit=limit, after=after)
    async with widened(tx):
        every = await ways_of(tx, page.items)
    kept: list[Person] = []
    for one, ways in zip(page.items, every, strict=True):
        grants = tuple(way.grant for way in ways if counts(way.here, permission, client_id))
        if grants or (client_id is None and permission is None):
            kept.append(replace(one, grants=grants))
    known = await _known(tx, [grant for one in kept for grant in one.grants])
    return Page(tuple(_access(one, known) for one in kept), page.next)


async def get_access(tx: Tx, actor: Actor, person_id: PersonId) -> PersonAccess:
    """Someone with every grant that one sees; raises NotFoundError."""
    someone = await get_person(tx, actor, person_id)
    return _access(someone, await _known(tx, someone.grants))


async def may(
    tx: Tx,
    actor: Actor,
    person_id: PersonId,
    permission: Permission,
    client_id: ClientId | None,
    program_id: ProgramId | None,
) -> Verdict:
    """Whether someone may do something at a client or in a program, computed as every request computes it: by what
    the permission is asked over, and from where the person sits. Which networks they come from is no part of it.

    Raises NotFoundError for a person, client or program that one does not see.
    """
    someone = await get_person(tx, actor, person_id)
    if program_id is not None:
        of_program = (await get_program(tx, actor, program_id)).client_id
        if client_id not in (None, of_program):
            raise InvalidInputError("The program is another client's.")
        client_id = of_program
    elif client_id is not None:
        await get_client(tx, actor, client_id)
    async with widened(tx):
        (ways,) = await ways_of(tx, [replace(someone, grants=await grants_of(tx, person_id))])
        guarded = client_id is not None and await is_guarded(tx, client_id)
    found = [(way.grant, extent(way.here, permission, client_id, program_id)) for way in ways]
    most = max((much for _, much in found), default=Extent.NONE)
    limited = most is Extent.SOME_PROGRAMS
    if not someone.active or most is Extent.NONE or (limited and permission not in LISTED):
        why_not = _why_not(ways, permission, client_id, program_id) if someone.active else WhyNot.INACTIVE
        return Verdict(allowed=False, because=(), why_not=why_not)
    giving = tuple(grant for grant, much in found if much is most)
    shown = (await shown_to(tx, actor, [replace(someone, grants=giving)]))[0].grants
    known = await _known(tx, shown)
    conditions = ((Condition.PROGRAMS, limited), (Condition.NETWORKS, guarded))
    return Verdict(
        allowed=True,
        because=tuple(_explained(one, known) for one in shown),
        why_not=None,
        conditions=tuple(one for one, holds in conditions if holds),
    )


def _why_not(
    ways: Sequence[Way], permission: Permission, client_id: ClientId | None, program_id: ProgramId | None
) -> WhyNot:
    if not any(permission in way.granted.permissions for way in ways):
        return WhyNot.NO_ROLE
    if permission in EVERYTHING:
        return WhyNot.NOT_EVERYTHING
    if any(extent(way.here, permission, client_id, program_id) is Extent.SOME_PROGRAMS for way in ways):
        return WhyNot.SOME_PROGRAMS
    abroad = any(extent(way.granted, permission, client_id, program_id) is not Extent.NONE for way in ways)
    return WhyNot.COUNTRY if abroad else WhyNot.ELSEWHERE


async def view_of(
    database: Database, actor: Actor, person_id: PersonId, peeks: Mapping[str, Peek]
) -> tuple[View, list[Read]]:
    """What someone sees, by the row-level security of their own scope, held to the reader's; and what is to be noted of
    showing it.

    Nothing can be written in it, and nothing shows that the reader could not open as well. Raises NotFoundError.
    """
    async with database.transaction(actor) as tx:
        someone = await get_person(tx, actor, person_id)
    async with database.transaction(_SYSTEM) as tx:
        theirs = await actor_of(tx, person_id)
    held = () if theirs is None else shared(theirs.reaches, actor.reaches)
    seen = Actor(someone.name, held, person_id=someone.id)

    async def look(tx: Tx) -> tuple[list[Client], list[tuple[Glimpse, Sequence[Peeked]]]]:
        return await badges(tx, seen.client_ids), [await _glimpse(tx, seen, *one) for one in peeks.items()]

    clients, lists = await database.read(seen, look)
    view = View(
        person_id=someone.id,
        name=someone.name,
        clients=tuple(ClientBadge(one.id, one.name, one.color) for one in clients),
        permissions=tuple(sorted(seen.permissions)),
        lists=tuple(one for one, _ in lists),
    )
    return view, _reads(person_id, [one for _, shown in lists for one in shown])


async def _glimpse(tx: Tx, seen: Actor, name: str, peek: Peek) -> tuple[Glimpse, Sequence[Peeked]]:
    try:
        items = await peek(tx, seen, _SHOWN + 1)
    except ForbiddenError:
        return Glimpse(name, None), ()
    shown = items[:_SHOWN]
    return Glimpse(name, tuple(one.words for one in shown), more=len(items) > _SHOWN), shown


def _reads(person_id: PersonId, shown: Sequence[Peeked]) -> list[Read]:
    asked = Question(limit=_SHOWN, filters=(str(person_id),))
    actions = dict.fromkeys(one.noted for one in shown if one.noted is not None)
    return [
        read
        for action in actions
        for read in asked.shown(action, [one.client_id for one in shown if one.noted == action])
    ]


class _Known(Struct, frozen=True):
    """What grants name: clients, programs and providers by id, own roles."""

    scopes: Mapping[UUID, str]
    roles: Mapping[str, RoleSheet]


async def _known(tx: Tx, grants: Sequence[RoleGrant]) -> _Known:
    wanted = {one.scope_id for one in grants if one.scope_id is not None}
    scopes = await names_of_scopes(tx, wanted) if wanted else {}
    return _Known(scopes, await own_roles(tx, {one.role for one in grants}))


def _access(one: Person, known: _Known) -> PersonAccess:
    return PersonAccess(
        id=one.id,
        name=one.name,
        provider_id=one.provider_id,
        client_id=one.client_id,
        active=one.active,
        grants=tuple(_explained(grant, known) for grant in one.grants),
    )


def _explained(grant: RoleGrant, known: _Known) -> ExplainedGrant:
    own = known.roles.get(grant.role)
    held = permissions_of(grant.role, {} if own is None else {grant.role: frozenset(own.permissions)})
    return ExplainedGrant(
        role=grant.role,
        role_name=None if own is None else own.name,
        scope=grant.scope,
        scope_id=grant.scope_id,
        scope_name=None if grant.scope_id is None else known.scopes.get(grant.scope_id),
        permissions=tuple(sorted(held)),
    )
