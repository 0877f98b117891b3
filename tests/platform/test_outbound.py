"""Hosts inside are not called unless the operator names their network."""

from __future__ import annotations

import pytest

from careloom.platform.outbound import HostRefusedError, HostUnknownError, destination

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "::1",
    "::ffff:10.0.0.1",
    "fd00::1",
    "fe80::1",
    "100.64.0.1",
]


@pytest.mark.parametrize("host", INSIDE)
async def test_an_address_inside_is_refused(host: str) -> None:
    with pytest.raises(HostRefusedError, match="CARELOOM_MAILBOX_NETWORKS"):
        await destination(host, 993, ())


async def test_a_named_network_is_allowed_and_no_other() -> None:
    found = await destination("10.1.2.3", 993, ("10.0.0.0/8", "fd00::/8"))
    assert (found.address, found.private) == ("10.1.2.3", True)
    with pytest.raises(HostRefusedError):
        await destination("192.168.0.1", 993, ("10.0.0.0/8",))


async def test_a_public_address_needs_no_leave() -> None:
    found = await destination("9.9.9.9", 993, ())
    assert (found.address, found.private) == ("9.9.9.9", False)


async def test_a_name_is_judged_by_its_address() -> None:
    with pytest.raises(HostRefusedError):
        await destination("localhost", 993, ())


async def test_a_name_that_nobody_knows_says_so() -> None:
    with pytest.raises(HostUnknownError):
        await destination("nobody.invalid", 993, ())
