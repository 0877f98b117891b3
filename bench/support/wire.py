"""Clients that cost little beside what they measure: HTTP/1.1 on a kept connection, SMTP on a kept session."""

import asyncio
import json
from typing import Any, Self


class HttpWire:
    """One kept connection; JSON in, status and body out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str) -> None:
        self._reader = reader
        self._writer = writer
        self._head = f"Host: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"

    @classmethod
    async def open(cls, host: str, port: int, token: str) -> Self:
        return cls(*await asyncio.open_connection(host, port), token)

    async def call(self, method: str, path: str, value: Any = None) -> tuple[int, Any]:
        body = b"" if value is None else json.dumps(value).encode()
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
        content = await self._reader.readexactly(length)
        return int(lines[0].split()[1]), json.loads(content)

    def close(self) -> None:
        self._writer.close()


class SmtpWire:
    """One kept session, over which mails go one after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, host: str, port: int) -> Self:
        made = cls(*await asyncio.open_connection(host, port))
        await made._answer("220")
        await made._say("EHLO bench.example\r\n", "250")
        return made

    async def send(self, sender: str, recipient: str, mail: bytes) -> None:
        await self._say(f"MAIL FROM:<{sender}>\r\n", "250")
        await self._say(f"RCPT TO:<{recipient}>\r\n", "250")
        await self._say("DATA\r\n", "354")
        self._writer.write(mail + b"\r\n.\r\n")
        await self._answer("250")

    async def _say(self, line: str, wanted: str) -> None:
        self._writer.write(line.encode())
        await self._answer(wanted)

    async def _answer(self, wanted: str) -> None:
        while True:
            line = (await self._reader.readline()).decode()
            if not line.startswith(wanted):
                raise RuntimeError(f"SMTP said {line!r}, wanted {wanted}")
            if line[3:4] != "-":
                return

    def close(self) -> None:
        self._writer.close()
