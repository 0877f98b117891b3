"""Who reads and what is read: signed-in people, clients with programs, queues and agents, and times of requests."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx

from bench.installation import PASSWORD, Installation
from bench.line import Line, cookie_header
from bench.stock import Brand

Step = Callable[[], object]
_BLOCK = 10


class Reader:
    """Whoever reads: one kept-alive connection, signed in."""

    def __init__(self, installation: Installation, email: str) -> None:
        self.http = httpx.Client(base_url=installation.url, timeout=120, trust_env=False)
        me = self.http.post("/api/session", json={"email": email, "password": PASSWORD}).raise_for_status().json()
        self.http.headers["X-CSRF-Token"] = me["csrf_token"]
        self._line = Line(installation.url, {"Cookie": cookie_header(self.http.cookies)})

    def get(self, path: str, **asked: object) -> Any:
        """The answer to GET /api/`path`."""
        return self._line.get(f"/api/{path}?{urlencode(asked)}" if asked else f"/api/{path}")

    def post(self, path: str, **values: object) -> Any:
        """The answer to POST /api/`path`."""
        answer = self.http.post(f"/api/{path}", json=values)
        answer.raise_for_status()
        return answer.json()


def world(installation: Installation, clients: int, people: int = 4) -> list[Brand]:
    """`clients` clients, each with a program, a queue and some agents; those of the first can sign in."""
    http = httpx.Client(
        base_url=installation.url,
        timeout=60,
        headers={"Authorization": f"Bearer {installation.token}"},
        trust_env=False,
    )

    def make(path: str, **values: Any) -> str:
        answer = http.post(f"/api/{path}", json=values)
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    provider = http.get("/api/providers").json()["items"][0]["id"]
    brands: list[Brand] = []
    for number in range(clients):
        channels = ["email", "chat", "sms"]
        client = make("clients", name=f"Brand {number}", industry="retail", color="#336699")
        program = make(
            "programs",
            client_id=client,
            name="Care",
            time_zone="UTC",
            provider_ids=[provider],
            channels=channels,
        )
        queue = make(
            "queues", client_id=client, program_id=program, provider_id=provider, name="All", channels=channels
        )
        agents = [
            make(
                "people",
                name=f"Agent {one}",
                email=f"agent-{number}-{one}@example.org",
                provider_id=provider,
                password=PASSWORD if number == 0 else None,
                grants=[{"role": "agent", "scope": "program", "scope_id": program}],
            )
            for one in range(people)
        ]
        brands.append(Brand(UUID(client), UUID(program), UUID(queue), tuple(map(UUID, agents))))
    return brands


def measure(step: Step, times: int, warm: int = 3) -> list[float]:
    """The sorted milliseconds of `times` steps, after `warm` that are not counted."""
    for _ in range(warm):
        step()
    found: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        step()
        found.append((time.perf_counter() - began) * 1000)
    return sorted(found)


def in_turn(one: Step, other: Step, times: int) -> tuple[list[float], list[float]]:
    """The sorted milliseconds of `times` steps of each, some of one, then some of the other: what the machine gives
    changes from minute to minute.
    """
    mine: list[float] = []
    theirs: list[float] = []
    for _ in range(times // _BLOCK):
        mine += measure(one, _BLOCK, 1)
        theirs += measure(other, _BLOCK, 1)
    return sorted(mine), sorted(theirs)
