"""`careloom demo`: the demo world, running; never on a home that holds anything else."""

import argparse
import asyncio
import contextlib
import math
import shutil
import signal
import sys

import msgspec
import uvloop

from careloom.cli.regions import require_served_regions
from careloom.cli.store import HomeLock, Store
from careloom.cli.up import Role, announce, check_ports, serve
from careloom.demo.traffic import DemoState, load_state, play, set_up, state_file
from careloom.platform.database.transactions import Database
from careloom.platform.errors import TerminalError
from careloom.platform.logging import configure_logging
from careloom.platform.loops import Loop
from careloom.platform.settings import Settings, check_settings

_MARK = "this-is-a-demo"


class NotADemoError(TerminalError):
    """This data folder holds an installation that is not a demo. Name an empty one with CARELOOM_HOME."""


class DemoNeedsEmbeddedError(TerminalError):
    """The demo runs on the embedded database alone. Unset CARELOOM_DATABASE_URL."""


def declare(parser: argparse.ArgumentParser) -> None:
    """The options of `careloom demo`."""
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away and begin again")
    parser.add_argument("--pace", type=_pace, default=1.0, help="how fast the demo's customers live; 1 is real time")
    parser.add_argument("--no-traffic", action="store_true", help="only the world, without simulated people")
    parser.add_argument("--traffic-only", action="store_true", help=argparse.SUPPRESS)


def _pace(text: str) -> float:
    """The number that `--pace` names; raises argparse.ArgumentTypeError."""
    try:
        pace = float(text)
    except ValueError:
        pace = math.nan
    if not 0 < pace < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0; 1 is real time, 5 is five times as fast")
    return pace


def run(options: argparse.Namespace) -> int:
    """Sets the demo up where it is not yet, and runs it until a signal."""
    settings = _as_demo(options.settings)
    configure_logging(settings.log_level if settings.log_level != "info" else "warning")
    if options.traffic_only:
        return _run_traffic(settings, options.pace)
    lock = HomeLock(settings.home)
    with lock.held(alone=True):
        check_ports(settings, Role.ALL)
        _prepare_home(settings, reset=options.reset)
        store = Store(settings)
        print("[demo] starting the database", flush=True)
        try:
            store.open()
            require_served_regions(settings, store.url)
            uvloop.run(_serve(settings, store, options.pace, traffic=not options.no_traffic))
        finally:
            store.close()
    return 0 if load_state(settings.home) else 1


async def _serve(settings: Settings, store: Store, pace: float, *, traffic: bool) -> None:
    await serve(settings, store, Role.ALL, {"demo": _life(settings, store, pace, traffic=traffic)})


def _life(settings: Settings, store: Store, pace: float, *, traffic: bool) -> Loop:
    async def live() -> None:
        if load_state(settings.home) is None:
            await _set_up(settings, store)
        announce(settings)
        if traffic:
            await _traffic_process(settings, pace)
        else:
            await asyncio.Event().wait()

    return live


async def _set_up(settings: Settings, store: Store) -> None:
    database = Database(store.url, pool_size=2)
    try:
        await set_up(settings, database, _tell)
    except Exception as error:
        print(f"[demo] The demo could not be set up; the next start begins again. {error}", file=sys.stderr)
        signal.raise_signal(signal.SIGTERM)
        raise
    finally:
        await database.close()


async def _traffic_process(settings: Settings, pace: float) -> None:
    """The simulated people live in a process of their own, as real ones do."""
    arguments = ["--home", str(settings.home), "demo", "--traffic-only", "--pace", str(pace)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "careloom.cli", *arguments, stdin=asyncio.subprocess.PIPE
    )
    try:
        await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    raise RuntimeError("The demo's traffic ended.")


def _run_traffic(settings: Settings, pace: float) -> int:
    state = load_state(settings.home)
    if state is None:
        raise NotADemoError
    uvloop.run(_play_with_parent(settings, state, pace))
    return 0


async def _play_with_parent(settings: Settings, state: DemoState, pace: float) -> None:
    """Plays until the standard input ends: the demo that holds its other end is gone, however it ended."""
    playing = asyncio.ensure_future(play(settings, state, pace))
    asyncio.get_running_loop().add_reader(sys.stdin, lambda: None if sys.stdin.read(1) else playing.cancel())
    with contextlib.suppress(asyncio.CancelledError):
        await playing


def _as_demo(settings: Settings) -> Settings:
    """The settings with the demo switched on, checked again: where a demo may listen is narrower."""
    if settings.database_url is not None:
        raise DemoNeedsEmbeddedError
    settings = msgspec.structs.replace(
        settings, demo=True, demo_confirm=_MARK, tls_certificate=None, tls_key=None, secure_cookies=False
    )
    check_settings(settings)
    return settings


def _prepare_home(settings: Settings, *, reset: bool) -> None:
    """Clears what an earlier set-up left unfinished; refuses a home that another installation lives in."""
    mark = settings.home / "demo.mark"
    database = settings.home / "postgres"
    if database.exists() and not mark.exists():
        raise NotADemoError
    if reset or (database.exists() and load_state(settings.home) is None):
        Store(settings).discard()
        state_file(settings.home).unlink(missing_ok=True)
        shutil.rmtree(settings.home / "files", ignore_errors=True)
    mark.write_text("The demo's data lies here and may be thrown away.\n")


def _tell(line: str) -> None:
    print(f"[demo] {line}", flush=True)
