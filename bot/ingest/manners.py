"""How we behave on other people's servers: what robots.txt allows, its crawl delay, one request at a time, rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from math import inf

from protego import Protego
from yarl import URL

from bot.ingest.encoding import as_utf8
from bot.ingest.errors import (
    AddressRefused,
    BadStatus,
    FetchError,
    HostResting,
    RobotsRefused,
    TooManyRedirects,
    Unreachable,
)
from bot.ingest.values import Fetched

AGENT = "Citaatwacht"
"""The name that a robots.txt can address us by."""

RULES_LAST = 24 * 3600.0
"""Seconds that a robots.txt is believed, at most what RFC 9309 (2.4) allows."""

TROUBLE_LASTS = 600.0
"""Seconds before a robots.txt that could not be had is asked for again."""

LONGEST_DELAY = 120.0
"""Seconds between two requests that a robots.txt can have at most; more would stop a poll altogether."""

TOO_MANY_REQUESTS, UNAVAILABLE = 429, 503

UNSAID_REST = 600.0
"""Seconds that a host is left alone which says that it is asked too much, and not for how long."""

LONGEST_PAUSE = 10.0
"""Seconds of rest that are waited for; what comes upon a longer one is left for later."""

FetchRobots = Callable[[URL], Awaitable[Fetched]]


class Manners:
    """Decides for the whole process whether and when a document may be asked for."""

    def __init__(self, fetch_robots: FetchRobots) -> None:
        """Tell how a robots.txt is fetched: by its address, raising ``FetchError``."""
        self._fetch_robots = fetch_robots
        self._hosts: dict[str, _Host] = {}
        self._sites: dict[URL, _Site] = {}

    async def delay(self, url: URL) -> float:
        """Ask whether an address may be fetched.

        Args:
            url: An absolute HTTP address.

        Returns:
            Seconds that its site wants between two requests; 0 where it does not say.

        Raises:
            RobotsRefused: The site does not want us there.
            FetchError: Its robots.txt could not be had, so that nobody knows (RFC 9309, 2.3.1.4).
        """
        site = self._sites.setdefault(url.origin(), _Site())
        async with site.lock:
            if site.expires_at <= _clock():
                await self._learn(url.origin(), site)
        if site.trouble is not None:
            raise Unreachable(site.trouble)
        if site.rules is None:
            return 0.0
        if not site.rules.can_fetch(str(url), AGENT):
            message = f"{url.origin()}/robots.txt keeps us from {url.path}"
            raise RobotsRefused(message)
        delay = site.rules.crawl_delay(AGENT) or 0.0
        return min(delay, LONGEST_DELAY) if delay > 0 else 0.0

    @asynccontextmanager
    async def turn(self, url: URL, delay: float) -> AsyncIterator[None]:
        """Wait for our turn at a host, and hold it: one request at a time, ``delay`` seconds after the last.

        A ``BadStatus`` inside that asks for patience gives the host its rest, whoever comes next.

        Raises:
            HostResting: It wants to be left alone for longer than anybody waits here.
        """
        host = self._hosts.setdefault(url.host or "", _Host())
        async with host.lock:
            rest = host.rests_until - _clock()
            if rest > LONGEST_PAUSE:
                message = f"{url.host} wants to be left alone"
                raise HostResting(message, retry_after=timedelta(seconds=rest))
            await asyncio.sleep(max(0.0, rest, host.left_at + delay - _clock()))
            try:
                yield
            except BadStatus as error:
                host.rests_until = _clock() + _rest_after(error)
                raise
            finally:
                host.left_at = _clock()

    async def _learn(self, origin: URL, site: _Site) -> None:
        """Read a site's robots.txt as RFC 9309 (2.3.1) wants it: absent is free, unreachable is closed."""
        rules, trouble = None, None
        try:
            fetched = await self._fetch_robots(origin / "robots.txt")
            body = as_utf8(fetched.body, fetched.charset).decode()
            # A page in its place says that there is none.
            rules = None if body.lstrip().startswith("<") else Protego.parse(body)
        except TooManyRedirects:
            pass
        except (AddressRefused, HostResting):
            raise
        except BadStatus as error:
            is_absent = 400 <= error.status < 500 and error.status != TOO_MANY_REQUESTS
            trouble = None if is_absent else str(error)
        except FetchError as error:
            trouble = str(error)
        self._forget_old()
        lasts = RULES_LAST if trouble is None else TROUBLE_LASTS
        site.rules, site.trouble, site.expires_at = rules, trouble, _clock() + lasts

    def _forget_old(self) -> None:
        now = _clock()
        self._sites = {
            origin: site for origin, site in self._sites.items() if site.expires_at > now or site.lock.locked()
        }


@dataclass(slots=True)
class _Host:
    """Whose turn it is at a host, when the last one left, and until when it wants to be left alone."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    left_at: float = -inf
    rests_until: float = -inf


@dataclass(slots=True)
class _Site:
    """What is known of a site's robots.txt; ``rules`` is None where it has none."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Protego | None = None
    trouble: str | None = None
    expires_at: float = -inf


def _rest_after(error: BadStatus) -> float:
    """Give the seconds of rest that an answer asks for."""
    if error.status not in (TOO_MANY_REQUESTS, UNAVAILABLE):
        return 0.0
    if error.retry_after is not None:
        return error.retry_after.total_seconds()
    return UNSAID_REST if error.status == TOO_MANY_REQUESTS else 0.0


def _clock() -> float:
    return asyncio.get_running_loop().time()
