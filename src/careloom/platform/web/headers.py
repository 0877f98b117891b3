"""What every answer tells browsers to refuse: scripts from elsewhere, frames, guesses, copies, other origins."""

import re

from litestar.types import Message, Scope

REPORTS = "/api/csp-reports"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of what is no page: opened as one it runs, loads and shows nothing."""

FILE = "default-src 'none'; sandbox"
"""The policy of stored files: shown in a browser they run and load nothing."""

_FEATURES = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation"),
    *("gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment", "serial", "usb"),
)
_UNLESS_SAID = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{one}=()" for one in _FEATURES).encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", NOTHING.encode()),
    (b"cache-control", b"no-store"),
)
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_HOST = re.compile(r"[\w.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?", re.ASCII)


async def add_headers(message: Message, scope: Scope) -> None:
    """Adds to each answer what its handler did not say otherwise; where people come by https, to come by nothing else.

    Also to what the router refuses before any handler or middleware sees it.
    """
    if message["type"] != "http.response.start":
        return
    headers = list(message["headers"])
    said = {name for name, _ in headers}
    headers += [one for one in _UNLESS_SAID if one[0] not in said]
    if scope["app"].state.by_https:
        headers.append(_STRICT_TRANSPORT)
    message["headers"] = headers


def page_policy(nonce: str, host: str, *, framed: bool = False) -> str:
    """The policy of a page at `host`: its own scripts, styles that carry `nonce`, nothing from elsewhere.

    `framed`: pages of this installation may show it in a frame. What a browser refuses it reports.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    ancestors = "'self'" if framed else "'none'"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
        f"font-src 'self'; connect-src 'self'{sockets}; frame-src 'self'; manifest-src 'self'; object-src 'none'; "
        f"base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}; report-uri {REPORTS}"
    )


def mail_policy(*, images: bool) -> str:
    """The policy of the frame in which a designed mail is shown: no script, no form, no connection. The desk gives the
    mail its looks from outside, property by property.

    `images`: from elsewhere, too, because the reader asked for them.
    """
    sources = "'self' data: https: http:" if images else "'self' data:"
    return (
        f"default-src 'none'; style-src 'self'; img-src {sources}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    )
