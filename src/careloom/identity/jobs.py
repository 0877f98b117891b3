"""Housekeeping of sessions and of emergency access."""

from careloom.identity.commands.glass_ends import end_overdue
from careloom.identity.commands.sessions import forget_old
from careloom.platform.access import system_actor
from careloom.platform.jobs import Periodic, Task
from careloom.platform.runtime import Runtime


def periodic(runtime: Runtime) -> list[Periodic]:
    """Removes expired sessions and old sign-in failures every ten minutes, ends overdue access every minute."""

    async def run() -> None:
        async with runtime.database.transaction(system_actor("sessions")) as tx:
            await forget_old(tx)

    async def end_glasses() -> None:
        async with runtime.database.transaction(system_actor("break-glass")) as tx:
            await end_overdue(tx)

    return [
        Periodic(Task("identity.forget_old_sessions", run), "*/10 * * * *"),
        Periodic(Task("identity.end_break_glass", end_glasses), "* * * * *"),
    ]
