"""Hosts that people name for the program to call: looked up once, refused where they lie inside, and called there."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

import httpx
from msgspec import Struct

MAILBOXES: Final = "CARELOOM_MAILBOX_NETWORKS"
SINGLE_SIGN_ON: Final = "CARELOOM_SSO_NETWORKS"


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
            raise HostRefusedError(f"{host} lies in a private network ({one}), which {setting} names not.")
    return Destination(host, port, addresses[0], bool(private))


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
    parsed = httpx.URL(url)
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    place = await destination(parsed.host, port, limits.allowed, limits.setting)
    if parsed.scheme != "https" and not place.private:
        raise HostRefusedError(f"Without https only hosts in {limits.setting} are called.")
    headers = {"Host": parsed.netloc.decode("ascii"), "Accept": "application/json"}
    async with (
        asyncio.timeout(limits.seconds),
        httpx.AsyncClient(timeout=limits.seconds, follow_redirects=False, trust_env=False) as client,
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


def _is_allowed(address: str, allowed: Sequence[str]) -> bool:
    return any(_plain(address) in ip_network(network) for network in allowed)


def _plain(address: str) -> IPv4Address | IPv6Address:
    parsed = ip_address(address)
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _is_public(address: str) -> bool:
    parsed = _plain(address)
    return parsed.is_global and not parsed.is_multicast
