"""The same four things with a thousand, ten thousand and a hundred thousand tickets: ours and django-helpdesk's.

To get one and to list are requests to both APIs, in turn; a search, for one ticket by its number in words,
is one to our API and to the table of its pages, as its API has none. Tickets are created from as many connections at
once as serve each best, ours one by one and in lists, beside the client that is read. How readings grow is measured in
turn on the full installation and one that keeps a thousand: what the machine gives changes from minute to minute.
"""

import asyncio
import random
from collections.abc import Mapping

from bench.flood import CONNECTIONS, LISTS, flood_rate
from bench.helpdesk import Helpdesk, running_helpdesk
from bench.installation import Installation, report, running_installation
from bench.reader import Reader, Step, in_turn, measure, world
from bench.steady import share
from bench.stock import Brand, fill

_SIZES = (1_000, 10_000, 100_000)
_PEER = "django-helpdesk 2.6.1"
_SLOW_MS = 2000
_FASTER, _FLAT, _COMPARED = 20, 1.5, 10_000
_CREATE = {"create, many at once": (CONNECTIONS, 1), "create, in lists of 100": LISTS}
"""How many connections create, and how many tickets each hands in together: the peer has no such lists."""

Steps = Mapping[str, Step]


def grow(times: int, seconds: float = 3.0) -> None:
    """Fills both to each size in turn, measures both there, and reports the medians and how ours grew."""
    with running_installation(["web"]) as installation, running_installation(["web"]) as small:
        brand = world(installation, 1)
        reader = Reader(installation, "bench@example.org")
        with running_helpdesk(installation.sockets) as peer:
            created: dict[str, list[float]] = {}
            done = 0
            for size in _SIZES:
                fill(installation.sockets, brand, size, done)
                peer.fill(done + 1, size)
                done = size
                theirs = _theirs(peer)
                for name, step in _ours(reader, brand[0]).items():
                    mine, other = _beside(step, theirs[name], times)
                    _tell(f"{name} of {size:,} tickets, p50", "ms", mine, other, _target(other, size))
                other = 1000 / peer.create_rate(seconds)
                for name, how in _CREATE.items():
                    mine = 1000 / asyncio.run(flood_rate(installation, seconds, *how))
                    created.setdefault(name, []).append(mine)
                    _tell(f"{name} beside {size:,} tickets", "ms a ticket", mine, other, _target(other, size))
        grown = {
            **_grown(small, _ours(reader, brand[0]), times),
            **{name: (one[0], one[-1]) for name, one in created.items()},
        }
    for name, (few, many) in grown.items():
        _tell(f"{name}: beside 100,000 tickets against 1,000", "times", many / few, None, _FLAT)


def _grown(small: Installation, large: Steps, times: int) -> dict[str, tuple[float, float]]:
    """The medians of each step beside a thousand tickets and beside many, taken in turn."""
    brand = world(small, 1)
    fill(small.sockets, brand, _SIZES[0])
    few = _ours(Reader(small, "bench@example.org"), brand[0])
    found: dict[str, tuple[float, float]] = {}
    for name, step in large.items():
        before, beside = in_turn(few[name], step, times)
        found[name] = share(before, 0.5), share(beside, 0.5)
    return found


def _ours(reader: Reader, brand: Brand) -> Steps:
    asked = {"client_id": brand.client_id}
    known = [one["id"] for one in reader.get("conversations", limit=100, **asked)["items"]]

    def one() -> None:
        number = random.choice(known)
        reader.get(f"conversations/{number}")
        reader.get(f"conversations/{number}/messages")

    return {
        "get one": one,
        "list 25": lambda: reader.get("conversations", limit=25, **asked),
        "search 25": lambda: reader.get("search", q=f'"order {random.randint(1, 1000)}"', limit=25, **asked),
    }


def _theirs(peer: Helpdesk) -> Steps:
    return {
        "get one": lambda: peer.one(random.randint(1, 1000)),
        "list 25": peer.page,
        "search 25": lambda: peer.search(f"Order {random.randint(1, 1000)},"),
    }


def _target(theirs: float, size: int) -> float | None:
    return theirs / _FASTER if size == _COMPARED else None


def _beside(ours: Step, theirs: Step, times: int) -> tuple[float, float]:
    """The medians of both, in turn; a single step of theirs where it takes long."""
    first = measure(theirs, 1, warm=0)[0]
    if first > _SLOW_MS:
        return share(measure(ours, times), 0.5), first
    mine, other = in_turn(ours, theirs, times)
    return share(mine, 0.5), share(other, 0.5)


def _tell(name: str, unit: str, ours: float, peer: float | None, target: float | None) -> None:
    report(name, unit, ours, peer, _PEER if peer is not None else None, target, "lists")
