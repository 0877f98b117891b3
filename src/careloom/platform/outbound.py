"""Hosts that people name for the program to call: looked up once, refused where they lie inside, and called there."""

import asyncio
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

from careloom.platform.errors import FieldError, InvalidInputError
from careloom.platform.texts.text import say

MAILBOXES: Final = "CARELOOM_MAILBOX_NETWORKS"
SINGLE_SIGN_ON: Final = "CARELOOM_SSO_NETWORKS"
_GLOBAL: Final = ip_network("2000::/3")
"""What of version 6 is handed out to hosts: the rest stands for addresses of version 4, or belongs to sites."""

_NAT64: Final = ip_network("64:ff9b::/96")
"""By which networks without version 4 reach all that has no other."""

_NOBODYS: Final = (ip_network("2002::/16"), ip_network("3fff::/20"))
"""6to4, which leads to any address of version 4, and what only documents name."""


_HOST: Final = re.compile(r"[\w.*-]+|[\dA-Fa-f:.]+", re.ASCII)
"""A name as it goes over the wire, or an address; the star is for patterns of names."""

_UNREADABLE: Final = say("The host or the port of this address is not right; write it as in https://login.example.org.")


class HostRefusedError(Exception):
    """A host that may not be called; the message says why and what to do."""


class HostUnknownError(Exception):
    """A host that no name server knows."""


class Destination(Struct, frozen=True):
    """Where to connect: `address` is what `host` was looked up as, `private` that it lies in an allowed network."""

    host: str
    port: int
    address: str
    private: bool


class Limits(Struct, frozen=True):
    """What a call is held to: the private networks that `setting` names, bytes and seconds for all of the answer."""

    allowed: Sequence[str]
    setting: str
    most_bytes: int
    seconds: float


class Answer(Struct, frozen=True):
    """What a call was answered."""

    status: int
    content: bytes


async def destination(host: str, port: int, allowed: Sequence[str], setting: str = MAILBOXES) -> Destination:
    """Looks `host` up; every address must be a public one or lie in one of the `allowed` networks, which `setting`
    names.

    Connect to `address`, not to `host`: a second look-up may answer something else. Raises HostRefusedError,
    HostUnknownError.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostUnknownError(host) from None
    addresses = list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
    private = [one for one in addresses if not _is_public(one)]
    for one in private:
        if not _is_allowed(one, allowed):
            raise HostRefusedError(f"{host} lies in a private network ({one}), which {setting} does not name.")
    return Destination(host, port, addresses[0], bool(private))


def is_address(url: str) -> bool:
    """Whether an address names a host, and a port where it names one, such that every parser reads it."""
    try:
        parts = urlsplit(url)
        # Only when it is asked for is the port looked at.
        return parts.port != 0 and _HOST.fullmatch(httpx.URL(url).raw_host.decode("ascii")) is not None
    except (httpx.InvalidURL, ValueError):
        return False


def require_addresses(given: Mapping[str, str | None]) -> None:
    """Refuses what is no address, by the path of its field; nothing and an empty text say that there is none.

    Raises InvalidInputError.
    """
    errors = tuple(FieldError(path, _UNREADABLE) for path, url in given.items() if url and not is_address(url))
    if errors:
        raise InvalidInputError(errors=errors)


async def place_of(url: str, allowed: Sequence[str], setting: str) -> Destination:
    """The `destination` of an address; without https only one in the `allowed` networks. Raises the same."""
    parsed = _parsed(url)
    place = await destination(parsed.host, parsed.port or (443 if parsed.scheme == "https" else 80), allowed, setting)
    if parsed.scheme != "https" and not place.private:
        raise HostRefusedError(f"Without https only hosts in {setting} are called.")
    return place


def lies_inside(host: str, allowed: Sequence[str]) -> bool:
    """Whether a host that is written as an address, or as this machine, lies in a private network that is not
    `allowed`. Of names only a look-up tells.
    """
    address = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host
    with suppress(ValueError):
        return not _is_public(address) and not _is_allowed(address, allowed)
    return False


async def call(method: str, url: str, limits: Limits, **request: Any) -> Answer:
    """Calls the address that was looked up, under the name that its certificate must bear, and follows nobody
    elsewhere. Without https only hosts in the allowed networks are called.

    Raises HostRefusedError, HostUnknownError, httpx.HTTPError, TimeoutError, ValueError for an answer that is too long.
    """
    parsed = _parsed(url)
    place = await place_of(url, limits.allowed, limits.setting)
    headers = {"Host": parsed.netloc.decode("ascii"), "Accept": "application/json"}
    async with (
        asyncio.timeout(limits.seconds),
        httpx.AsyncClient(timeout=limits.seconds, follow_redirects=False, trust_env=False, verify=_trusted()) as client,
        client.stream(
            method,
            parsed.copy_with(host=place.address),
            headers=headers,
            extensions={"sni_hostname": place.host},
            **request,
        ) as answer,
    ):
        content = b""
        async for chunk in answer.aiter_bytes():
            content += chunk
            if len(content) > limits.most_bytes:
                raise ValueError("it answers too much")
    return Answer(answer.status_code, content)


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed, read once: to read them takes longer than many a call."""
    return httpx.create_ssl_context(trust_env=False)


def _parsed(url: str) -> httpx.URL:
    if not is_address(url):
        raise HostUnknownError(url)
    return httpx.URL(url)


def _is_allowed(address: str, allowed: Sequence[str]) -> bool:
    return any(_plain(address) in ip_network(network) for network in allowed)


def _plain(address: str) -> IPv4Address | IPv6Address:
    """The address that is reached in the end: that of version 4 which one of version 6 stands for, too."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return parsed
    return IPv4Address(int(parsed) & 0xFFFF_FFFF) if parsed in _NAT64 else parsed.ipv4_mapped or parsed


def _is_public(address: str) -> bool:
    parsed = _plain(address)
    if isinstance(parsed, IPv6Address) and (parsed not in _GLOBAL or any(parsed in one for one in _NOBODYS)):
        return False
    return parsed.is_global and not parsed.is_multicast
