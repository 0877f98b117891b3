"""`careloom up` in a process of its own, and an administrator's view of its API."""

from __future__ import annotations

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any, LiteralString, cast

import httpx
import psycopg
from psycopg import sql

from tests.ports import free_port

PASSWORD = "correct horse battery"


def wait_until(true: Callable[[], object], seconds: float = 30.0) -> object:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = true()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


class Installation:
    """`careloom up` in a process of its own, and an administrator's view of its API."""

    def __init__(self, home: Path, relay_port: int) -> None:
        self.home = home
        self.port, self.smtp_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("CARELOOM_")},
            "CARELOOM_HOME": str(home),
            "CARELOOM_PORT": str(self.port),
            "CARELOOM_SMTP_PORT": str(self.smtp_port),
            "CARELOOM_RELAY_PORT": str(relay_port),
            "CARELOOM_SSO_NETWORKS": "127.0.0.0/8",
            "CARELOOM_MAILBOX_NETWORKS": "127.0.0.0/8",
            "CARELOOM_ALERT_SENDER": "careloom@harbor.example",
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def careloom(self, *arguments: str, standard_input: bytes = b"") -> None:
        command = [sys.executable, "-m", "careloom.cli", *arguments]
        subprocess.run(
            command, env=self._environment, check=True, capture_output=True, timeout=300, input=standard_input
        )

    def start(self) -> None:
        self.careloom(
            "user", "add", "--email", "admin@example.org", "--password-stdin", standard_input=f"{PASSWORD}\n".encode()
        )
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "careloom.cli", "up"], env=self._environment, stderr=log, stdout=log
            )
        wait_until(self._is_ready, 300)
        answer = self._http.post("/api/session", json={"email": "admin@example.org", "password": PASSWORD})
        self._http.headers["X-CSRF-Token"] = answer.json()["csrf_token"]

    def stop(self) -> None:
        self._http.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(120)

    def _is_ready(self) -> bool:
        try:
            return self._http.get("/ready").is_success
        except httpx.HTTPError:
            return False

    def get(self, path: str, **query: str) -> Any:
        answer = self._http.get(f"/api/{path}", params=query)
        assert answer.is_success, answer.text
        return answer.json()

    def mail(
        self,
        sender: str,
        to: str,
        subject: str,
        text: str,
        *,
        html: str | None = None,
        images: Mapping[str, bytes] | None = None,
        **headers: str,
    ) -> str:
        """Sends a customer's mail as their own server would; answers its Message-ID. `headers` with `_` for `-`.

        `images` are PNGs by their names.
        """
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Message-ID"] = make_msgid(domain="customer.example")
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        if html is not None:
            mail.add_alternative(html, subtype="html")
        for name, content in (images or {}).items():
            mail.add_attachment(content, maintype="image", subtype="png", filename=name)
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as smtp:
            smtp.send_message(mail)
        return str(mail["Message-ID"])

    def conversations(self, client: str) -> list[dict[str, Any]]:
        """The client's conversations, once there are some."""

        def found() -> Any:
            return self.get("conversations", client_id=client, view="all")["items"]

        return cast("list[dict[str, Any]]", wait_until(found))

    def fetch(self, path: str) -> bytes:
        answer = self._http.get(f"/api/{path}")
        assert answer.is_success, answer.text
        return answer.content

    def make(self, path: str, **values: object) -> Any:
        answer = self._http.post(f"/api/{path}", json=values)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def change(self, path: str, **values: object) -> Any:
        answer = self._http.patch(f"/api/{path}", json=values)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def put(self, path: str, value: object) -> Any:
        answer = self._http.put(f"/api/{path}", json=value)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def hand_in(self, path: str, content: bytes) -> Any:
        answer = self._http.put(f"/api/{path}", content=content)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def ask(self, method: str, path: str, value: object = None) -> httpx.Response:
        """The answer as it is, refusals too."""
        return self._http.request(method, f"/api/{path}", json=value)

    def past_the_program(self, statement: LiteralString, *values: str) -> None:
        """Does what only somebody at the database itself can, past every trigger; `values` stand for `{}` in turn."""
        lines = (self.home / "postgres" / "postmaster.pid").read_text().splitlines()
        with psycopg.connect(host=lines[4], dbname="careloom", user="postgres") as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(sql.SQL(statement).format(*map(sql.Literal, values)))
