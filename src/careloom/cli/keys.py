"""`careloom keys`: clients' keys and the master keys that wrap them, for whoever holds the machine."""

import argparse
import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from careloom.cli.session import with_database
from careloom.compliance.commands.keys.rotation import rotate_key
from careloom.compliance.commands.keys.shredding import require_shreddable, shred
from careloom.compliance.queries.keys import list_keys
from careloom.compliance.types.keys import ClientKeyState
from careloom.integrations.queries.exports import archives_of
from careloom.integrations.types import Archives
from careloom.organizations.queries import get_client
from careloom.organizations.types import ClientId
from careloom.platform import audit
from careloom.platform.access import Actor, system_actor
from careloom.platform.database.transactions import Database
from careloom.platform.errors import TerminalError
from careloom.platform.ids import new_secret
from careloom.platform.keys.lives import Verdict, rewrap, verify_keys
from careloom.platform.keys.masters import FILE, name_of, open_masters, read_masters, write_masters
from careloom.platform.settings import Settings

_NOBODY = UUID(int=0)
_PAGE = 100


def declare(parser: argparse.ArgumentParser) -> None:
    """The options of `careloom keys`."""
    parser.add_argument("action", choices=tuple(_ACTIONS), help="what to do")
    parser.add_argument("--client", help="rotate, shred: the client's id")
    parser.add_argument("--reason", help="shred: by which contract or law")
    parser.add_argument(
        "--destroy-old", action="store_true", help="rotate-master: also remove master keys that no key needs any more"
    )


def run(options: argparse.Namespace) -> int:
    """Answers 0, or 1 where a key does not open."""
    return _ACTIONS[options.action](options)


def _list(options: argparse.Namespace) -> int:
    async def work(database: Database) -> list[ClientKeyState]:
        found: list[ClientKeyState] = []
        after: str | None = None
        while True:
            async with database.transaction(_actor()) as tx:
                page = await list_keys(tx, _actor(), _PAGE, after)
            found += page.items
            after = page.next
            if after is None:
                return found

    for one in with_database(options.settings, work):
        state = f"version {one.version} of {one.made_at:%Y-%m-%d}, master {one.master}" if one.made_at else "no key yet"
        if one.shredded_at is not None:
            state = f"destroyed {one.shredded_at:%Y-%m-%d %H:%M}"
        print(f"{one.client_id}  {one.client_name}: {state}")
    return 0


def _rotate(options: argparse.Namespace) -> int:
    client_id, actor = _client(options), _actor()

    async def work(database: Database) -> int:
        async with database.transaction(actor) as tx:
            return (await rotate_key(tx, actor, client_id)).version

    print(f"Version {with_database(options.settings, work)} seals from now on; a worker seals the rest anew.")
    return 0


def _shred(options: argparse.Namespace) -> int:
    if not options.reason:
        raise TerminalError("Say by which contract or law: --reason WORDS.")
    client_id, actor = _client(options), _actor()

    async def look(database: Database) -> tuple[str, Archives]:
        async with database.transaction(actor) as tx:
            name = (await get_client(tx, actor, client_id)).name
            return name, (await archives_of(tx, [client_id])).get(client_id, Archives())

    async def work(database: Database) -> int:
        async with database.transaction(actor) as tx:
            await require_shreddable(tx, actor, client_id, typed)
            return len(await shred(tx, actor, client_id, options.reason))

    name, archives = with_database(options.settings, look)
    print(f"What the keys of {name} sealed can never be read again by anyone.")
    print(_handed_over(archives))
    typed = input("Type the client's name: ")
    print(f"Destroyed: {with_database(options.settings, work)}. An older backup still opens with its old master key:")
    print("rotate the master key with --destroy-old, and keep no copy of the old one.")
    return 0


def _handed_over(archives: Archives) -> str:
    """What was fetched of the client, as the screen of a contract's end says it: later nothing can be."""
    if archives.waiting is not None:
        return (
            f"The archive of {_moment(archives.waiting)} was not fetched. Once the keys are gone, nobody can read it."
        )
    if archives.fetched is not None:
        return f"The archive of {_moment(archives.fetched)} was fetched. What was written since is not in it."
    return "No archive of this client was fetched by the screen or the API."


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _rotate_master(options: argparse.Namespace) -> int:
    settings: Settings = options.settings
    path = settings.home / FILE
    masters = open_masters(settings)
    if masters.path is not None:
        write_masters(path, [new_secret(32).encode(), *read_masters(path)])

    async def work(database: Database) -> tuple[int, Verdict]:
        done = await rewrap(database, _actor(), masters)
        async with database.transaction(_actor()) as tx:
            await audit.record(tx, _actor(), "master_key.rotate", _NOBODY, after={"master": masters.current()})
            return done, await verify_keys(tx, masters)

    done, verdict = with_database(settings, work)
    print(f"Wrapped with {masters.current()}: {done} keys.")
    old = [one for one in masters.names if one not in verdict.masters and one != masters.current()]
    if old and masters.path is None:
        print(f"No key needs these any more, take them out of CARELOOM_MASTER_KEYS: {', '.join(old)}")
    elif old and options.destroy_old:
        write_masters(path, [one for one in read_masters(path) if name_of(one) not in old])
        print(f"Destroyed: {', '.join(old)}. A backup from before needs the `client_key` table of today.")
    elif old:
        print(f"No key needs these any more; --destroy-old removes them: {', '.join(old)}")
    return _tell(verdict)


def _verify(options: argparse.Namespace) -> int:
    masters = open_masters(options.settings)

    async def work(database: Database) -> Verdict:
        async with database.transaction(_actor()) as tx:
            return await verify_keys(tx, masters)

    return _tell(with_database(options.settings, work))


def _tell(verdict: Verdict) -> int:
    print(f"{verdict.opened} keys open, {verdict.destroyed} were destroyed.")
    for one in verdict.problems:
        print(f"LOST    {one}")
    return 1 if verdict.problems else 0


def _client(options: argparse.Namespace) -> ClientId:
    try:
        return ClientId(UUID(options.client))
    except (TypeError, ValueError):
        raise TerminalError("Name the client: --client ID, as `careloom keys list` shows it.") from None


def _actor() -> Actor:
    return system_actor(f"careloom keys ({getpass.getuser()})")


_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "rotate": _rotate,
    "rotate-master": _rotate_master,
    "shred": _shred,
    "verify": _verify,
}
