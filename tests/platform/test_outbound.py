"""Hosts inside are not called unless the operator names their network."""

from __future__ import annotations

import pytest

from careloom.platform.errors import InvalidInputError
from careloom.platform.outbound import (
    MAILBOXES,
    SINGLE_SIGN_ON,
    HostRefusedError,
    HostUnknownError,
    Limits,
    call,
    destination,
    lies_inside,
    place_of,
    require_addresses,
)
from tests.platform.answering import answering

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
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:909:909::",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "2001:0:a00:1::1",
    "fec0::1",
    "5f00::1",
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


@pytest.mark.parametrize("host", ["9.9.9.9", "2620:fe::fe", "64:ff9b::909:909", "::ffff:9.9.9.9"])
async def test_a_public_address_needs_no_leave(host: str) -> None:
    found = await destination(host, 993, ())
    assert (found.address, found.private) == (host, False)


async def test_a_named_network_holds_also_for_what_stands_for_its_addresses() -> None:
    for host in ("64:ff9b::a01:203", "::ffff:10.1.2.3"):
        assert (await destination(host, 993, ("10.0.0.0/8",))).private


async def test_a_name_is_judged_by_its_address() -> None:
    with pytest.raises(HostRefusedError):
        await destination("localhost", 993, ())


async def test_a_name_that_nobody_knows_says_so() -> None:
    with pytest.raises(HostUnknownError):
        await destination("nobody.invalid", 993, ())


@pytest.mark.parametrize("host", [*INSIDE, "localhost", "any.localhost"])
def test_what_is_written_as_an_address_inside_is_known_without_a_look_up(host: str) -> None:
    assert lies_inside(host, ())
    assert lies_inside(host, ("198.51.100.0/24",))


def test_a_public_address_a_name_and_what_is_allowed_do_not_lie_inside() -> None:
    assert not lies_inside("9.9.9.9", ())
    assert not lies_inside("login.example", ())
    assert not lies_inside("localhost", ("127.0.0.0/8",))


UNREADABLE = [
    *("https://[x]/t", "https://a:b/t", "https://[::1", "https://[::ffff:7f00:1", "https://a:99999", "https://a:0"),
    *(
        "https://",
        "https://:80/",
        "https://a b/",
        "https://a%20b/",
        "https://a<b/",
        "https://1.2.3.999",
        "http://\u2100/",
    ),
    *("https://[fe80::1%25eth0]/", "https://[::1].de/", "login.example.org", "/path", "https://xn--\u00e4/"),
]


@pytest.mark.parametrize("url", UNREADABLE)
async def test_what_is_no_address_is_refused_at_its_field_and_called_by_nobody(url: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        require_addresses({"/issuer": url, "/other": "https://login.example.org"})
    assert [one.path for one in refused.value.errors] == ["/issuer"]
    with pytest.raises(HostUnknownError):
        await place_of(url, ("127.0.0.0/8",), SINGLE_SIGN_ON)
    with pytest.raises(HostUnknownError):
        await call("GET", url, _limits("127.0.0.0/8"))


def test_addresses_of_every_usual_form_are_none_that_is_refused() -> None:
    usual = (
        "https://login.example.org",
        "http://10.0.0.1:8080/a?b",
        "https://[2001:db8::1]:8443/",
        "https://münchen.de",
    )
    require_addresses({f"/{at}": one for at, one in enumerate((*usual, "https://*.example.org:8000", "", None))})


def _limits(*allowed: str, most: int = 1000) -> Limits:
    return Limits(allowed, SINGLE_SIGN_ON, most, 5.0)


async def test_a_host_inside_is_called_only_where_its_network_is_named() -> None:
    with answering(b"yes") as server:
        with pytest.raises(HostRefusedError, match="CARELOOM_SSO_NETWORKS"):
            await call("GET", f"{server.url}/a", _limits())
        assert server.seen == []
        answer = await call("GET", f"{server.url}/a", _limits("127.0.0.0/8"))
        assert (answer.status, answer.content, server.seen) == (200, b"yes", ["/a"])


async def test_without_https_nobody_outside_is_called() -> None:
    with pytest.raises(HostRefusedError, match="Without https"):
        await call("GET", "http://9.9.9.9/", Limits((), MAILBOXES, 10, 1.0))


async def test_an_answer_is_read_no_further_than_it_may_be_long() -> None:
    with answering(b"x" * 5_000_000) as server, pytest.raises(ValueError, match="too much"):
        await call("GET", server.url, _limits("127.0.0.0/8"))


async def test_nobody_is_followed_elsewhere() -> None:
    with answering(b"inside") as inside, answering(b"", 302, Location=f"{inside.url}/secret") as server:
        answer = await call("GET", server.url, _limits("127.0.0.0/8"))
        assert (answer.status, inside.seen) == (302, [])
