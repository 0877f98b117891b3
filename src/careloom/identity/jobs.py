"""Housekeeping of sessions."""

from careloom.identity.commands.sessions import forget_old
from careloom.platform.access import system_actor
from careloom.platform.jobs import Periodic, Task
from careloom.platform.runtime import Runtime


def periodic(runtime: Runtime) -> list[Periodic]:
    """Removes expired sessions and old sign-in failures every ten minutes."""

    async def run() -> None:
        async with runtime.database.transaction(system_actor("sessions")) as tx:
            await forget_old(tx)

    return [Periodic(Task("identity.forget_old_sessions", run), "*/10 * * * *")]
