"""django-helpdesk beside us: the same PostgreSQL, the same tickets, its own pages and API over HTTP."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg

from bench.installation import PASSWORD
from bench.line import Line, cookie_header
from tests.ports import free_port

_NEEDS: Final = ("django-helpdesk==2.6.1", "django>=5.2,<6", "psycopg[binary]>=3.2,<4", "gunicorn>=23,<26")
_HERE: Final = Path(__file__).parent
_CREATORS: Final = 16
_TICKET: Final = {"queue": 1, "title": "Where is my order?", "description": "It was promised.", "priority": 3}
_ENVIRONMENT: Final = _HERE.parent / ".make" / "helpdesk"
_MAKE_QUEUE: Final = "from helpdesk.models import Queue; Queue.objects.create(title='All', slug='all')"
_FILL: Final = (
    """
INSERT INTO helpdesk_ticket (title, created, modified, submitter_email, status, on_hold, description, priority,
    secret_key, queue_id)
SELECT 'Order ' || number, now() - interval '1 year' + number * interval '5 minutes', now(),
    'customer' || number / 4 || '@customer.example', CASE WHEN number %% 25 = 0 THEN 1 ELSE 4 END, false,
    'Order ' || number || ', where is it? I have waited for it since Monday.', 3, md5(number::text),
    (SELECT id FROM helpdesk_queue)
FROM generate_series(%(first)s::integer, %(last)s::integer) AS number
""",
    """
INSERT INTO helpdesk_followup (ticket_id, date, title, comment, public)
SELECT id, created + seq * interval '5 minutes', 'Comment', title || ', we look into it and come back to you.', true
FROM (SELECT * FROM helpdesk_ticket ORDER BY id DESC LIMIT %(last)s - %(first)s + 1) AS ticket,
    generate_series(1, 5) AS seq
""",
)


class Helpdesk:
    """A running site, signed in."""

    def __init__(self, port: int, database: str) -> None:
        self._database = database
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600, trust_env=False)

    def sign_in(self) -> None:
        """Waits for the site and signs in."""
        until = time.monotonic() + 60
        while True:
            try:
                self.http.get("/login/").raise_for_status()
                break
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        form = {"username": "bench", "password": PASSWORD, "csrfmiddlewaretoken": self.http.cookies["csrftoken"]}
        answer = self.http.post("/login/", data=form)
        assert answer.status_code == 302, answer.text
        self._line = Line(str(self.http.base_url), {"Cookie": cookie_header(self.http.cookies)})

    def fill(self, first: int, last: int) -> None:
        """Adds tickets `first` to `last` of five follow-ups each, and lets PostgreSQL count them."""
        with psycopg.connect(self._database, autocommit=True) as connection:
            for statement in _FILL:
                psycopg.ClientCursor(connection).execute(statement, {"first": first, "last": last})
            connection.execute("VACUUM ANALYZE")

    def create_rate(self, seconds: float) -> float:
        """Tickets a second by its API, from many connections at once."""
        until = time.perf_counter() + seconds

        def create(_: int) -> int:
            made = 0
            with httpx.Client(
                base_url=self.http.base_url, cookies=self.http.cookies, timeout=600, trust_env=False
            ) as one:
                while time.perf_counter() < until:
                    answer = one.post(
                        "/api/tickets/", json=_TICKET, headers={"X-CSRFToken": self.http.cookies["csrftoken"]}
                    )
                    assert answer.status_code == 201, answer.text
                    made += 1
            return made

        began = time.perf_counter()
        with ThreadPoolExecutor(_CREATORS) as pool:
            made = sum(pool.map(create, range(_CREATORS)))
        return made / (time.perf_counter() - began)

    def one(self, number: int) -> Any:
        """A ticket with its follow-ups by its API."""
        return self._line.get(f"/api/tickets/{number}/")

    def page(self) -> Any:
        """25 tickets by its API."""
        return self._line.get("/api/tickets/")

    def search(self, words: str) -> Any:
        """25 tickets that hold the words, as the table of its list asks for them."""
        asked = {"sorting": "created", "sortreverse": True, "search_string": words}
        query = base64.b64encode(json.dumps(asked).encode()).decode()
        return self._line.get(f"/datatables_ticket_list/{query}?start=0&length=25")


@contextmanager
def running_helpdesk(sockets: str) -> Generator[Helpdesk]:
    """Two web processes of it; its tables are in a database of their own on the PostgreSQL in `sockets`."""
    python = _installed()
    with psycopg.connect(f"postgresql://postgres@/postgres?host={sockets}", autocommit=True) as connection:
        connection.execute("CREATE DATABASE helpdesk")
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "HELPDESK_SOCKETS": sockets,
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": str(_HERE / "helpdesk_site"),
    }
    for command in (
        ("migrate", "--verbosity", "0"),
        ("createsuperuser", "--noinput", "--username", "bench", "--email", "bench@example.org"),
        ("shell", "--verbosity", "0", "-c", _MAKE_QUEUE),
    ):
        subprocess.run([python, "-m", "django", *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    serve = [
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--timeout",
        "600",
        "--workers",
        "2",
        "--threads",
        "8",
        "--log-level",
        "warning",
    ]
    application = "django.core.wsgi:get_wsgi_application()"
    web = subprocess.Popen([python, *serve, application], env=environment)
    try:
        helpdesk = Helpdesk(port, f"postgresql://postgres@/helpdesk?host={sockets}")
        helpdesk.sign_in()
        yield helpdesk
    finally:
        web.terminate()
        web.wait(30)


def _installed() -> Path:
    """The Python of an environment of its own, made once: its packages are none of Careloom's."""
    python, done = _ENVIRONMENT / "bin" / "python", _ENVIRONMENT / "done"
    if not done.exists() or done.read_text() != repr(_NEEDS):
        print("installing django-helpdesk beside Careloom", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", _ENVIRONMENT], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *_NEEDS], check=True)
        done.write_text(repr(_NEEDS))
    return python
