"""An Actor's reach as a filter of a query."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, true

from careloom.platform.access import Actor, Permission, Reach


def within(
    actor: Actor,
    permission: Permission,
    client_id: ColumnElement[object],
    program_id: ColumnElement[object] | None = None,
) -> ColumnElement[bool]:
    """True for rows over which `actor` holds `permission`: by client, and by program where a grant is so limited.
    Rows without a `program_id` belong to the whole client, and show to those alone who hold it over all of that.

    Row-level security hides other clients anyway; this gives the planner a client to start an index scan from.
    """
    return reached(actor.reaches_for(permission), client_id, program_id)


def within_somewhere(actor: Actor, permission: Permission, client_id: ColumnElement[object]) -> ColumnElement[bool]:
    """True for rows of clients in which `actor` holds `permission` over at least one program: `may_somewhere`."""
    return _any_of(actor.reaches_for(permission), client_id, None)


def within_shared(
    actor: Actor, permission: Permission, client_id: ColumnElement[object], program_id: ColumnElement[object]
) -> ColumnElement[bool]:
    """`within`, and beside it the rows without a program, which whoever works for the client uses."""
    return _any_of(actor.reaches_for(permission), client_id, program_id, shared=True)


def managed(actor: Actor, permission: Permission, client_id: ColumnElement[object]) -> ColumnElement[bool]:
    """`within`, and beside it the rows of no client: of those row-level security shows one's own provider's, and the
    installation's to nobody else.
    """
    return or_(client_id.is_(None), within(actor, permission, client_id))


def reached(
    reaches: Sequence[Reach],
    client_id: ColumnElement[object],
    program_id: ColumnElement[object] | None = None,
) -> ColumnElement[bool]:
    """True for rows that one of `reaches` covers; without a program, for those of clients that it covers whole."""
    whole = [reach for reach in reaches if reach.program_ids is None]
    return _any_of(whole if program_id is None else reaches, client_id, program_id)


def _any_of(
    reaches: Sequence[Reach],
    client_id: ColumnElement[object],
    program_id: ColumnElement[object] | None,
    *,
    shared: bool = False,
) -> ColumnElement[bool]:
    clauses: list[ColumnElement[bool]] = []
    for reach in reaches:
        parts: list[ColumnElement[bool]] = []
        if reach.client_ids is not None:
            parts.append(client_id.in_(sorted(reach.client_ids)))
        if reach.program_ids is not None and program_id is not None:
            own = program_id.in_(sorted(reach.program_ids))
            parts.append(or_(own, program_id.is_(None)) if shared else own)
        clauses.append(and_(*parts) if parts else true())
    return or_(*clauses) if clauses else false()
