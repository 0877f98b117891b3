"""What browsers complain of while people work: errors in scripts, and whatever a page's policy forbids."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, WebError

_OF_THE_NETWORK = ("Failed to load resource", "WebSocket connection to")
"""Refusals are answers like others: a journey that is about them sees them."""

_OF_A_SANDBOX = "Blocked script execution in"
"""Looking into a mail's frame just as it is loaded anew is such a script, refused as every one there should be."""


def complaints_of(context: BrowserContext) -> list[str]:
    """A list that grows with what the pages of `context` complain of from now on."""
    found: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((*_OF_THE_NETWORK, _OF_A_SANDBOX)):
            found.append(f"{message.text} ({message.location.get('url')})")

    def broke(error: WebError) -> None:
        found.append(str(error.error))

    context.on("console", heard)
    context.on("weberror", broke)
    return found
