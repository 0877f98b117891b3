"""Over whom one may decide, and what one may hand on."""

from collections.abc import Callable, Sequence
from uuid import UUID

from careloom.identity.core.reach import holds_all
from careloom.identity.core.roles import PERMISSIONS
from careloom.identity.errors import GrantTooWideError
from careloom.identity.queries.actors import organization_of
from careloom.identity.queries.people import grants_of
from careloom.identity.queries.roles import own_roles
from careloom.identity.types import RoleGrant, ScopeKind
from careloom.identity.types.surety import Owned
from careloom.organizations.queries import get_client, get_program, get_provider
from careloom.organizations.types import ClientId, ProgramId, ProviderId
from careloom.platform.access import Actor, Permission, system_actor
from careloom.platform.database.transactions import Tx, widened
from careloom.platform.errors import FieldError, InvalidInputError, NotFoundError

_SYSTEM = system_actor("grants")


async def require_owner(tx: Tx, actor: Actor, new: Owned) -> None:
    """For what is set over an owner's people: it names one owner or none, the actor sees it and may secure it.

    Raises InvalidInputError, NotFoundError, ForbiddenError.
    """
    if new.provider_id is not None and new.client_id is not None:
        message = "Name a provider or a client, not both."
        raise InvalidInputError(errors=(FieldError("/client_id", message),))
    if new.client_id is not None:
        await get_client(tx, actor, new.client_id)
    elif new.provider_id is not None:
        await get_provider(tx, actor, new.provider_id)
    require_over(actor, new.provider_id, new.client_id, Permission.SECURITY_WRITE)


def require_over(
    actor: Actor,
    provider_id: ProviderId | None,
    client_id: UUID | None,
    permission: Permission = Permission.PEOPLE_WRITE,
) -> None:
    """Raises ForbiddenError unless the actor holds `permission` over this owner; over none: over the installation."""
    if provider_id is None and client_id is None:
        actor.require_everything(permission)
    else:
        actor.require(permission, provider_id=provider_id, client_id=client_id)


async def require_no_more(tx: Tx, actor: Actor, grants: tuple[RoleGrant, ...]) -> None:
    """Raises GrantTooWideError for what the actor does not hold, or for scopes that do not exist."""
    await require_held(tx, actor, grants)
    async with widened(tx):
        gone = [grant for grant in grants if not await _exists(tx, grant)]
    if gone:
        raise GrantTooWideError("The scope {id} does not exist.", id=str(gone[0].scope_id))


async def require_held(tx: Tx, actor: Actor, grants: tuple[RoleGrant, ...]) -> None:
    """Raises GrantTooWideError for what the actor does not hold; scopes are known to exist."""
    # What a scope reaches is looked up over everything: the part of a provider that the actor does not see counts.
    async with widened(tx):
        own = None if actor.person_id is None else await grants_of(tx, actor.person_id)
        organization = await organization_of(tx, (*grants, *(own or ())))
    if not holds_all(own, actor.reaches, grants, organization):
        raise GrantTooWideError


async def require_roles(
    tx: Tx, provider_id: ProviderId | None, roles: Sequence[str], place: Callable[[int], str]
) -> None:
    """Raises InvalidInputError at `place` for what is no role, or is an own role of another provider than
    `provider_id`, whose people are meant. Own ones stay as they are until the transaction ends.
    """
    async with widened(tx):
        own = await own_roles(tx, roles, locked=True)
    wrong = [
        FieldError(place(at), "There is no such role here; choose one of GET /api/roles.")
        for at, role in enumerate(roles)
        if role not in PERMISSIONS and (role not in own or own[role].provider_id != provider_id)
    ]
    if wrong:
        raise InvalidInputError(errors=tuple(wrong))


async def _exists(tx: Tx, grant: RoleGrant) -> bool:
    try:
        if grant.scope is ScopeKind.CLIENT:
            await get_client(tx, _SYSTEM, ClientId(_scope(grant)))
        elif grant.scope is ScopeKind.PROVIDER:
            await get_provider(tx, _SYSTEM, ProviderId(_scope(grant)))
        elif grant.scope is ScopeKind.PROGRAM:
            await get_program(tx, _SYSTEM, ProgramId(_scope(grant)))
    except NotFoundError:
        return False
    return True


def _scope(grant: RoleGrant) -> UUID:
    if grant.scope_id is None:
        raise InvalidInputError("A grant over a provider, client or program names its scope_id.")
    return grant.scope_id
