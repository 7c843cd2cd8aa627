"""Documents over HTTP, within limits, and with no way into a network that is not public.

Every connection is checked by the address that it is really made to, at the moment that it is made: a
name that resolves to a local address, a literal address, and each step of a redirect alike.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from yarl import URL

from bot.ingest.addresses import is_public
from bot.ingest.errors import (
    AddressRefused,
    BadStatus,
    FetchError,
    Gone,
    TooLarge,
    TooManyRedirects,
    Unreachable,
    WrongType,
)
from bot.ingest.manners import AGENT, Manners
from bot.ingest.pace import LONGEST_WAIT
from bot.ingest.values import Fetched

CHUNK = 64 * 1024
MOST_REDIRECTS = 5
WEB_PORTS = frozenset((80, 443))
# 408, 425 and 429 ask for patience, and a feed can be ahead of its pages (404); every other 4xx is a refusal.
PATIENT_STATUSES = frozenset((404, 408, 425, 429))
REDIRECTS = frozenset((301, 302, 303, 307, 308))
PERMANENT_REDIRECTS = frozenset((301, 308))
NOT_MODIFIED = 304

PACKINGS = frozenset(("gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"))
UNPACKED = frozenset(("gzip", "deflate"))
"""The packings that the library undoes, chunk by chunk, when one of them stands alone."""

Delay = Callable[[URL], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost.

    Attributes:
        connect: Seconds until there is a connection.
        silence: Seconds that a server may say nothing.
        total: Seconds for the whole document, redirects included; waiting for our turn at a host is not.
        largest: Bytes after unpacking.
        types: Media types that are read, every one if empty; a document without one is read too.
        is_cut: Whether a larger document is read up to there, in whole lines.
    """

    connect: float
    silence: float
    total: float
    largest: int
    types: frozenset[str]
    is_cut: bool = False


PAGE = Limits(10, 15, 30, 5_000_000, frozenset(("text/html", "application/xhtml+xml", "text/plain")))
"""For an article's page."""

# Servers call feeds many things; the parser decides whether it is one.
FEED = Limits(
    10,
    15,
    60,
    10_000_000,
    frozenset(
        (
            "application/rss+xml",
            "application/atom+xml",
            "application/rdf+xml",
            "application/xml",
            "text/xml",
            "text/html",
            "text/plain",
            "application/octet-stream",
        )
    ),
)
"""For a feed."""

# A debate of a whole day with its markup; a report of that size is not built in a minute either.
REPORT = replace(FEED, total=120, largest=50_000_000)
"""For a report of the Tweede Kamer."""

ROBOTS = Limits(10, 15, 30, 500 * 1024, frozenset(), is_cut=True)
"""For a robots.txt, of which RFC 9309 (2.5) wants 500 KiB read; servers call it what they like."""

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})")


class Fetcher:
    """Fetches documents, as far as the sites allow it; one serves the whole process.

    A host gets one request at a time, spaced by the crawl delay of its robots.txt.
    """

    def __init__(self, *, contact: str, allow_hosts: Iterable[str] = ()) -> None:
        """Describe who asks, and which hosts are open although they are not public.

        Args:
            contact: An address or page where the people whose servers we ask can reach somebody.
            allow_hosts: ``host`` or ``host:port``; without a port, every port of that host.
        """
        self._headers = {"User-Agent": f"{AGENT} (news monitor; {contact})", "Accept-Language": "nl, en;q=0.5"}
        self._open_hosts = frozenset(host.lower() for host in allow_hosts)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._manners = Manners(self._fetch_robots)

    async def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def fetch(
        self, url: str, limits: Limits, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Fetch a document.

        Args:
            url: Its address.
            limits: What it may cost: ``PAGE``, ``FEED`` or ``REPORT``.
            etag: The ETag of what we have, to be spared the same again.
            last_modified: The Last-Modified of what we have.

        Returns:
            The document, or word that it is unchanged.

        Raises:
            FetchError: There is no document; ``permanent`` tells whether another try makes sense.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        return await self._follow(_parsed(url), limits, headers, self._manners.delay)

    async def _fetch_robots(self, url: URL) -> Fetched:
        async def at_once(_: URL) -> float:
            return 0.0

        return await self._follow(url, ROBOTS, {}, at_once)

    async def _follow(self, url: URL, limits: Limits, headers: dict[str, str], delay: Delay) -> Fetched:
        """Ask step by step; ``delay`` tells for each whether it may be asked, and how long after the last."""
        seen: set[URL] = set()
        moved_to, is_for_good, left = None, True, limits.total
        for _ in range(MOST_REDIRECTS + 1):
            if url in seen:
                message = f"{_shown(url)} leads back to itself"
                raise TooManyRedirects(message)
            seen.add(url)
            session = self._session_for(url)
            async with self._manners.turn(url, await delay(url)):
                started = asyncio.get_running_loop().time()
                answer = await _ask(session, url, limits, headers, left)
                left -= asyncio.get_running_loop().time() - started
            if isinstance(answer, Fetched):
                return replace(answer, moved_to=moved_to)
            url = _joined(url, answer.target)
            is_for_good = is_for_good and answer.status in PERMANENT_REDIRECTS
            moved_to = str(url) if is_for_good else moved_to
        message = f"{_shown(url)} was reached after more than {MOST_REDIRECTS} redirects"
        raise TooManyRedirects(message)

    def _session_for(self, url: URL) -> aiohttp.ClientSession:
        """Give the session that a step may use: the guarded one, or the open one for hosts that are opened by name."""
        if url.scheme not in ("http", "https") or not url.host:
            message = f"{_shown(url)} is not an HTTP address"
            raise AddressRefused(message)
        host = url.host.lower()
        is_open = host in self._open_hosts or f"{host}:{url.port}" in self._open_hosts
        if not is_open and url.port not in WEB_PORTS:
            message = f"{_shown(url)} is on port {url.port}, and only 80 and 443 are asked"
            raise AddressRefused(message)
        if is_open not in self._sessions:
            connector = aiohttp.TCPConnector(socket_factory=None if is_open else _guarded_socket)
            self._sessions[is_open] = aiohttp.ClientSession(
                connector=connector, headers=self._headers, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._sessions[is_open]


class _NotPublic(OSError):
    """The connection would leave the public internet."""


def _guarded_socket(info: tuple[Any, ...]) -> socket.socket:
    """Make the socket for one resolved address, if it is a public one (aiohttp calls this before connecting)."""
    family, kind, protocol, _, place = info
    if not is_public(place[0]):
        # The same words for every address of a name, or the library would sum them up as an error of its own.
        raise _NotPublic("not a public address")
    return socket.socket(family, kind, protocol)


@dataclass(frozen=True, slots=True)
class _Redirect:
    """An answer that leads elsewhere."""

    status: int
    target: str


async def _ask(
    session: aiohttp.ClientSession, url: URL, limits: Limits, headers: dict[str, str], seconds: float
) -> Fetched | _Redirect:
    """Make one request, within the limits and the seconds that are left for the document."""
    timeout = aiohttp.ClientTimeout(total=None, connect=limits.connect, sock_read=limits.silence)
    try:
        async with (
            asyncio.timeout(seconds),
            session.get(url, headers=headers, timeout=timeout, allow_redirects=False) as response,
        ):
            target = response.headers.get("Location")
            if response.status in REDIRECTS and target:
                return _Redirect(response.status, target)
            return await _read(response, limits, is_conditional=bool(headers))
    except TimeoutError as error:
        message = f"{_shown(url)} did not answer in time"
        raise Unreachable(message) from error
    except (aiohttp.ClientError, OSError) as error:
        raise _translated(error, url) from error
    except UnicodeError as error:  # a name that is none ("a..nl"), which the resolver finds and the library lets pass
        message = f"{_shown(url)} is not an address"
        raise AddressRefused(message) from error


async def _read(response: aiohttp.ClientResponse, limits: Limits, *, is_conditional: bool) -> Fetched:
    etag, last_modified = (_plain(response.headers.get(name)) for name in ("ETag", "Last-Modified"))
    url, fresh_for = str(response.url), _fresh_for(response)
    if response.status == NOT_MODIFIED and is_conditional:
        return Fetched(url, b"", None, etag, last_modified, is_unchanged=True, fresh_for=fresh_for)
    if response.status != 200:
        raise _refusal(response)
    if limits.types and "Content-Type" in response.headers and response.content_type not in limits.types:
        message = f"{_shown(url)} is of type {response.content_type}"
        raise WrongType(message)
    _check_packing(response)
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > limits.largest and limits.is_cut:
            body = body[: body.rfind(b"\n", 0, limits.largest) + 1]
            break
        if len(body) > limits.largest:
            message = f"{_shown(url)} is larger than {limits.largest} bytes"
            raise TooLarge(message)
    return Fetched(url, bytes(body), response.charset, etag, last_modified, fresh_for=fresh_for)


def _plain(validator: str | None) -> str | None:
    """Give what a header says if it can be sent back: in other letters it would come out as something else."""
    return validator if validator and validator.isascii() and validator.isprintable() else None


def _check_packing(response: aiohttp.ClientResponse) -> None:
    """Refuse what the library hands on packed, since it is packed twice or in an older way."""
    written = ", ".join(response.headers.getall("Content-Encoding", [])).lower()
    named = PACKINGS.intersection(coding.strip() for coding in written.split(","))
    if named and written.strip() not in UNPACKED:
        message = f"{_shown(response.url)} is packed as {written}"
        raise WrongType(message)


def _refusal(response: aiohttp.ClientResponse) -> BadStatus:
    status, patience = response.status, _retry_after(response.headers.get("Retry-After"))
    message = f"{_shown(response.url)} answered {status} {response.reason or ''}".rstrip()
    kind = Gone if 400 <= status < 500 and status not in PATIENT_STATUSES else BadStatus
    return kind(message, status=status, retry_after=patience)


def _fresh_for(response: aiohttp.ClientResponse) -> timedelta | None:
    """Read how long the answer stays fresh: its ``max-age`` less its ``Age`` (RFC 9111, 4.2)."""
    written = response.headers.get("Cache-Control", "").lower()
    found = _MAX_AGE.search(written)
    if found is None or "no-cache" in written or "no-store" in written:
        return None
    age = response.headers.get("Age", "").strip()
    spent = int(age) if age.isdecimal() and len(age) < 10 else 0
    return timedelta(seconds=max(0, int(found[1]) - spent))


def _retry_after(written: str | None) -> timedelta | None:
    """Read the header: seconds, or a date (RFC 9110); no longer than anybody is left alone."""
    if not written:
        return None
    if written.strip().isdecimal():
        return min(timedelta(seconds=int(written.strip()[:9])), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - datetime.now(UTC), timedelta()), LONGEST_WAIT)


def _translated(error: aiohttp.ClientError | OSError, url: URL) -> FetchError:
    """Give our own error for one of the library's."""
    cause: BaseException | None = error
    while cause is not None:
        inner = getattr(cause, "os_error", None)
        if isinstance(cause, _NotPublic) or isinstance(inner, _NotPublic):
            return AddressRefused(f"{_shown(url)}: {inner or cause}")
        cause = cause.__cause__
    if isinstance(error, aiohttp.InvalidURL):
        return AddressRefused(f"{_shown(url)} is not an address")
    return Unreachable(f"{_shown(url)}: {type(error).__name__}: {error}")


def _parsed(url: str) -> URL:
    try:
        return URL(url).with_user(None)
    except ValueError as error:
        message = f"{_shown(url)} is not an address"
        raise AddressRefused(message) from error


def _joined(url: URL, target: str) -> URL:
    try:
        return url.join(URL(target)).with_user(None).with_fragment(None)
    except ValueError as error:
        message = f"{_shown(url)} redirects to what is not an address"
        raise AddressRefused(message) from error


def _shown(url: URL | str) -> str:
    """Give an address as a log may hold it: a query can carry keys."""
    return str(url).partition("?")[0][:200]
