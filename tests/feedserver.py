"""A news site for tests: feeds and pages over HTTP on loopback, with the bad manners of real ones.

::

    async with FeedServer() as site:
        site.page("/a/1", article("Akkoord", "Eerste alinea ...", "Tweede alinea ..."))
        site.feed("/rss", rss(item("Akkoord", site.url("/a/1"), "Thu, 06 Jul 2023 09:00:00 +0200")))
        fetcher = Fetcher(contact="test", allow_hosts=[site.host])

``page`` and ``feed`` answer 304 to the ETag that they gave; ``raw``, ``redirect``, ``slow``, ``bomb`` and ``broken``
misbehave. ``requests`` remembers what was asked, with its headers; a path that is not set answers 404.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from typing import Self

from aiohttp import web

from bot.ingest import feed as feeds
from bot.ingest.values import Feed

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    path: str
    headers: Mapping[str, str]


class FeedServer:
    """Serves what a test sets, and remembers what was asked."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self._handlers: dict[str, Handler] = {}
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/{path:.*}", self._serve)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    @property
    def host(self) -> str:
        """What ``allow_hosts`` takes to open this server alone."""
        return f"127.0.0.1:{self._port}"

    def url(self, path: str) -> str:
        """Give the address of a path."""
        return f"http://{self.host}{path}"

    def asked(self, path: str) -> list[Asked]:
        """Give the requests for a path, oldest first."""
        return [request for request in self.requests if request.path == path]

    def page(self, path: str, html: str, *, charset: str = "utf-8") -> None:
        """Serve a page."""
        self.raw(path, html.encode(charset), f"text/html; charset={charset}")

    def feed(self, path: str, xml: str) -> None:
        """Serve a feed under an ETag of its contents."""
        self.raw(path, xml.encode(), "application/rss+xml; charset=utf-8")

    def raw(
        self,
        path: str,
        body: bytes,
        content_type: str | None = "text/html",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Serve bytes under any name; with 200 they get an ETag."""
        etag = f'"{sha256(body).hexdigest()[:16]}"'

        async def serve(request: web.Request) -> web.StreamResponse:
            if status == 200 and request.headers.get("If-None-Match") == etag:
                return web.Response(status=304, headers={"ETag": etag})
            response = web.Response(body=body, status=status, headers={"ETag": etag, **(headers or {})})
            if content_type is not None:
                response.headers["Content-Type"] = content_type
            return response

        self._handlers[path] = serve

    def answer(self, path: str, handler: Handler) -> None:
        """Serve what a handler of the test's own makes."""
        self._handlers[path] = handler

    def redirect(self, path: str, to: str, *, status: int = 301) -> None:
        """Lead elsewhere."""
        self.raw(path, b"", status=status, headers={"Location": to})

    def slow(self, path: str, seconds: float) -> None:
        """Begin an answer, and say nothing more for a while."""

        async def serve(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "text/html"})
            await response.prepare(request)
            await response.write(b"<html>")
            await asyncio.sleep(seconds)
            return response

        self._handlers[path] = serve

    def bomb(self, path: str, megabytes: int) -> None:
        """Serve zeros that pack well: a thousandth of their size goes over the wire."""
        packed = gzip.compress(bytes(megabytes * 1_000_000))
        self.raw(path, packed, headers={"Content-Encoding": "gzip"})

    def broken(self, path: str) -> None:
        """Promise more than comes."""

        async def serve(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Length": "1000"})
            await response.prepare(request)
            await response.write(b"<html>")
            if request.transport:
                request.transport.close()
            return response

        self._handlers[path] = serve

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(Asked(request.path, dict(request.headers)))
        handler = self._handlers.get(request.path)
        return await handler(request) if handler else web.Response(status=404, text="niets hier")


async def read_feed(body: bytes, url: str, charset: str | None, zone: str, now: datetime) -> Feed:
    """Read a feed as the worker process does, in this one."""
    return feeds.read_feed(body, url=url, charset=charset, zone=zone, now=now)


def rss(*items: str, title: str = "De Waterlander") -> str:
    """Give a feed of items."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(title)}</title>{''.join(items)}</channel></rss>"
    )


def item(title: str, link: str | None, published: object = None, *, text: str = "") -> str:
    """Give an item; ``published`` is a moment or whatever a feed writes."""
    written = format_datetime(published) if hasattr(published, "tzinfo") else published  # type: ignore[arg-type]
    return "".join(
        (
            f"<item><title>{escape(title)}</title>",
            f"<link>{escape(link)}</link>" if link else "",
            f"<pubDate>{written}</pubDate>" if written else "",
            f"<content:encoded>{escape(text)}</content:encoded>" if text else "",
            "</item>",
        )
    )


def article(title: str, *paragraphs: str, head: str = "") -> str:
    """Give a page as news sites make them: menu, title, paragraphs, footer."""
    body = "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{escape(title)} | De Waterlander</title>'
        f'{head}</head><body><nav><a href="/">Voorpagina</a> <a href="/sport">Sport</a></nav>'
        f"<main><article><h1>{escape(title)}</h1>{body}</article></main>"
        "<footer>Wij gebruiken cookies. <a href='/privacy'>Privacy</a></footer></body></html>"
    )
