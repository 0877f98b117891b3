"""Background work of customers: what a changed schema calls sensitive is sealed, and indexed where it says so."""

from uuid import UUID

from careloom.customers.commands.conform import CONFORM, conform
from careloom.platform.access import system_actor
from careloom.platform.jobs import Task
from careloom.platform.runtime import Runtime


def tasks(runtime: Runtime) -> list[Task]:
    """A batch a transaction; done again it changes nothing."""

    async def run(client_id: str) -> None:
        owner, after = UUID(client_id), None
        while True:
            async with runtime.database.transaction(system_actor("customers", owner)) as tx:
                after = await conform(tx, owner, after)
            if after is None:
                return

    return [Task(CONFORM, run)]
