"""From where a client's data may be seen, as values."""

from typing import Annotated

from msgspec import Meta, Struct

from careloom.organizations.types import ClientId

Network = Annotated[str, Meta(min_length=2, max_length=50, description="Such as 203.0.113.0/24 or 2001:db8::/32.")]


class ClientNetworks(Struct, frozen=True):
    """The networks from which a client's data may be seen; empty: from everywhere."""

    client_id: ClientId
    networks: tuple[str, ...]


class NewNetworks(Struct, frozen=True, forbid_unknown_fields=True):
    """The networks to allow, in place of the former ones."""

    networks: Annotated[tuple[Network, ...], Meta(max_length=200)]
