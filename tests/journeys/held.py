"""Requests of a page that are held back, as by a slow server, until a journey lets them go."""

from __future__ import annotations

from playwright.sync_api import Page, Route

_PROBE = "/intercepted"

# Chromium may still send what is asked for right after a route was set: its renderer hears of routes on a way of their
# own, which keys can overtake. So one request is made until it is caught.
_UNTIL_CAUGHT = f"async () => {{ while ((await fetch('{_PROBE}', {{ method: 'HEAD' }})).status !== 204); }}"


class Held:
    """Requests of a page to addresses like `pattern`, by `method` when it is given, held back until they are let go."""

    def __init__(self, page: Page, pattern: str, method: str | None = None) -> None:
        self._page, self._pattern, self._method = page, pattern, method
        self._routes: list[Route] = []
        page.route(pattern, self._hold)
        page.route(f"**{_PROBE}", lambda route: route.fulfill(status=204))
        page.evaluate(_UNTIL_CAUGHT)

    def _hold(self, route: Route) -> None:
        if self._method in (None, route.request.method):
            self._routes.append(route)
        else:
            route.fallback()

    def let_go(self) -> None:
        for one in self._routes:
            one.continue_()
        self._page.unroute(self._pattern)

    def refuse(self) -> None:
        """Answers what was held back, and lets go what comes from now on."""
        for one in self._routes:
            one.fulfill(status=409, json={"title": "Conflict", "detail": "Not now."})
        self._page.unroute(self._pattern)
