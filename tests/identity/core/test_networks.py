"""Networks by client: who is refused at an address, and what a reach keeps."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_network
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from careloom.identity.core.networks import is_within, refused_clients, without
from careloom.platform.access import Permission, Reach

CLIENTS = [uuid4() for _ in range(4)]
_some = st.frozensets(st.sampled_from(CLIENTS))
_reaches = st.lists(
    st.builds(Reach, st.just(frozenset({Permission.CUSTOMERS_READ})), st.none() | _some, st.none() | _some), max_size=3
)


@given(_reaches, _some)
def test_nothing_refused_is_left_and_nothing_else_is_lost(held: list[Reach], refused: frozenset[UUID]) -> None:
    everyone = frozenset(CLIENTS)
    for before, after in zip(held, without(held, refused, everyone), strict=True):
        reached = everyone if before.client_ids is None else before.client_ids
        assert after.client_ids == reached - refused
        assert (after.permissions, after.provider_ids) == (before.permissions, before.provider_ids)


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_an_address_lies_in_its_own_network(address: IPv4Address, bits: int) -> None:
    network = str(ip_network(f"{address}/{bits}", strict=False))
    assert is_within(str(address), [network])


def test_what_is_no_address_lies_nowhere_and_the_program_itself_everywhere() -> None:
    lists = {CLIENTS[0]: ("0.0.0.0/0",)}
    assert refused_clients(lists, "unix socket") == {CLIENTS[0]}
    assert refused_clients(lists, "203.0.113.7") == frozenset()
    assert refused_clients(lists, None) == frozenset()
