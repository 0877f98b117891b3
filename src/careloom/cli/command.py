"""Reads the command line and runs what it asks for; errors are one clear line and a status of 2."""

import argparse
import os
import select
import signal
import sys
from collections.abc import Callable, Sequence

from careloom import __version__
from careloom.cli import archive, audit, demo, doctor, evidence, keys, openapi, schema, up, user
from careloom.platform.errors import CareloomError
from careloom.platform.settings import load_settings

_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "up": up.run,
    "migrate": schema.run,
    "demo": demo.run,
    "user": user.run,
    "audit": audit.run,
    "keys": keys.run,
    "doctor": doctor.run,
    "evidence": evidence.run,
    "openapi": openapi.run,
    "export": archive.run_export,
    "import": archive.run_import,
}

_PIPE_CLOSED = 128 + signal.SIGPIPE
"""As shells tell of a program that writes to nobody."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; answers the exit status."""
    options = command_parser().parse_args(arguments)
    if options.home:
        os.environ["CARELOOM_HOME"] = options.home
    try:
        options.settings = load_settings()
        status = _COMMANDS[options.command](options)
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
    return status


def _nobody_reads() -> bool:
    """Whether it is our output that is read no further, as by `head`; what is left of it is thrown away then."""
    output = select.poll()
    output.register(sys.stdout, 0)
    if not any(event & select.POLLERR for _, event in output.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def command_parser() -> argparse.ArgumentParser:
    """What the command line understands."""
    parser = argparse.ArgumentParser(
        prog="careloom", description="The open operating system of a customer-care provider."
    )
    parser.add_argument("--version", action="version", version=f"careloom {__version__}")
    parser.add_argument("--home", help="data folder (CARELOOM_HOME)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up.declare(commands.add_parser("up", help="run everything, or one role"))
    schema.declare(commands.add_parser("migrate", help="bring the database to this version"))
    demo.declare(commands.add_parser("demo", help="fill an empty installation with the demo world and run it"))
    user.declare(commands.add_parser("user", help="make the first administrator, set a password"))
    audit.declare(commands.add_parser("audit", help="verify, export or check the audit trail"))
    keys.declare(commands.add_parser("keys", help="list, rotate, destroy and verify clients' keys and the master key"))
    doctor.declare(commands.add_parser("doctor", help="check settings, database, mail, files, front end"))
    evidence.declare(commands.add_parser("evidence", help="prove the isolation between clients by a dated report"))
    openapi.declare(commands.add_parser("openapi", help="print the API's OpenAPI document"))
    archive.declare_export(commands.add_parser("export", help="write everything of one client into a file"))
    archive.declare_import(commands.add_parser("import", help="restore a client from such a file"))
    return parser
