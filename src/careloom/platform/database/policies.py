"""Row-level security: the policy of each kind of ownership, as SQL for migrations."""

from typing import Final

from careloom.platform.database.schema import Ownership

APP_ROLE = "careloom_app"

_JOBS: Final = (
    "holds ids, names of jobs and moments, and no words of anyone's; those who run jobs take those of all clients"
)
OPEN: Final = {
    "alembic_version": "holds the revision of the tables, which the program looks at as it starts",
    "procrastinate_events": "holds when which job was taken and ended; " + _JOBS,
    "procrastinate_jobs": "holds jobs, whose arguments are ids and plain values, as the probe of jobs holds; " + _JOBS,
    "procrastinate_periodic_defers": "holds which work by the clock was begun when; " + _JOBS,
    "procrastinate_workers": "holds when each process was last seen; " + _JOBS,
}
"""Tables without row-level security, with the reason: nothing of a client is in them."""

_ALL = "(SELECT current_setting('careloom.{kind}s', true)) = '*'"
_LIST = "(SELECT string_to_array(nullif(nullif(current_setting('careloom.{kind}s', true), '*'), ''), ','))::uuid[]"


def _sees(kind: str, column: str) -> str:
    everything, some = _ALL.format(kind=kind), _LIST.format(kind=kind)
    return f"({everything} OR {column} = ANY ({some}))"


_SYSTEM = f"({_ALL.format(kind='client')} AND {_ALL.format(kind='provider')})"

_CONDITIONS = {
    Ownership.CLIENT: _sees("client", "client_id"),
    Ownership.PROVIDER: _sees("provider", "provider_id"),
    Ownership.EITHER: (
        f"CASE WHEN client_id IS NOT NULL THEN {_sees('client', 'client_id')} "
        f"WHEN provider_id IS NOT NULL THEN {_sees('provider', 'provider_id')} ELSE {_SYSTEM} END"
    ),
    Ownership.PERSON: "EXISTS (SELECT 1 FROM person WHERE person.id = person_id)",
    Ownership.SYSTEM: _SYSTEM,
}


def secure(
    table: str,
    ownership: Ownership,
    condition: str | None = None,
    privileges: str = "SELECT, INSERT, UPDATE, DELETE",
) -> list[str]:
    """The statements that force row-level security on `table` and let the program's role use it."""
    clause = condition or _CONDITIONS[ownership]
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY owner ON "{table}" USING ({clause}) WITH CHECK ({clause})',
        f'GRANT {privileges} ON "{table}" TO {APP_ROLE}',
    ]


def root_condition(kind: str) -> str:
    """The policy of the `client` or `provider` table itself, whose own id is the owner."""
    return _sees(kind, "id")
