"""A server that misbehaves, over HTTP: the poll ends, says why, and nothing is lost once the server behaves again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.ingest import poll as polling
from bot.ingest.fetch import FEED, PAGE, Fetcher
from storage.database import Database
from tests.feedserver import FeedServer, article, item, rss
from tests.reading import NOW, PACE, TEXT, SourceReader

pytest_plugins = ("tests.source_fixtures",)

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

Misbehave = Callable[[FeedServer], None]


@pytest.fixture
async def reader(site: FeedServer, fetcher: Fetcher, sqlite_database: Database) -> SourceReader:
    reader = SourceReader(sqlite_database, fetcher)
    await reader.add_source(site.url("/rss"))
    return reader


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a document sooner than in earnest, with the same limits otherwise."""
    monkeypatch.setattr(polling, "FEED", replace(FEED, silence=0.2, total=0.5))


def publish(site: FeedServer, *titles: str) -> None:
    for title in titles:
        site.page(f"/a/{title}", article(title, f"{TEXT} ({title})"))
    site.feed("/rss", rss(*(item(title, site.url(f"/a/{title}"), NOW) for title in titles)))


def _lead_in_a_circle(site: FeedServer) -> None:
    site.redirect("/rss", "/elders")
    site.redirect("/elders", "/rss")


def _lead_on_and_on(site: FeedServer) -> None:
    for number in range(9):
        site.redirect("/rss" if number == 0 else f"/{number}", f"/{number + 1}")


def _drip(site: FeedServer) -> None:
    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    site.answer("/rss", serve)


def _hide_the_end(site: FeedServer) -> None:
    """Name a length that is less than what is there."""
    body = rss(item("A", site.url("/a/A"), NOW)).encode()

    async def serve(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body) // 3}\r\n\r\n"
        request.transport.write(head.encode() + body)
        await asyncio.sleep(0.05)
        request.transport.close()
        return web.Response()

    site.answer("/rss", serve)


def _xml(declared: str, title: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE rss [{declared}]><rss><channel><item>{title}</item></channel></rss>'


MISBEHAVIOURS: dict[str, tuple[Misbehave, str]] = {
    "leads in a circle": (_lead_in_a_circle, "leads back to itself"),
    "leads on and on": (_lead_on_and_on, "more than 5 redirects"),
    "leads into a network of its own": (
        lambda site: site.redirect("/rss", "http://10.0.0.1/rss"),
        "not a public address",
    ),
    "answers 429 and says when to come back": (
        lambda site: site.raw("/rss", b"", status=429, headers={"Retry-After": "900"}),
        "429",
    ),
    "answers 503": (lambda site: site.raw("/rss", b"", status=503), "503"),
    "answers 403": (lambda site: site.raw("/rss", b"", status=403), "403"),
    "falls silent": (lambda site: site.slow("/rss", 9), "in time"),
    "sends a byte now and then": (_drip, "in time"),
    "sends a gzip bomb": (lambda site: site.bomb("/rss", 100), "larger than"),
    "names a length that is more than there is": (lambda site: site.broken("/rss"), "/rss"),
    "names a length that is less than there is": (_hide_the_end, ""),
    "cuts XML off in its head": (lambda site: site.raw("/rss", b'<?xml version="1.0"?><rs'), "not a feed"),
    "names a file in its XML": (
        lambda site: site.raw("/rss", _xml('<!ENTITY f SYSTEM "file:///etc/passwd">', "<title>&f;</title>").encode()),
        "",
    ),
    "sends a billion laughs": (
        lambda site: site.raw("/rss", _xml(f'<!ENTITY l0 "ha">{LAUGHS}', "<title>&l9;</title>").encode()),
        "",
    ),
    "sends HTML in the place of a feed": (lambda site: site.page("/rss", article("Onderhoud", TEXT)), "not a feed"),
    "sends a picture in the place of a feed": (lambda site: site.raw("/rss", b"\x89PNG", "image/png"), "image/png"),
    "sends nothing": (lambda site: site.raw("/rss", b""), "empty"),
}


@pytest.mark.parametrize("name", MISBEHAVIOURS)
async def test_the_poll_ends_with_the_reason_and_nothing_is_lost_when_a_server(
    site: FeedServer, reader: SourceReader, name: str
) -> None:
    misbehave, reason = MISBEHAVIOURS[name]
    publish(site, "A")
    await reader.poll()
    misbehave(site)
    moment = NOW + timedelta(minutes=10)

    report = await asyncio.wait_for(reader.poll(moment), 10)
    assert reason in (report.error or "")
    assert [kept.title for kept in await reader.articles()] == ["A"]
    source = await reader.source()
    assert source.enabled
    assert source.next_poll_at is not None
    assert moment < source.next_poll_at <= moment + timedelta(days=1)
    assert source.lease is None

    publish(site, "A", "B")
    # By the clock of this process no day has passed, and a host that asked for patience would still have it.
    reader.fetcher = the_next_day = Fetcher(contact="test", allow_hosts=[site.host])
    assert (await reader.poll(moment + timedelta(days=1))).error is None
    await the_next_day.close()
    assert [kept.title for kept in await reader.articles()] == ["A", "B"]
    assert (await reader.source()).failures == 0


async def test_a_feed_that_was_cut_off_is_asked_for_in_full_the_next_time(
    site: FeedServer, reader: SourceReader
) -> None:
    publish(site, "A", "B")
    whole = rss(item("A", site.url("/a/A"), NOW), item("B", site.url("/a/B"), NOW)).encode()
    cut = whole[: whole.index(b"<item><title>B") + 20]
    site.raw("/rss", cut, "application/rss+xml", headers={"ETag": '"one"', "Last-Modified": "Tue, 24 Nov 2026"})

    await reader.poll()
    assert [kept.title for kept in await reader.articles()] == ["A"]
    await reader.poll(NOW + timedelta(minutes=5))
    assert "If-None-Match" not in site.asked("/rss")[1].headers
    assert "If-Modified-Since" not in site.asked("/rss")[1].headers


async def test_a_feed_in_letters_of_another_set_than_it_says_is_read_right(
    site: FeedServer, reader: SourceReader
) -> None:
    site.page("/a/1", article("Één", TEXT))
    feed = rss(item("Één crisis", site.url("/a/1"), NOW)).replace("utf-8", "windows-1252")
    site.raw("/rss", feed.encode(), "application/rss+xml; charset=iso-8859-1")
    await reader.poll()
    assert [kept.title for kept in await reader.articles()] == ["Één"]


async def test_a_date_in_the_future_gives_way_to_the_moment_of_reading_and_is_marked(
    site: FeedServer, reader: SourceReader
) -> None:
    site.page("/a/1", article("Morgen", TEXT))
    site.feed("/rss", rss(item("Morgen", site.url("/a/1"), NOW + timedelta(days=9))))
    await reader.poll()
    (kept,) = await reader.articles()
    assert (kept.published_at, kept.published_is_estimated) == (NOW, True)


async def test_a_feed_whose_clock_is_ahead_gives_way_to_the_date_of_the_page(
    site: FeedServer, reader: SourceReader
) -> None:
    head = '<meta property="article:published_time" content="2026-11-24T09:00:00">'
    site.page("/a/1", article("Vandaag", TEXT, head=head))
    site.feed("/rss", rss(item("Vandaag", site.url("/a/1"), NOW + timedelta(hours=2))))
    await reader.poll()
    (kept,) = await reader.articles()
    assert (kept.published_at, kept.published_is_estimated) == (datetime(2026, 11, 24, 8, tzinfo=UTC), False)


async def test_a_feed_of_ten_thousand_entries_gives_its_newest_first_and_the_rest_waits(
    site: FeedServer, reader: SourceReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "FEED", FEED)
    monkeypatch.setattr(polling, "MOST_AT_ONCE", 2)
    for number in range(3):
        site.page(f"/a/{number}", article(f"Bericht {number}", f"{TEXT} ({number})"))
    entries = (item(f"Bericht {n}", site.url(f"/a/{n}"), NOW - timedelta(minutes=n)) for n in range(10_000))
    site.feed("/rss", rss(*entries))

    report = await reader.poll()
    assert (report.entries, report.new, report.left) == (10_000, 2, 9_998)
    assert {kept.title for kept in await reader.articles()} == {"Bericht 0", "Bericht 1"}
    assert report.next_poll_at == NOW + PACE.least


async def test_a_page_is_read_within_its_own_limits(site: FeedServer, reader: SourceReader, tmp_path: Path) -> None:
    publish(site, "A")
    site.bomb("/a/A", 30)
    report = await reader.poll()
    assert (report.new, report.unreadable) == (0, 1)
    (kept,) = await reader.articles()
    assert f"larger than {PAGE.largest} bytes" in (kept.reason or "")
