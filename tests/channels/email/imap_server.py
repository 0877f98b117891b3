"""A real IMAP server (pymap) on loopback, with what can go wrong at hand."""

from __future__ import annotations

import asyncio
import re
from argparse import Namespace
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from proxyprotocol.result import ProxyResultLocal
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, DictBackend, Identity, Login
from pymap.concurrent import Subsystem
from pymap.exceptions import InvalidAuth
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pysasl import SASLAuth
from pysasl.creds.external import ExternalCredentials
from pysasl.hashing import BuiltinHash
from pysasl.mechanism.oauth import OAuth2Mechanism
from pysasl.mechanism.plain import PlainMechanism

USER = "care@brand.example"
PASSWORD = "an app password"


class _Config(Config):
    @property
    def initial_auth(self) -> SASLAuth:
        return self.tls_auth

    @property
    def tls_auth(self) -> SASLAuth:
        return SASLAuth([PlainMechanism(), OAuth2Mechanism()])


class _Login(Login):
    """Takes access tokens as well as passwords."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.access_tokens: set[str] = set()
        self.refusal: str | None = None

    async def authenticate(self, credentials: Any) -> Identity:
        if self.refusal is not None:
            raise InvalidAuth(self.refusal)
        if not isinstance(credentials, ExternalCredentials):
            return await super().authenticate(credentials)
        token: Any = credentials._token  # pyright: ignore[reportPrivateUsage]
        if token not in self.access_tokens:
            raise InvalidAuth
        return Identity(credentials.authzid, self, None, frozenset())


@dataclass(frozen=True)
class Refusal:
    """Commands for a mail that hold `words` are answered with `answer`; without one the server hangs up."""

    words: bytes
    answer: bytes | None = b"NO [SERVERBUG] This message cannot be read"


class ImapServer:
    """A mailbox of `USER`. `drop_after` hangs up after so many commands; `refused`: what of which UIDs."""

    def __init__(self, backend: DictBackend, config: Config) -> None:
        self._backend = backend
        self._config = config
        self._serve = IMAPServer(backend.login, config)
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.connections = 0
        self.drop_after: int | None = None
        self.refused: dict[int, Refusal] = {}

    @property
    def access_tokens(self) -> set[str]:
        login: Any = self._backend.login
        return login.access_tokens

    def refuse(self, words: str) -> None:
        """Lets nobody in any more, and says why in these words."""
        login: Any = self._backend.login
        login.refusal = words

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        lines: Any = reader if self.drop_after is None else _Dropping(reader, writer, self.drop_after)
        lines = _Refusing(lines, writer, self.refused) if self.refused else lines
        try:
            await self._serve(lines, writer, SocketInfo.get(writer, ProxyResultLocal(), unique_id=uuid4().bytes))
        except (ConnectionError, EOFError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def folder(self, name: str = "INBOX") -> Any:
        login: Any = self._backend.login
        async with Identity(USER, login, None, frozenset()).new_session() as session:
            return await session.mailbox_set.get_mailbox(name)

    async def deliver(self, raw: bytes | str, *, at: datetime | None = None) -> None:
        """Puts a mail into the inbox."""
        content = raw if isinstance(raw, bytes) else raw.encode()
        inbox = await self.folder()
        await inbox.append(AppendMessage(content, at or datetime.now(UTC), frozenset()))

    async def flags(self, name: str = "INBOX") -> list[set[str]]:
        """The flags of each mail in a folder, in order."""
        folder = await self.folder(name)
        return [{str(flag) for flag in message.permanent_flags} for message in _messages(folder)]

    async def renumber(self) -> None:
        """Gives the inbox another UIDVALIDITY and its mails other numbers, as after a move to other machines."""
        inbox = await self.folder()
        kept = _messages(inbox)
        inbox._uid_validity += 1
        inbox._messages.clear()
        inbox._max_uid = 0
        for message in kept:
            content = bytes(message._content)
            await inbox.append(AppendMessage(content, message.internal_date, frozenset()))

    def hang_up(self) -> None:
        for one in list(self._open):
            one.close()


def _messages(folder: Any) -> list[Any]:
    return [folder._messages[uid] for uid in sorted(folder._messages)]


class _Dropping:
    """A reader that ends after some lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int) -> None:
        self._reader, self._writer, self._left = reader, writer, left

    async def readline(self) -> bytes:
        self._left -= 1
        if self._left < 0:
            self._writer.close()
            return b""
        return await self._reader.readline()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)


class _Refusing:
    """A reader that keeps refused commands to itself."""

    def __init__(self, reader: Any, writer: asyncio.StreamWriter, refused: dict[int, Refusal]) -> None:
        self._reader, self._writer, self._refused = reader, writer, refused

    async def readline(self) -> bytes:
        while True:
            line: bytes = await self._reader.readline()
            refusal = self._refusal(line)
            if refusal is None:
                return line
            if refusal.answer is None:
                self._writer.close()
                return b""
            self._writer.write(line.split(b" ")[0] + b" " + refusal.answer + b"\r\n")

    def _refusal(self, line: bytes) -> Refusal | None:
        found = re.match(rb"\S+ UID \S+ ([\d,:]+) ", line)
        uids = re.findall(rb"\d+", found[1]) if found else []
        concerned = (self._refused.get(int(uid)) for uid in uids)
        return next((one for one in concerned if one is not None and one.words in line), None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)


@asynccontextmanager
async def running_imap() -> AsyncGenerator[ImapServer]:
    args = Namespace(passlib_cfg=None, proxy_protocol=None, inherited_sockets=None)
    config = _Config(
        args,
        demo_data=False,
        demo_user=USER,
        demo_password=PASSWORD,
        host="127.0.0.1",
        port=0,
        tls_enabled=False,
        hash_context=BuiltinHash(rounds=1),
        cpu_subsystem=Subsystem.for_asyncio(),
        invalid_user_sleep=0.0,
    )
    login = _Login(config)
    await DictBackend._add_demo_user(config, login)  # pyright: ignore[reportPrivateUsage]
    server = ImapServer(DictBackend(login, config), config)
    config.apply_context()
    async with AsyncExitStack() as stack:
        listening = await asyncio.start_server(server.accept, "127.0.0.1", 0)
        await stack.enter_async_context(listening)
        stack.callback(server.hang_up)
        server.port = listening.sockets[0].getsockname()[1]
        yield server
