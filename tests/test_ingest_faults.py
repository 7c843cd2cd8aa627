"""What a server sends that nobody foresaw costs one document, one page or one poll, and never a source or a round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.ingest.errors import BadStatus, WrongType
from bot.ingest.fetch import FEED, PAGE, Fetcher
from bot.ingest.keeping import VISITS
from bot.ingest.pace import LONGEST_WAIT
from bot.ingest.revisit import RevisitReport, revisit
from bot.ingest.values import PageText
from storage.database import Database
from tests.feedserver import FeedServer, article, item, rss
from tests.reading import NOW, TEXT, SourceReader

pytest_plugins = ("tests.source_fixtures",)

CAFE = b'"caf\xe9"'
"""A validator in letters that a header cannot hold, and no table takes as they come."""


@pytest.fixture
async def reader(site: FeedServer, fetcher: Fetcher, database: Database) -> Reader:
    reader = Reader(database, fetcher, operators=[7])
    await reader.add_source(site.url("/rss"))
    return reader


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Let nobody print the tracebacks of faults that are made here, which takes seconds."""
    with capture_logs():
        yield


class Reader(SourceReader):
    """Reads De Bode, and breaks over a page or a feed where a test wants it."""

    breaks_at = ""

    async def read_page(self, html: bytes, url: str, zone: str) -> PageText:
        page = await super().read_page(html, url, zone)
        # No database takes half of a pair of surrogates.
        return PageText(page.title, f"{page.text}\ud800", None, None) if url.endswith(self.breaks_at or "-") else page

    async def visit(self, pause: timedelta) -> RevisitReport:
        return await revisit(self.database, self.fetcher, self.read_page, moment=NOW + pause)


def publish(site: FeedServer, *numbers: int) -> None:
    for number in numbers:
        site.page(f"/a/{number}", article(f"Artikel {number}", f"{TEXT} ({number})"))
    site.feed("/rss", rss(*(item(f"Artikel {n}", site.url(f"/a/{n}"), NOW - timedelta(hours=n)) for n in numbers)))


def serve_bytes(site: FeedServer, path: str, body: str, *headers: bytes, status: bytes = b"200 OK") -> None:
    """Serve a document under headers that the library would not write."""

    async def serve(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        length = b"Content-Length: %d" % len(body.encode())
        head = b"\r\n".join((b"HTTP/1.1 " + status, length, b"Connection: close", *headers))
        request.transport.write(head + b"\r\n\r\n" + body.encode())
        request.transport.close()
        return web.Response()

    site.answer(path, serve)


async def test_a_validator_that_cannot_be_sent_back_is_not_kept(site: FeedServer, fetcher: Fetcher) -> None:
    serve_bytes(site, "/a", "hoi", b"ETag: " + CAFE, b"Last-Modified: dinsdag \xff", b"Content-Type: text/html")

    fetched = await fetcher.fetch(site.url("/a"), PAGE)

    assert (fetched.body, fetched.etag, fetched.last_modified) == (b"hoi", None, None)


async def test_a_feed_and_its_pages_are_read_whatever_letters_their_validators_are_in(
    site: FeedServer, reader: Reader
) -> None:
    serve_bytes(site, "/a/1", article("Artikel 1", TEXT), b"ETag: " + CAFE, b"Content-Type: text/html")
    feed = rss(item("Artikel 1", site.url("/a/1"), NOW - timedelta(hours=1)))
    serve_bytes(site, "/rss", feed, b"ETag: " + CAFE, b"Content-Type: text/xml")

    first, second = await reader.poll(), await reader.poll(NOW + timedelta(minutes=5))

    assert (first.new, first.error, second.new, second.error) == (1, None, 0, None)
    assert (await reader.visit(VISITS[0])).unchanged == 1


async def test_a_status_line_in_letters_of_no_set_is_a_failure_like_another(site: FeedServer, reader: Reader) -> None:
    serve_bytes(site, "/rss", "", status=b"500 Kapotte caf\xe9")

    assert "500" in ((await reader.poll()).error or "")
    assert (await reader.source()).failures == 1


async def test_an_article_that_no_table_takes_is_recorded_and_holds_up_no_other(
    site: FeedServer, reader: Reader
) -> None:
    publish(site, 1, 2)
    reader.breaks_at = "/a/1"

    report = await reader.poll()

    assert (report.new, report.unreadable, report.error) == (1, 1, None)


async def test_a_page_that_breaks_while_it_is_kept_breaks_off_no_round_of_visits(
    site: FeedServer, reader: Reader
) -> None:
    publish(site, 1, 2)
    await reader.poll()
    publish(site, 1, 2, 3)
    for number in (1, 2):
        site.page(f"/a/{number}", article(f"Artikel {number}", f"{TEXT} ({number})", "Daarna was het stil."))
    reader.breaks_at = "/a/1"

    report = await reader.visit(VISITS[0])

    assert (report.visited, report.failed, report.changed) == (2, 1, 1)
    assert {one.revisit_at for one in await reader.articles()} == {NOW + VISITS[1]}


async def test_a_poll_that_breaks_in_a_way_nobody_foresaw_is_a_failure_until_the_source_ails(
    site: FeedServer, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object, **__: object) -> None:
        message = "nobody foresaw this"
        raise RuntimeError(message)

    publish(site, 1)
    monkeypatch.setattr("bot.ingest.poll._Poll._chosen", break_off)

    waits = []
    for _ in range(10):
        report = await reader.poll()
        assert "nobody foresaw this" in (report.error or "")
        waits.append((await reader.source()).next_poll_at)

    source = await reader.source()
    assert (source.failures, source.lease, source.ailing_since) == (10, None, NOW)
    assert waits == sorted(waits, key=str)
    assert waits[-1] == NOW + LONGEST_WAIT


async def test_a_host_that_is_asked_too_much_is_left_alone_and_no_page_of_it_is_lost(
    site: FeedServer, reader: Reader
) -> None:
    publish(site, *range(1, 9))
    for number in range(1, 9):
        site.raw(f"/a/{number}", b"", status=429, headers={"Retry-After": "3600"})

    report = await reader.poll()

    assert [request.path for request in site.requests if request.path.startswith("/a/")] == ["/a/8"]
    assert (report.unreadable, report.error) == (8, None)
    left = await reader.articles()
    assert [one.attempts for one in left] == [1, 0, 0, 0, 0, 0, 0, 0]
    assert all(NOW + timedelta(minutes=59) < (one.retry_at or NOW) <= NOW + timedelta(hours=1) for one in left)

    # The host still rests for this process: nothing of it is asked for, and nothing counts as tried.
    assert (await reader.poll(NOW + timedelta(hours=1))).is_skipped
    assert [one.attempts for one in await reader.articles()] == [1, 0, 0, 0, 0, 0, 0, 0]
    source = await reader.source()
    assert (source.failures, source.lease) == (0, None)
    assert (source.next_poll_at or NOW) > NOW + timedelta(minutes=119)
    assert len(site.asked("/rss")) == 1

    publish(site, *range(1, 9))
    rested = Fetcher(contact="test", allow_hosts=[site.host])
    reader.fetcher = rested
    report = await reader.poll(NOW + timedelta(hours=2))
    await rested.close()
    assert (report.changed, report.error) == (8, None)


@pytest.mark.parametrize(("status", "headers"), [(503, {"Retry-After": "600"}), (429, {})])
async def test_pages_of_a_host_that_rests_are_visited_in_full_later(
    site: FeedServer, reader: Reader, status: int, headers: dict[str, str]
) -> None:
    publish(site, 1, 2)
    await reader.poll()
    for number in (1, 2):
        site.raw(f"/a/{number}", b"", status=status, headers=headers)

    report = await reader.visit(VISITS[0])

    assert (report.visited, report.failed) == (1, 1)
    left = await reader.articles()
    assert sorted(one.visits for one in left) == [0, 1]
    (postponed,) = [one for one in left if one.visits == 0]
    assert VISITS[0] < (postponed.revisit_at or NOW) - NOW <= VISITS[0] + timedelta(minutes=10)


async def test_a_short_rest_is_waited_for(site: FeedServer, fetcher: Fetcher) -> None:
    site.raw("/druk", b"", status=503, headers={"Retry-After": "0"})
    site.page("/a", "hoi")

    with pytest.raises(BadStatus):
        await fetcher.fetch(site.url("/druk"), PAGE)

    assert (await fetcher.fetch(site.url("/a"), PAGE)).body == b"hoi"


async def test_no_page_is_left_for_longer_than_a_day_whatever_date_its_server_names(
    site: FeedServer, reader: Reader
) -> None:
    publish(site, 1)
    site.raw("/a/1", b"", status=503, headers={"Retry-After": "Thu, 31 Dec 2099 23:59:59 GMT"})

    await reader.poll()

    (left,) = await reader.articles()
    assert left.retry_at == NOW + LONGEST_WAIT


async def test_a_server_that_says_unchanged_of_what_we_never_had_is_a_failure(site: FeedServer, reader: Reader) -> None:
    site.raw("/rss", b"", status=304)

    report = await reader.poll()

    assert "304" in (report.error or "")
    assert (await reader.source()).succeeded_at is None


@pytest.mark.parametrize("packing", ["gzip, gzip", "x-gzip", "compress", "gzip, br"])
async def test_what_is_packed_in_a_way_that_is_not_undone_is_refused(
    site: FeedServer, fetcher: Fetcher, packing: str
) -> None:
    site.raw("/a", b"\x1f\x8b", headers={"Content-Encoding": packing})

    with pytest.raises(WrongType, match=f"packed as {packing}"):
        await fetcher.fetch(site.url("/a"), PAGE)


async def test_a_document_that_names_a_packing_and_has_none_is_read(site: FeedServer, fetcher: Fetcher) -> None:
    site.raw("/a", b"hoi", headers={"Content-Encoding": "utf-8"})

    assert (await fetcher.fetch(site.url("/a"), FEED)).body == b"hoi"
