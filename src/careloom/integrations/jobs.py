"""Background work of imports, exports and restores."""

from uuid import UUID

from careloom.integrations.commands.exports import RUN_EXPORT
from careloom.integrations.commands.imports import RUN_IMPORT
from careloom.integrations.commands.restores import RUN_RESTORE
from careloom.integrations.commands.returning import expire_restores, give_up_restore, run_restore
from careloom.integrations.commands.running import forget_broken, forget_stale, give_up_import, run_import
from careloom.integrations.commands.writing import expire_exports, give_up_export, run_export
from careloom.integrations.ports import Holds
from careloom.integrations.types import ExportId, ImportId, RestoreId
from careloom.platform.jobs import Periodic, Task
from careloom.platform.runtime import Runtime


def tasks(runtime: Runtime, holds: Holds) -> list[Task]:
    """What is deferred; after a crash each goes on where its last transaction ended."""

    async def take_in(client_id: str, import_id: str) -> None:
        await run_import(runtime, holds, UUID(client_id), ImportId(UUID(import_id)))

    async def take_in_no_more(error: Exception, client_id: str, import_id: str) -> None:
        await give_up_import(runtime, UUID(client_id), ImportId(UUID(import_id)), error)

    async def write_out(client_id: str, export_id: str) -> None:
        await run_export(runtime, UUID(client_id), ExportId(UUID(export_id)))

    async def write_no_more(error: Exception, client_id: str, export_id: str) -> None:
        await give_up_export(runtime, UUID(client_id), ExportId(UUID(export_id)), error)

    async def bring_back(restore_id: str) -> None:
        await run_restore(runtime, RestoreId(UUID(restore_id)))

    async def bring_back_no_more(error: Exception, restore_id: str) -> None:
        await give_up_restore(runtime, RestoreId(UUID(restore_id)), error)

    return [
        Task(RUN_IMPORT, take_in, given_up=take_in_no_more),
        Task(RUN_EXPORT, write_out, given_up=write_no_more),
        Task(RUN_RESTORE, bring_back, given_up=bring_back_no_more),
    ]


def periodic(runtime: Runtime) -> list[Periodic]:
    """Every night what imports show of their files is forgotten; every hour, old archives and broken uploads."""

    async def forget() -> None:
        await forget_stale(runtime)

    async def expire() -> None:
        await expire_exports(runtime)
        await expire_restores(runtime)
        await forget_broken(runtime)

    return [
        Periodic(Task("integrations.forget_imports", forget), "41 3 * * *"),
        Periodic(Task("integrations.expire_exports", expire), "17 * * * *"),
    ]
