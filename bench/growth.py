"""The same four things with a thousand, ten thousand and a hundred thousand tickets: ours and django-helpdesk's."""

import random
from collections.abc import Callable, Mapping
from uuid import uuid4

from bench.helpdesk import Helpdesk, running_helpdesk
from bench.installation import Installation, report, running_installation
from bench.reader import Reader, measure, world
from bench.steady import share
from bench.stock import fill

_SIZES = (1_000, 10_000, 100_000)
_PEER = "django-helpdesk 2.6.1"
_SLOW_MS = 2000
_FASTER, _FLAT = 20, 1.5

Steps = Mapping[str, Callable[[], object]]


def grow(times: int) -> None:
    """Fills both to each size in turn, measures both there, and reports the medians and how they grew."""
    with running_installation(["web"]) as installation:
        brand = world(installation, 1)
        reader = Reader(installation, "bench@example.org")
        with running_helpdesk(installation.sockets) as peer:
            theirs = _theirs(peer)
            found: dict[str, list[float]] = {name: [] for name in theirs}
            done = 0
            for size in _SIZES:
                fill(installation.sockets, brand, size, done)
                peer.fill(done + 1, size)
                done = size
                for name, step in _ours(installation, reader).items():
                    mine, other = share(measure(step, times), 0.5), _patient(theirs[name], times)
                    found[name].append(mine)
                    target = other / _FASTER if size == 10_000 else None
                    _tell(f"{name} of {size:,} tickets, p50", "ms", mine, other, target)
    for name, medians in found.items():
        _tell(f"{name}: at 100,000 tickets against 1,000", "times", medians[-1] / medians[0], None, _FLAT)


def _ours(installation: Installation, reader: Reader) -> Steps:
    known = [one["id"] for one in reader.get("conversations", limit=100)["items"]]

    def one() -> None:
        number = random.choice(known)
        reader.get(f"conversations/{number}")
        reader.get(f"conversations/{number}/messages")

    return {
        "create one": lambda: reader.post("inbound", **_letter(installation)),
        "get one": one,
        "list 25": lambda: reader.get("conversations", limit=25),
        "search 25": lambda: reader.get("search", q=f"order {random.randrange(1000)}", limit=25),
    }


def _theirs(peer: Helpdesk) -> Steps:
    return {
        "create one": peer.create,
        "get one": lambda: peer.one(random.randint(1, 1000)),
        "list 25": peer.page,
        "search 25": lambda: peer.search(f"Order {random.randrange(1000)},"),
    }


def _letter(installation: Installation) -> dict[str, str]:
    key = uuid4()
    return {
        "program_id": installation.program_id,
        "channel": "sms",
        "external_id": key.hex,
        "identity_kind": "phone",
        "identity": f"+1555{key.int % 10**9:09d}",
        "text": "Where is my order? It was promised for Monday.",
        "language": "en",
    }


def _patient(step: Callable[[], object], times: int) -> float:
    """The median, of fewer steps where one takes long."""
    first = share(measure(step, 1, warm=0), 0.5)
    return first if first > _SLOW_MS else share(measure(step, times), 0.5)


def _tell(name: str, unit: str, ours: float, peer: float | None, target: float | None) -> None:
    report(name, unit, ours, peer, _PEER if peer is not None else None, target, "lists")
