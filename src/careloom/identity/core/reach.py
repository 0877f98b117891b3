"""Turns a person's grants into the reaches of an Actor."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from careloom.identity.core.roles import permissions_of
from careloom.identity.types import RoleGrant, ScopeKind
from careloom.platform.access import Permission, Reach


class Organization(Struct, frozen=True):
    """What grants refer to: the programs that each provider serves, the client of each program, what each own role of
    theirs holds by its id.
    """

    programs_of_provider: Mapping[UUID, frozenset[UUID]]
    client_of_program: Mapping[UUID, UUID]
    own_roles: Mapping[str, frozenset[Permission]]


def reaches(grants: Sequence[RoleGrant], employer_id: UUID | None, organization: Organization) -> tuple[Reach, ...]:
    """One reach a grant. Whoever works for a provider (`employer_id`) also sees that provider's own people and sites,
    with the permissions of the grant, whatever the grant's scope.
    """
    return tuple(_reach(grant, employer_id, organization) for grant in grants)


def _reach(grant: RoleGrant, employer_id: UUID | None, organization: Organization) -> Reach:
    permissions = permissions_of(grant.role, organization.own_roles)
    own: frozenset[UUID] = frozenset() if employer_id is None else frozenset({employer_id})
    if grant.scope is ScopeKind.EVERYTHING or grant.scope_id is None:
        return Reach(permissions, None, None)
    if grant.scope is ScopeKind.CLIENT:
        return Reach(permissions, frozenset({grant.scope_id}), own)
    if grant.scope is ScopeKind.PROGRAM:
        clients = frozenset(_clients_of({grant.scope_id}, organization))
        return Reach(permissions, clients, own, frozenset({grant.scope_id}))
    programs = organization.programs_of_provider.get(grant.scope_id, frozenset())
    return Reach(permissions, frozenset(_clients_of(programs, organization)), own | {grant.scope_id}, programs)


def shared(some: Sequence[Reach], others: Sequence[Reach]) -> tuple[Reach, ...]:
    """What both may: each of `some` held to each of `others`."""
    pairs = [
        Reach(
            one.permissions & other.permissions,
            _both(one.client_ids, other.client_ids),
            _both(one.provider_ids, other.provider_ids),
            _both(one.program_ids, other.program_ids),
        )
        for one in some
        for other in others
    ]
    return tuple(dict.fromkeys(pair for pair in pairs if pair.permissions))


def kept_out(given: Sequence[Reach], closed: Sequence[UUID] | None) -> tuple[Reach, ...]:
    """`given` without the clients that may not be worked for from where the person sits.

    A grant over everything stays: who runs the installation is not held to countries.
    """
    if not closed:
        return tuple(given)
    return tuple(
        reach if reach.client_ids is None else replace(reach, client_ids=reach.client_ids - frozenset(closed))
        for reach in given
    )


def narrowed(
    given: Sequence[Reach],
    permissions: frozenset[Permission],
    client_ids: frozenset[UUID] | None,
    provider_ids: frozenset[UUID] | None,
) -> tuple[Reach, ...]:
    """`given`, held to `permissions`, to `client_ids` and to `provider_ids` (None: as they are). For API keys."""
    return tuple(
        Reach(
            reach.permissions & permissions,
            _both(reach.client_ids, client_ids),
            _both(reach.provider_ids, provider_ids),
            reach.program_ids,
        )
        for reach in given
    )


def reaches_beyond(held: Reach, bounds: Reach) -> bool:
    """Whether `held` touches a client or provider that `bounds` does not; programs and permissions do not count."""
    return _outside(held.client_ids, bounds.client_ids) or _outside(held.provider_ids, bounds.provider_ids)


def manages(held: Sequence[Reach], provider_id: UUID | None, client_id: UUID | None, permission: Permission) -> bool:
    """Whether `permission` is held over an owner's people; over those of none: over the installation."""
    if provider_id is None and client_id is None:
        return any(permission in reach.permissions and reach.client_ids is None for reach in held)
    return any(permission in reach.permissions and reach.covers(client_id, provider_id, None) for reach in held)


def includes(held: Reach, wanted: Reach) -> bool:
    """Whether `held` has all of `wanted`: permissions, clients, providers and programs."""
    return (
        wanted.permissions <= held.permissions
        and not _outside(wanted.client_ids, held.client_ids)
        and not _outside(wanted.provider_ids, held.provider_ids)
        and not _outside(wanted.program_ids, held.program_ids)
    )


def holds_all(
    own: Sequence[RoleGrant] | None, held: Sequence[Reach], wanted: Sequence[RoleGrant], organization: Organization
) -> bool:
    """Whether all that `wanted` gives is held, now and, by `own` grants, when a provider takes on more programs; the
    program itself has none (None) and is asked for now alone.
    """
    return all(
        any(includes(one, reach) for one in held)
        and (own is None or grant.scope is not ScopeKind.PROVIDER or _grows_with(own, grant, organization))
        for grant, reach in zip(wanted, reaches(wanted, None, organization), strict=True)
    )


def _grows_with(own: Sequence[RoleGrant], wanted: RoleGrant, organization: Organization) -> bool:
    """Whether one of `own` will reach what `wanted` over a provider will reach once the provider serves more."""
    asked = permissions_of(wanted.role, organization.own_roles)
    return any(
        asked <= permissions_of(one.role, organization.own_roles)
        for one in own
        if one.scope is ScopeKind.EVERYTHING or (one.scope, one.scope_id) == (wanted.scope, wanted.scope_id)
    )


def _outside(held: frozenset[UUID] | None, bounds: frozenset[UUID] | None) -> bool:
    return bounds is not None and (held is None or not held <= bounds)


def _both(given: frozenset[UUID] | None, held_to: frozenset[UUID] | None) -> frozenset[UUID] | None:
    if given is None or held_to is None:
        return held_to if given is None else given
    return given & held_to


def _clients_of(programs: frozenset[UUID] | set[UUID], organization: Organization) -> set[UUID]:
    return {organization.client_of_program[one] for one in programs if one in organization.client_of_program}
