"""Which pages may use a widget."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(r"https?://([\w.-]+|\[[0-9a-f:.]+\])(:[1-9]\d{0,4})?", re.IGNORECASE | re.ASCII)
"""What browsers send: no path, no user, no port 0, and none of the characters that parsers of addresses drop."""


def may_use(origin: str | None, allowed: Collection[str], *, own: str, required: bool) -> bool:
    """Whether a page of `origin` may use a widget whose pages are `allowed` (empty: any).

    `own` is the server's own origin, always allowed. Without an origin the answer is `not required`.
    """
    if not allowed:
        return True
    if origin is None:
        return not required
    page = _parts(origin) if _ORIGIN.fullmatch(origin) else None
    if page is None:
        return False
    return page == _parts(own) or any(_matches(page, one) for one in allowed)


def _matches(page: tuple[str, str, int | None], pattern: str) -> bool:
    wanted = _parts(pattern)
    if wanted is None or (page[0], page[2]) != (wanted[0], wanted[2]):
        return False
    if wanted[1].startswith("*."):
        return page[1].endswith(wanted[1][1:]) and len(page[1]) > len(wanted[1]) - 1
    return page[1] == wanted[1]


def _parts(origin: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None for what is no origin of a page."""
    try:
        url = urlsplit(origin.strip())
        port = url.port
    except ValueError:
        return None
    if url.scheme not in _DEFAULT_PORTS or not url.hostname:
        return None
    return url.scheme, url.hostname.lower(), _DEFAULT_PORTS[url.scheme] if port is None else port
