"""Reads the command line and runs what it asks for; errors are one clear line and a status of 2."""

import argparse
import os
import select
import signal
import sys
from collections.abc import Callable, Collection, Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple

import structlog

from careloom import __version__
from careloom.platform.errors import CareloomError
from careloom.platform.logging import configure_logging
from careloom.platform.settings import load_settings

log = structlog.get_logger()


class _Command(NamedTuple):
    """What runs it: a module of this folder, loaded when it is asked for, with `declare` and `run`, or with
    `declare_` and `run_` and the command's name.
    """

    help: str
    module: str
    one_of_several: bool = False


_COMMANDS: Final = {
    "up": _Command("run everything, or one role", "up"),
    "migrate": _Command("bring the database to this version", "schema"),
    "demo": _Command("fill an empty installation with the demo world and run it", "demo"),
    "user": _Command("make the first administrator, set a password", "user"),
    "audit": _Command("verify, export or check the audit trail", "audit"),
    "keys": _Command("list, rotate, destroy and verify clients' keys and the master key", "keys"),
    "doctor": _Command("check settings, database, mail, files, front end", "doctor"),
    "evidence": _Command("prove the isolation between clients by a dated report", "evidence"),
    "openapi": _Command("print the API's OpenAPI document", "openapi"),
    "export": _Command("write everything of one client into a file", "archive", one_of_several=True),
    "import": _Command("restore a client from such a file", "archive", one_of_several=True),
}

_PIPE_CLOSED = 128 + signal.SIGPIPE
"""As shells tell of a program that writes to nobody."""


def main(arguments: Sequence[str] | None = None, loaded: Callable[[], None] = lambda: None) -> int:
    """Runs one command, and `loaded` before, once all that the command needs is loaded; answers the exit status.

    Standard output is the command's own: what it logs, and what nobody reckoned with, goes to standard error as JSON
    lines, redacted as everywhere.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    options = command_parser(arguments).parse_args(arguments)
    loaded()
    if options.home:
        os.environ["CARELOOM_HOME"] = options.home
    try:
        options.settings = load_settings()
        configure_logging(options.settings.log_level)
        status = _part("run", options.command)(options)
        sys.stdout.flush()
    except BrokenPipeError:
        if not _nobody_reads():
            raise
        return _PIPE_CLOSED
    except CareloomError as error:
        told = error.detail if error.detail.startswith(error.title) else f"{error.title} {error.detail}"
        print(f"careloom: {told}", file=sys.stderr)
        for one in error.errors:
            print(f"  {one.path}: {one.message}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        log.error("command_failed", command=options.command, error=type(error).__name__, exc_info=error)
        return 1
    return status


def _nobody_reads() -> bool:
    """Whether it is our output that is read no further, as by `head`; what is left of it is thrown away then."""
    output = select.poll()
    output.register(sys.stdout, 0)
    if not any(event & select.POLLERR for _, event in output.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def command_parser(words: Collection[str] = tuple(_COMMANDS)) -> argparse.ArgumentParser:
    """What the command line understands; of the commands among `words` with their options, of others by name alone:
    each loads a program of its own.
    """
    parser = argparse.ArgumentParser(
        prog="careloom", description="The open operating system of a customer-care provider."
    )
    parser.add_argument("--version", action="version", version=f"careloom {__version__}")
    parser.add_argument("--home", help="data folder (CARELOOM_HOME)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in _COMMANDS.items():
        declared = commands.add_parser(name, help=command.help)
        if name in words:
            _part("declare", name)(declared)
    return parser


def _part(what: str, name: str) -> Any:
    command = _COMMANDS[name]
    loaded = import_module(f"careloom.cli.{command.module}")
    return getattr(loaded, f"{what}_{name}" if command.one_of_several else what)
