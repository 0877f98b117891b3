"""Hosts that people name for the program to call: looked up once, and refused where they lie inside."""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from msgspec import Struct


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


async def destination(host: str, port: int, allowed: Sequence[str]) -> Destination:
    """Looks `host` up; every address must be a public one or lie in one of the `allowed` networks.

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
        if not any(_plain(one) in ip_network(network) for network in allowed):
            raise HostRefusedError(
                f"{host} lies in a private network ({one}), which CARELOOM_MAILBOX_NETWORKS names not."
            )
    return Destination(host, port, addresses[0], bool(private))


def _plain(address: str) -> IPv4Address | IPv6Address:
    parsed = ip_address(address)
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _is_public(address: str) -> bool:
    parsed = _plain(address)
    return parsed.is_global and not parsed.is_multicast
