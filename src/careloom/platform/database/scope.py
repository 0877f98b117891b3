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

    Row-level security hides other clients anyway; this gives the planner a client to start an index scan from.
    """
    return reached(actor.reaches_for(permission), client_id, program_id)


def reached(
    reaches: Sequence[Reach],
    client_id: ColumnElement[object],
    program_id: ColumnElement[object] | None = None,
) -> ColumnElement[bool]:
    """True for rows that one of `reaches` covers."""
    clauses: list[ColumnElement[bool]] = []
    for reach in reaches:
        parts: list[ColumnElement[bool]] = []
        if reach.client_ids is not None:
            parts.append(client_id.in_(sorted(reach.client_ids)))
        if reach.program_ids is not None and program_id is not None:
            parts.append(program_id.in_(sorted(reach.program_ids)))
        clauses.append(and_(*parts) if parts else true())
    return or_(*clauses) if clauses else false()
