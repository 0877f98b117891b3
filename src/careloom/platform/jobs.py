"""Background jobs: deferred in the transaction that needs them, run by procrastinate, retried with back-off."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, LiteralString

import procrastinate
import psycopg
import structlog
from msgspec import Struct
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException
from sqlalchemy import text

from careloom.platform.database.links import Links
from careloom.platform.database.transactions import Tx
from careloom.platform.wire import json_text

log = structlog.get_logger()
_HEARTBEAT_SECONDS, _DEAD_SECONDS, _GRACE_SECONDS, _PATIENCE_SECONDS = 5.0, 20, 10.0, 60.0
_WAIT_BASE = 2
_HURRY = text(
    "UPDATE procrastinate_jobs SET scheduled_at = now() "
    "WHERE task_name = :task AND lock = :lock AND status = 'todo' RETURNING id"
)
_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, NULL, CAST(:args AS jsonb), "
    "CAST(:at AS timestamptz))]::procrastinate_job_to_defer_v1[])"
)


class Task(Struct, frozen=True):
    """A named job. It runs at least once: its effect must be idempotent by the key in its arguments.

    Arguments are ids and plain values, never personal data. `given_up` is called with the error, then the arguments,
    when it has failed for the last time: after `attempts` repetitions.
    """

    name: str
    run: Callable[..., Awaitable[None]]
    attempts: int = 10
    queue: str = "default"
    given_up: Callable[..., Awaitable[None]] | None = None


class Periodic(Struct, frozen=True):
    """A task that runs by a cron expression (UTC)."""

    task: Task
    cron: str


async def defer(
    tx: Tx,
    task: str,
    *,
    at: datetime | None = None,
    lock: str | None = None,
    queue: str = "default",
    **arguments: Any,
) -> None:
    """Defers `task` with the transaction; not before `at`; jobs of one `lock` run one after the other, in order."""
    values = {"queue": queue, "task": task, "lock": lock, "args": json_text(arguments), "at": at}
    await tx.execute(_DEFER, values)


def job_app(links: Links, tasks: list[Task], periodic: list[Periodic]) -> procrastinate.App:
    """A procrastinate application that knows `tasks`, to run a worker with."""
    app = procrastinate.App(
        connector=_PatientConnector(conninfo=links.conninfo, configure=links.adopt, min_size=1, max_size=6),
        worker_defaults={
            "install_signal_handlers": False,
            "listen_notify": True,
            "fetch_job_polling_interval": 2.0,
            "update_heartbeat_interval": _HEARTBEAT_SECONDS,
            "stalled_worker_timeout": _DEAD_SECONDS,
            "shutdown_graceful_timeout": _GRACE_SECONDS,
        },
    )
    for task in tasks:
        _register(app, task)
    for one in periodic:
        app.periodic(cron=one.cron)(_register(app, one.task, scheduled=True))
    return app


async def rescue_jobs(app: procrastinate.App) -> None:
    """Lets the jobs of killed workers run again, until cancelled."""
    while True:
        await asyncio.sleep(_HEARTBEAT_SECONDS)
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_DEAD_SECONDS):
            log.warning("job_rescued", task=job.task_name, job_id=job.id)
            with contextlib.suppress(ConnectorException):
                await app.job_manager.retry_job(job)


async def hurry(tx: Tx, task: str, lock: str) -> bool:
    """Lets a waiting job of this task and lock run now; False where none waits."""
    found = await tx.execute(_HURRY, {"task": task, "lock": lock})
    return found.first() is not None


def retry_wait(attempts: int) -> timedelta:
    """How long a job waits that has failed `attempts` times before."""
    return timedelta(seconds=_WAIT_BASE ** (attempts + 1))


class _PatientConnector(procrastinate.PsycopgConnector):
    """What became of a job is written once the database is back: a job that nobody settles would never end.

    It listens again then, too; the library gives up and looks for jobs by the clock alone.
    """

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return await super().execute_query_async(query, **arguments)
            except ConnectorException as error:
                if not isinstance(error.__cause__, (psycopg.OperationalError, OSError)) or time.monotonic() > until:
                    raise
            await asyncio.sleep(0.5)

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        while True:
            with contextlib.suppress(ConnectorException):
                await super().listen_notify(on_notification, channels)
            await asyncio.sleep(0.5)


def _register(app: procrastinate.App, task: Task, *, scheduled: bool = False) -> Any:
    retry = procrastinate.RetryStrategy(max_attempts=task.attempts, exponential_wait=_WAIT_BASE)

    async def run(context: procrastinate.JobContext, **arguments: Any) -> None:
        try:
            await task.run(**arguments)
        except Exception as error:
            if task.given_up is not None and context.job.attempts >= task.attempts:
                await task.given_up(error, **arguments)
            raise

    async def run_scheduled(timestamp: int) -> None:  # noqa: ARG001
        await task.run()

    function: Any = run_scheduled if scheduled else run
    return app.task(name=task.name, queue=task.queue, retry=retry, pass_context=not scheduled)(function)
