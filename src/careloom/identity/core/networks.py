"""Which clients' data may be seen from where: lists of networks, by client."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from uuid import UUID

from careloom.platform.access import Reach


def refused_clients(networks: Mapping[UUID, tuple[str, ...]], ip: str | None) -> frozenset[UUID]:
    """The clients whose list does not name `ip`. Without an address, inside the program, none is refused."""
    if ip is None:
        return frozenset()
    return frozenset(client for client, some in networks.items() if not is_within(ip, some))


def is_within(ip: str, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of the networks; one that is no address lies in none."""
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    plain = getattr(address, "ipv4_mapped", None) or address
    return any(plain in _network(one) for one in networks)


def normal(network: str) -> str | None:
    """A network or address as it is kept (`10.0.0.0/8`); None for what is none, or has bits beyond its mask."""
    try:
        return str(ip_network(network.strip()))
    except ValueError:
        return None


def without(given: Iterable[Reach], refused: frozenset[UUID], everyone: frozenset[UUID]) -> tuple[Reach, ...]:
    """The reaches without the refused clients; one over everything keeps each of `everyone` else, by name."""
    return tuple(
        Reach(
            reach.permissions,
            (everyone if reach.client_ids is None else reach.client_ids) - refused,
            reach.provider_ids,
            reach.program_ids,
        )
        for reach in given
    )


@lru_cache(maxsize=4096)
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)
