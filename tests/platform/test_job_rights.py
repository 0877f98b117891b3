"""What the program's role may do in the job library's tables is enough for all that the library does there."""

from __future__ import annotations

from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.types import JSONDict

from careloom.platform.database.transactions import Database
from careloom.platform.jobs import Periodic, Task, job_app


async def test_jobs_by_the_clock_run_and_are_removed(database: Database) -> None:
    done: list[str] = []

    async def work() -> None:
        done.append("work")

    async def tick() -> None:
        done.append("tick")

    app = job_app(database.links, [Task("work", work)], [Periodic(Task("tick", tick), "* * * * *")])
    async with app.open_async():
        await app.configure_task("work").defer_async()
        for moment in (60, 120):
            given: JSONDict = {"timestamp": moment}
            job = Job(id=None, queue="default", lock=None, queueing_lock=None, task_name="tick", task_kwargs=given)
            await app.job_manager.defer_periodic_job(job=job, periodic_id="", defer_timestamp=moment)
        await app.run_worker_async(wait=False, delete_jobs=DeleteJobCondition.ALWAYS)
        left = await app.job_manager.list_jobs_async()
    assert done.count("work") == 1
    assert done.count("tick") >= 2  # the worker defers those of its own time, too
    assert list(left) == []
