"""What lists, conversations and search cost where 50 clients have a million contacts with five million messages.

One fresh installation whose web role runs alone; load, server and database share the machine. Each measure is the 95th
percentile of HTTP requests one after another, each for another client, person or contact. The peer is django-helpdesk
on the same PostgreSQL (`bench/helpdesk.py`), with a thousand, ten thousand and a hundred thousand tickets.
"""

import argparse
import itertools
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.growth import grow
from bench.installation import report, running_installation
from bench.reader import Reader, measure, world
from bench.steady import share
from bench.stock import Brand, fill

_LIST_MS, _SEARCH_MS = 50, 200
_DEEP = 20


def tell(name: str, target: float, step: Callable[[], object], times: int) -> None:
    """Reports the 50th and 95th percentile."""
    found = measure(step, times)
    for part, word, wanted in ((0.5, "p50", None), (0.95, "p95", target)):
        report(f"{name}, {word}", "ms", share(found, part), None, None, wanted, "lists")


def deep(reader: Reader, **asked: object) -> Iterator[str]:
    """Cursors of pages far down a list, over and over."""
    cursors: list[str] = []
    after: dict[str, object] = {}
    for _ in range(_DEEP):
        page = reader.get("conversations", **asked, **after)
        if page["next"] is None:
            break
        cursors.append(page["next"])
        after = {"after": page["next"]}
    return itertools.cycle(cursors)


def lists(lead: Reader, agent: Reader, brands: list[Brand], times: int) -> None:
    """The inbox, as a lead over all clients and as an agent of one program."""
    some = partial(random.choice, brands)
    get = lead.get
    further = deep(lead)
    resolved = {"status": "resolved"}
    steps: dict[str, Callable[[], object]] = {
        "all, newest": lambda: get("conversations"),
        "all, newest, further down": lambda: get("conversations", after=next(further)),
        "all, longest waiting": lambda: get("conversations", sort="waiting"),
        "unassigned": lambda: get("conversations", view="unassigned"),
        "mentioned": lambda: get("conversations", view="mentioned"),
        "resolved ones": lambda: get("conversations", **resolved),
        "one client's": lambda: get("conversations", client_id=some().client_id),
        "one client's resolved": lambda: get("conversations", client_id=some().client_id, **resolved),
        "one queue's waiting": lambda: get("conversations", queue_id=some().queue_id, sort="waiting"),
        "one queue's, newest": lambda: get("conversations", queue_id=some().queue_id),
        "one program's, newest": lambda: get("conversations", program_id=some().program_id),
        "one agent's, newest": lambda: get("conversations", assignee_id=random.choice(some().agents)),
        "of one channel": lambda: get("conversations", channel="chat"),
        "urgent ones, of which there are none": lambda: get("conversations", priority="urgent"),
        "with a common tag": lambda: get("conversations", tag="refund"),
        "with a rare tag": lambda: get("conversations", tag="recall"),
        "with a tag nobody uses": lambda: get("conversations", tag="nothing"),
        "one client's with a rare tag": lambda: get("conversations", client_id=some().client_id, tag="recall"),
        "counts": lambda: get("conversations/counts"),
        "agent: mine": lambda: agent.get("conversations", view="mine"),
        "agent: my queues": lambda: agent.get("conversations", view="my_queues"),
        "agent: unassigned": lambda: agent.get("conversations", view="unassigned"),
        "agent: all": lambda: agent.get("conversations"),
        "agent: counts": lambda: agent.get("conversations/counts"),
        "customers, newest": lambda: get("customers"),
        "customers by the beginning of a name": lambda: get("customers", search=f"mira okafor{random.randrange(99)}"),
        "customers by the beginning of an address": lambda: get("customers", search=f"noor.{random.choice('hmnot')}"),
    }
    for name, step in steps.items():
        tell(name, _LIST_MS, step, times)


def contacts(lead: Reader, brands: list[Brand], times: int) -> None:
    """One conversation with what stands beside it, one customer with the timeline."""
    known = [
        one for brand in brands for one in lead.get("conversations", client_id=brand.client_id, limit=100)["items"]
    ]
    some = partial(random.choice, known)
    steps: dict[str, Callable[[], object]] = {
        "conversation": lambda: lead.get(f"conversations/{some()['id']}"),
        "its messages": lambda: lead.get(f"conversations/{some()['id']}/messages"),
        "its intervals": lambda: lead.get(f"conversations/{some()['id']}/intervals"),
        "customer": lambda: lead.get(f"customers/{some()['customer_id']}"),
        "timeline": lambda: lead.get(f"customers/{some()['customer_id']}/timeline"),
        "customer's conversations": lambda: lead.get("conversations", customer_id=some()["customer_id"]),
    }
    for name, step in steps.items():
        tell(name, _LIST_MS, step, times)


def searches(lead: Reader, agent: Reader, brands: list[Brand], contacts_each: int, times: int) -> None:
    """Words rare and common, over all clients and one."""
    some = partial(random.choice, brands)

    def order() -> str:
        return str(random.randint(1, contacts_each))

    for who, reader in (("all clients", lead), ("agent", agent)):
        steps: dict[str, Callable[[], object]] = {
            "an order number": lambda reader=reader: reader.get("search", q=f"order {order()}"),
            "a common word": lambda reader=reader: reader.get("search", q="order"),
            "two words": lambda reader=reader: reader.get("search", q="flight tomorrow"),
            "a phrase": lambda reader=reader: reader.get("search", q='"thank you for"'),
            "the beginning of a word": lambda reader=reader: reader.get("search", q="appoint"),
            "a word without another": lambda reader=reader: reader.get("search", q="balance -savings"),
            "a word nobody wrote": lambda reader=reader: reader.get("search", q="quetzalcoatl"),
        }
        for name, step in steps.items():
            tell(f"search, {who}: {name}", _SEARCH_MS, step, times)
    tell(
        "search, one client: two words",
        _SEARCH_MS,
        lambda: lead.get("search", q="hotel room", client_id=some().client_id),
        times,
    )


def main(clients: int, contacts_each: int, times: int, parts: list[str]) -> None:
    """Measures every reading of a full installation, and how four of them grow beside the peer's."""
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load of others {load:.1f}, {times} requests each", file=sys.stderr, flush=True)
    random.seed(11)
    if "growth" in parts:
        grow(times)
    if "full" in parts:
        full(clients, contacts_each, times)


def full(clients: int, contacts_each: int, times: int) -> None:
    """Fills an installation and measures every reading of it."""
    with running_installation(["web"]) as installation:
        brands = world(installation, clients)
        began = time.perf_counter()
        fill(installation.sockets, brands, contacts_each)
        print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        lead, agent = Reader(installation, "bench@example.org"), Reader(installation, "agent-0-0@example.org")
        lists(lead, agent, brands, times)
        contacts(lead, brands, times)
        searches(lead, agent, brands, contacts_each, times)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--contacts", type=int, default=20_000, help="of each client")
    parser.add_argument("--times", type=int, default=100, help="requests of a measure")
    parser.add_argument("--parts", nargs="+", choices=["growth", "full"], default=["growth", "full"])
    given = parser.parse_args()
    main(given.clients, given.contacts, given.times, given.parts)
