"""`careloom audit`: verifies the chains, exports one, erases what entries say of somebody, and checks an exported file
anywhere, without a database.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import IO
from uuid import UUID

import msgspec

from careloom.cli.session import with_database
from careloom.compliance.queries.retention import spared_by_holds
from careloom.platform import audit
from careloom.platform.clock import now
from careloom.platform.database.transactions import Database
from careloom.platform.disposal import Spared
from careloom.platform.errors import TerminalError
from careloom.platform.secrets import load_secret
from careloom.platform.settings import Settings
from careloom.platform.trail.checkpoint import Checkpoint, Notary, keep, kept
from careloom.platform.trail.export import check_lines, checkpoints_in, export_lines
from careloom.platform.trail.link import INSTALLATION
from careloom.platform.trail.sealing import Sealer
from careloom.platform.trail.verifying import SYSTEM, Verdict, chains, verify

_NOBODYS = UUID(int=0)


def declare(parser: argparse.ArgumentParser) -> None:
    """The options of `careloom audit`."""
    parser.add_argument("action", choices=("verify", "export", "check", "erase"), help="what to do")
    parser.add_argument("file", nargs="?", type=Path, help="check: an exported file")
    parser.add_argument("--client", help=f"a client's id, or `{INSTALLATION}` for what belongs to no client")
    parser.add_argument("--new", action="store_true", help="verify: only what was not verified before")
    parser.add_argument("--after", type=int, default=0, metavar="NUMBER", help="export: begin after this entry")
    parser.add_argument("--out", type=Path, help="export: the file to write; without it, standard output")
    parser.add_argument("--known", type=Path, help="verify, check: an earlier export, or a checkpoint that was kept")
    parser.add_argument("--subject", metavar="ID", help="erase: whom or what the entries are about")
    parser.add_argument("--reason", help="erase: why; stands in the trail, without personal data")
    parser.add_argument("--key", help="check: the public key that must have signed")


def run(options: argparse.Namespace) -> int:
    """Answers 0 where all is right, 1 where a chain is broken, whose first entry that is not right it names; 2 where no
    checkpoint of a file to hold the chains against could be checked.
    """
    if options.action == "check":
        return _check(options)
    if options.action == "erase":
        return _erase(options)
    settings: Settings = options.settings
    notary = Notary(settings.secret_key.encode() if settings.secret_key else load_secret(settings.home))
    if options.action == "export":
        return _export(options, notary)
    return _verify(options, notary)


def _verify(options: argparse.Namespace, notary: Notary) -> int:
    known = _known(options.known)
    home: Path = options.settings.home

    async def work(database: Database) -> list[Verdict]:
        await _seal(database)
        async with database.transaction(SYSTEM) as tx:
            there = _all(await chains(tx), known, notary)
        if options.client and kept(home, options.client):
            there.append(_client(options.client))
        wanted = [_one_of(there, options.client)] if options.client else there
        found: list[Verdict] = []
        for client_id in wanted:
            name = _name(client_id)
            told = [*kept(home, name), *(one for one in known if one.chain == name)]
            found.append(await verify(database, notary, client_id, whole=not options.new, known=told))
        return found

    found = with_database(options.settings, work)
    for one in found:
        if one.broken is not None:
            print(f"BROKEN  {_name(one.client_id)}: {one.broken.words}")
            continue
        if one.checkpoint is not None:
            keep(home, one.checkpoint)
        erased = f", the content of {one.erased} erased" if one.erased else ""
        print(f"ok      {_name(one.client_id)}: {one.checked} entries up to {one.number}{erased}, head {one.hash}")
        if one.checkpoint is not None:
            print(msgspec.json.encode(one.checkpoint).decode())
    held = options.known is None or _tell_known(options.known, known, found, notary)
    if any(one.broken for one in found):
        return 1
    return 0 if held else 2


def _all(there: list[UUID | None], known: list[Checkpoint], notary: Notary) -> list[UUID | None]:
    """Every chain, and those of which this installation once took a checkpoint, should they be gone as a whole."""
    named = {_client(one.chain) for one in known if one.key == notary.public_key}
    return [*there, *(named - set(there))]


def _one_of(there: list[UUID | None], named: str) -> UUID | None:
    """The chain of that name; raises TerminalError where there is and was none: of a slip nothing is right."""
    client_id = _client(named)
    if client_id not in there:
        raise TerminalError(f"There is no chain {named} here; name a client of this installation, or {INSTALLATION}.")
    return client_id


def _tell_known(path: Path, known: list[Checkpoint], found: list[Verdict], notary: Notary) -> bool:
    """Says how many checkpoints of a file were checked, how many not and why; answers whether any was."""
    begun = {_name(one.client_id): one.number - one.checked for one in found}
    another, elsewhere, before = (
        "signed by another key",
        "of chains that were not asked for",
        "older than --new looks",
    )
    left: Counter[str] = Counter()
    for one in known:
        if one.key != notary.public_key:
            left[another] += 1
        elif one.chain not in begun:
            left[elsewhere] += 1
        elif one.number <= begun[one.chain]:
            left[before] += 1
    print(f"known   {path}: {len(known) - left.total()} of {len(known)} checkpoints checked")
    for why, count in left.items():
        print(f"        {count} not checked: {why}")
    return len(known) > left.total()


def _export(options: argparse.Namespace, notary: Notary) -> int:
    if not options.client:
        raise TerminalError(f"Say whose chain to export: --client ID, or --client {INSTALLATION}.")
    client_id = _client(options.client)

    async def work(database: Database, to: IO[bytes]) -> None:
        await _seal(database)
        async with database.transaction(SYSTEM) as tx:
            _one_of(await chains(tx), options.client)
            await audit.record(tx, SYSTEM, "audit.export", client_id or _NOBODYS, client_id=client_id)
        await _seal(database)
        async with database.transaction(SYSTEM) as tx:
            async for line in export_lines(tx, notary, client_id, now(), options.after):
                to.write(line)

    if options.out is None:
        with_database(options.settings, lambda database: work(database, sys.stdout.buffer))
        return 0
    with options.out.open("wb") as file:
        with_database(options.settings, lambda database: work(database, file))
    return 0


def _erase(options: argparse.Namespace) -> int:
    if not (options.client and options.subject and (options.reason or "").strip()):
        raise TerminalError("Say whose chain, about whom or what, and why: --client ID --subject ID --reason TEXT.")
    client_id, subject_id = _client(options.client), _id("--subject", options.subject)

    async def work(database: Database) -> int:
        await _seal(database)
        async with database.transaction(SYSTEM) as tx:
            if client_id is not None and await spared_by_holds(tx, client_id) != Spared():
                raise TerminalError("A legal hold stands at this client; nothing is erased before it is lifted.")
            return await audit.erase_content(tx, SYSTEM, subject_id, client_id, options.reason.strip())

    count = with_database(options.settings, work)
    print(f"{count} entries about {subject_id} no longer say what changed; each erasure stands in the trail")
    return 0


def _check(options: argparse.Namespace) -> int:
    if options.file is None:
        raise TerminalError("Name the exported file: careloom audit check FILE.")
    try:
        with options.file.open("rb") as file:
            found = check_lines(file, _known(options.known), options.key)
    except OSError as error:
        raise TerminalError(f"{options.file} cannot be read: {error.strerror}.") from None
    name = found.header.chain
    if found.broken is not None:
        print(f"BROKEN  {name}: {found.broken.words}")
        return 1
    erased = f", the content of {found.erased} erased" if found.erased else ""
    redacted = (
        f", that of {found.redacted} redacted: what is left of it is signed, not sealed" if found.redacted else ""
    )
    print(
        f"ok      {name}: {found.entries} entries up to {found.number}{erased}{redacted}, signed by {found.header.key}"
    )
    return 0


async def _seal(database: Database) -> None:
    """Seals what is not yet: beside a running installation, its own sealer may be about to."""
    sealer = Sealer(database)
    while await sealer.seal_batch():
        continue


def _known(path: Path | None) -> list[Checkpoint]:
    if path is None:
        return []
    try:
        with path.open("rb") as file:
            return checkpoints_in(file)
    except OSError as error:
        raise TerminalError(f"{path} cannot be read: {error.strerror}.") from None


def _client(text: str) -> UUID | None:
    if text == INSTALLATION:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise TerminalError(f"--client is a client's id, or `{INSTALLATION}`; {text!r} is neither.") from None


def _id(option: str, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise TerminalError(f"{option} is an id; {text!r} is none.") from None


def _name(client_id: UUID | None) -> str:
    return INSTALLATION if client_id is None else str(client_id)
