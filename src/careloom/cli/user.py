"""`careloom user`: makes the first administrator and sets passwords, for whoever holds the machine."""

import argparse
import getpass
import sys
from typing import Any, Final

import msgspec

from careloom.cli.session import with_database
from careloom.identity.commands.people import create_person, set_password
from careloom.identity.queries.people import list_people
from careloom.identity.types import Email, NewPerson, Password, PersonName, Role, RoleGrant, ScopeKind
from careloom.platform.access import system_actor
from careloom.platform.database.transactions import Database
from careloom.platform.errors import TerminalError
from careloom.platform.wire import from_plain

_ACTOR = system_actor("careloom user")
_RULES: Final[dict[str, tuple[Any, str]]] = {
    "name": (PersonName, "Use one to 120 characters."),
    "email": (Email, "Use an e-mail address such as you@care.example, of at most 254 characters."),
    "password": (Password, "Use ten to two hundred characters."),
}


def declare(parser: argparse.ArgumentParser) -> None:
    """The options of `careloom user`."""
    parser.add_argument("action", choices=("add", "password"), help="add an administrator, or set a password")
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", default="Administrator")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def run(options: argparse.Namespace) -> int:
    """Makes an administrator of everything, or sets someone's password."""
    if options.action == "add":
        _require("name", options.name)
        _require("email", options.email)
    password = _password(ask=not options.password_stdin)
    if options.action == "add":
        with_database(options.settings, lambda database: _add(database, options.name, options.email, password))
        print(f"{options.email} can sign in as an administrator of everything.")
    else:
        with_database(options.settings, lambda database: _set(database, options.email, password))
        print(f"The password of {options.email} is changed.")
    return 0


def _password(*, ask: bool) -> str:
    given = getpass.getpass("Password (at least ten characters): ") if ask else sys.stdin.readline().rstrip("\n")
    _require("password", given)
    return given


def _require(field: str, value: str) -> None:
    """Raises TerminalError for what the API would refuse in a new person's `field`."""
    kind, advice = _RULES[field]
    try:
        from_plain(value, kind)
    except msgspec.ValidationError:
        raise TerminalError(f"/{field}: {advice}") from None


async def _add(database: Database, name: str, email: str, password: str) -> None:
    grant = RoleGrant(Role.ADMIN, ScopeKind.EVERYTHING)
    new = NewPerson(name=name, email=email, password=password, grants=(grant,))
    async with database.transaction(_ACTOR) as tx:
        await create_person(tx, _ACTOR, new)


async def _set(database: Database, email: str, password: str) -> None:
    async with database.transaction(_ACTOR) as tx:
        page = await list_people(tx, _ACTOR, search=email)
        found = [one for one in page.items if one.email.lower() == email.lower()]
        if not found:
            raise TerminalError(f"Nobody has the e-mail address {email}.")
        await set_password(tx, _ACTOR, found[0].id, password)
