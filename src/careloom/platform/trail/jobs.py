"""The trail's loop and its jobs by the clock: sealing, verification, forgetting what was read when."""

from careloom.platform.database.transactions import Database
from careloom.platform.jobs import Periodic, Task
from careloom.platform.loops import Loop
from careloom.platform.reads import forget_old
from careloom.platform.runtime import Runtime
from careloom.platform.trail.checkpoint import Notary, keep, kept
from careloom.platform.trail.link import INSTALLATION
from careloom.platform.trail.sealing import Sealer
from careloom.platform.trail.verifying import SYSTEM, Verdict, chains, verify


def loops(runtime: Runtime) -> dict[str, Loop]:
    """What the worker role runs beside consumers and jobs."""
    return {"audit": Sealer(runtime.database).run}


def periodic(runtime: Runtime) -> list[Periodic]:
    """What is new is verified every ten minutes, every chain as a whole each night."""

    async def verify_new() -> None:
        await verify_all(runtime.database, runtime, whole=False)

    async def verify_whole() -> None:
        await verify_all(runtime.database, runtime, whole=True)

    async def forget() -> None:
        async with runtime.database.transaction(SYSTEM) as tx:
            await forget_old(tx)

    return [
        Periodic(Task("platform.verify_audit", verify_new), "*/10 * * * *"),
        Periodic(Task("platform.verify_audit_whole", verify_whole), "41 3 * * *"),
        Periodic(Task("platform.forget_reads", forget), "27 * * * *"),
    ]


async def verify_all(database: Database, runtime: Runtime, *, whole: bool) -> list[Verdict]:
    """Verifies every chain, against the last checkpoint that the data folder keeps of it as well."""
    notary, home = Notary(runtime.secret), runtime.settings.home
    async with database.transaction(SYSTEM) as tx:
        there = await chains(tx)
    found: list[Verdict] = []
    for client_id in there:
        known = kept(home, INSTALLATION if client_id is None else str(client_id))
        verdict = await verify(database, notary, client_id, whole=whole, known=known)
        if verdict.checkpoint is not None:
            keep(home, verdict.checkpoint)
        found.append(verdict)
    return found
