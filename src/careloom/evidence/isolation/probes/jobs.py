"""Background jobs: each kind that there is, run as A's with B's names, does nothing to B."""

from __future__ import annotations

import inspect
import re
from typing import Any, Final, cast

import psycopg

from careloom.evidence.isolation.attempts import known
from careloom.evidence.isolation.outcome import Outcome, Tally
from careloom.evidence.isolation.rows import fingerprints, rows_of
from careloom.evidence.isolation.stage import Stage
from careloom.main import consumers, periodic, tasks
from careloom.platform.errors import CareloomError
from careloom.platform.jobs import Task

Arguments = dict[str, Any]
_BY_CLOCK: Final = "takes what is due of every client, each in a transaction of that client's"
_OF_NOBODY: Final = "forgets or verifies what belongs to the installation"
_BY_EVENT: Final = "handles events, each of which names its own client; it ran for all that A and B did"
NOT_TRIED: Final = {
    "integrations.restore": "names an archive alone, which is no client's until it is restored",
    **dict.fromkeys(
        (
            "channels.retry_mail",
            "channels.sweep_visitors",
            "compliance.defer_purges",
            "compliance.expire_exports",
            "compliance.resume_requests",
            "compliance.warn_of_deadlines",
            "identity.end_break_glass",
            "integrations.expire_exports",
            "integrations.forget_imports",
        ),
        _BY_CLOCK,
    ),
    **dict.fromkeys(
        (
            "identity.forget_old_sessions",
            "platform.forget_old_idempotency_keys",
            "platform.forget_reads",
            "platform.verify_audit",
            "platform.verify_audit_whole",
        ),
        _OF_NOBODY,
    ),
    **dict.fromkeys(
        (
            "channels.chat",
            "channels.mail",
            "compliance.alerts",
            "conversations.customers",
            "conversations.recordings",
            "routing.agents",
            "routing.queue_figures",
        ),
        _BY_EVENT,
    ),
}
"""Work in the background that takes no names which could be mixed, with the reason."""
_NAME: Final = re.compile(r"[0-9a-f-]{36}|[a-z][a-z_.]{0,40}|\d{4}-\d\d-\d\d([T ][\d:.+Z-]*)?")
_PLAIN: Final[Arguments] = {"by_hand": False, "due_at": "2030-01-31T12:00:00+00:00", "hours": 24}
"""Arguments that name nothing."""


async def jobs(stage: Stage) -> Outcome:
    """Every kind of background job as A's, with B's names in the rest of its arguments."""
    tally = Tally()
    with psycopg.connect(stage.superuser_url) as connection:
        found = connection.execute("SELECT DISTINCT task_name, args FROM procrastinate_jobs").fetchall()
    words = " ".join(str(row) for row in found)
    for canary in (stage.a.canary, stage.b.canary):
        tally.probe(f"jobs hold words of {canary}" if canary in words else None)
    for name, args in found:
        odd = [one for one in args if not _plain(args[one])]
        tally.probe(f"{name} holds more than ids and plain values in {', '.join(odd)}" if odd else None)
    for name in _unknown(stage):
        tally.probe(f"{name} runs in the background, and is neither tried nor known not to be")
    before = fingerprints(rows_of(stage.superuser_url, stage.b))
    for task in tasks(stage.runtime):
        if task.name not in NOT_TRIED:
            tally.probe(await _try(stage, task, [args for name, args in found if name == task.name]))
    after = fingerprints(rows_of(stage.superuser_url, stage.b))
    for table, digest in before.items():
        tally.probe(None if after[table] == digest else f"a job of A changed {table} of B")
    return tally.outcome(
        "jobs",
        "Background jobs",
        "Jobs hold ids and plain values, no words of customers; every kind of job, run as A's with the rest of its "
        "arguments B's, changes nothing of B. What runs by the clock or by events takes no names, and is listed "
        "with the reason.",
    )


def _plain(value: Any) -> bool:
    """Whether it is an id, a number, a moment, yes or no, a name of the program's own, or a list of such."""
    if isinstance(value, list):
        return all(map(_plain, cast("list[Any]", value)))
    return not isinstance(value, (str, dict)) or (isinstance(value, str) and _NAME.fullmatch(value) is not None)


def _unknown(stage: Stage) -> list[str]:
    """Work by the clock and by events that NOT_TRIED does not name, and what it names that is no more."""
    by_itself = {one.task.name for one in periodic(stage.runtime)} | {one.name for one in consumers(stage.runtime)}
    gone = NOT_TRIED.keys() - by_itself - {one.name for one in tasks(stage.runtime)}
    return sorted((by_itself - NOT_TRIED.keys()) | gone)


async def _try(stage: Stage, task: Task, seen: list[Arguments]) -> str | None:
    """Runs a job whose first name is A's and whose others are B's: of jobs that B had, and made up of B's things."""
    first, *others = inspect.signature(task.run).parameters
    theirs = [one for one in seen if one.get("client_id") == str(stage.b.ids["client_id"])]
    made_up = {one: _PLAIN[one] if one in _PLAIN else known(stage.b, one) for one in others}
    if None not in made_up.values():
        theirs.append(made_up)
    if not theirs:
        return (
            f"{task.name} is not covered: nothing to name in {[name for name, one in made_up.items() if one is None]}"
        )
    for one in theirs:
        problem = await _run(task, {**{name: one[name] for name in others}, first: known(stage.a, first)})
        if problem is not None:
            return problem
    return None


async def _run(task: Task, arguments: Arguments) -> str | None:
    try:
        await task.run(**arguments)
    except CareloomError:
        return None
    except Exception as error:
        return f"{task.name}: {type(error).__name__}"
    return None
