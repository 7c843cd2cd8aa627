"""A poll keeps what is new in a source, once, and loses nothing on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.ingest import poll as polling
from bot.ingest.errors import SourceMissing
from bot.ingest.fetch import Fetcher
from bot.ingest.poll import LEAST_FEED_TEXT, RETRIES
from bot.ingest.values import PageText
from storage import intake
from storage.articles import articles_to_take
from storage.database import Database
from storage.tables import ArticleVersion
from tests.feedserver import FeedServer, article, item, rss
from tests.reading import NOW, TEXT, Crash, SourceReader

pytest_plugins = ("tests.source_fixtures",)


@pytest.fixture
async def reader(site: FeedServer, fetcher: Fetcher, database: Database) -> Reader:
    reader = Reader(database, fetcher)
    await reader.add_source(site.url("/rss"))
    return reader


class Reader(SourceReader):
    """Dies or fails at a page, if it is told to, and shows what was kept."""

    dies_at = fails_at = ""

    async def read_page(self, html: bytes, url: str, zone: str) -> PageText:
        if self.dies_at and url.endswith(self.dies_at):
            raise Crash
        if self.fails_at and url.endswith(self.fails_at):
            message = "it broke"
            raise RuntimeError(message)
        return await super().read_page(html, url, zone)

    async def texts(self) -> list[str]:
        async with self.database.reading() as session:
            return list(await session.exec(select(ArticleVersion.text).order_by(col(ArticleVersion.id))))

    async def given_up(self) -> list[tuple[str, str]]:
        async with self.database.reading() as session:
            return await intake.given_up(session)

    async def waiting(self, moment: datetime = NOW) -> int:
        async with self.database.reading() as session:
            return len(await articles_to_take(session, moment=moment, limit=1000))


def publish(site: FeedServer, *numbers: int) -> None:
    """Serve articles, and a feed of them with the newest first, as feeds are."""
    for number in numbers:
        site.page(f"/a/{number}", article(f"Artikel {number}", f"{TEXT} ({number})"))
    items = [item(f"Artikel {n}", site.url(f"/a/{n}"), NOW - timedelta(hours=10 - n)) for n in sorted(numbers)]
    site.feed("/rss", rss(*reversed(items)))


async def test_what_is_new_in_a_feed_is_kept_with_its_page(site: FeedServer, reader: Reader) -> None:
    publish(site, 1, 2)

    report = await reader.poll()

    assert (report.entries, report.new, report.unreadable, report.error) == (2, 2, 0, None)
    first, second = await reader.articles()
    assert (first.title, first.url, first.identity) == ("Artikel 1", site.url("/a/1"), site.url("/a/1"))
    assert (first.published_at, first.published_is_estimated) == (NOW - timedelta(hours=9), False)
    assert first.announce
    assert second.title == "Artikel 2"
    assert await reader.texts() == [f"{TEXT} (1)", f"{TEXT} (2)"]
    assert await reader.waiting() == 2


async def test_the_same_feed_again_asks_for_no_page_and_keeps_nothing(site: FeedServer, reader: Reader) -> None:
    publish(site, 1)
    await reader.poll()

    again = await reader.poll(NOW + timedelta(minutes=5))

    assert (again.is_unchanged, again.new, again.error) == (True, 0, None)
    assert len(site.asked("/a/1")) == 1
    assert len(await reader.articles()) == 1
    assert (await reader.source()).succeeded_at == NOW + timedelta(minutes=5)


async def test_known_entries_of_a_feed_that_grew_are_not_fetched_again(site: FeedServer, reader: Reader) -> None:
    publish(site, 1)
    await reader.poll()
    publish(site, 1, 2)

    report = await reader.poll()

    assert (report.entries, report.new) == (2, 1)
    assert len(site.asked("/a/1")) == 1


async def test_an_article_is_known_by_its_own_address_and_by_the_one_in_the_feed(
    site: FeedServer, reader: Reader
) -> None:
    head = '<link rel="canonical" href="/politiek/geen-crisis">'
    site.redirect("/l/1", "/politiek/geen-crisis?ref=rss")
    site.page("/politiek/geen-crisis", article("Geen crisis", TEXT, head=head))
    site.feed("/rss", rss(item("Geen crisis", site.url("/l/1?utm_source=rss"))))
    await reader.poll()
    # The feed grows, and gives the same article under its own address too.
    site.feed("/rss", rss(item("Geen crisis", site.url("/l/1#x")), item("G", site.url("/politiek/geen-crisis"))))

    report = await reader.poll()

    (kept,) = await reader.articles()
    assert kept.identity == site.url("/politiek/geen-crisis")
    assert (report.entries, report.new, report.changed) == (2, 0, 0)
    assert len(site.asked("/politiek/geen-crisis")) == 1


async def test_an_article_of_two_sources_is_one(site: FeedServer, reader: Reader) -> None:
    publish(site, 1)
    await reader.add_source(site.url("/rss"), "Echo")

    await reader.poll()
    report = await reader.poll(source_id="echo")

    assert (report.entries, report.new) == (1, 0)
    assert len(await reader.articles()) == 1


async def test_a_page_that_two_feeds_lead_to_by_links_of_their_own_is_fetched_once_by_each(
    site: FeedServer, reader: Reader
) -> None:
    await reader.add_source(site.url("/kort"), name="Kort")
    its_own = f'<link rel="canonical" href="{site.url("/artikel/1")}">'
    for link in ("/a/1", "/kort/1"):
        site.page(link, article("Begroting", TEXT, head=its_own))
    site.feed("/rss", rss(item("Begroting", site.url("/a/1?utm_source=feed"), NOW - timedelta(hours=1))))

    for edition in range(3):
        site.feed("/kort", rss(item("Begroting", site.url("/kort/1"), NOW), title=f"Kort nieuws {edition}"))
        for source_id in ("bode", "kort"):
            await reader.poll(source_id=source_id)

    assert (len(site.asked("/a/1")), len(site.asked("/kort/1"))) == (1, 1)
    [kept] = await reader.articles()
    assert (kept.identity, kept.source_id) == (site.url("/artikel/1"), "bode")


async def test_a_link_by_which_another_feed_of_the_site_led_to_a_page_is_not_followed_again(
    site: FeedServer, reader: Reader
) -> None:
    await reader.add_source(site.url("/kort"), name="Kort")
    site.page("/a/1", article("Begroting", TEXT, head=f'<link rel="canonical" href="{site.url("/artikel/1")}">'))
    for feed in ("/rss", "/kort"):
        site.feed(feed, rss(item("Begroting", site.url("/a/1"), NOW - timedelta(hours=1))))

    for source_id in ("bode", "kort"):
        await reader.poll(source_id=source_id)

    assert len(site.asked("/a/1")) == 1


async def test_a_poll_that_is_killed_between_two_articles_is_made_good_by_the_next(
    site: FeedServer, reader: Reader
) -> None:
    publish(site, 1, 2, 3)
    reader.dies_at = "/a/2"
    with pytest.raises(Crash):
        await reader.poll()
    assert [kept.title for kept in await reader.articles()] == ["Artikel 1"]
    assert (await reader.source()).etag is None

    reader.dies_at = ""
    report = await reader.poll()

    assert (report.is_unchanged, report.new) == (False, 2)
    assert [kept.title for kept in await reader.articles()] == ["Artikel 1", "Artikel 2", "Artikel 3"]
    assert len(site.asked("/a/1")) == 1


async def test_a_page_that_cannot_be_read_is_recorded_and_tried_again_though_the_feed_is_unchanged(
    site: FeedServer, reader: Reader
) -> None:
    publish(site, 1, 2)
    site.raw("/a/1", b"", status=503)

    report = await reader.poll()

    assert (report.new, report.unreadable) == (1, 1)
    failed = (await reader.articles())[0]
    assert (failed.state, failed.retry_at, failed.announce) == ("failed", NOW + RETRIES[0], True)
    assert "503" in (failed.reason or "")

    early = await reader.poll(NOW + timedelta(minutes=1))
    site.page("/a/1", article("Artikel 1", TEXT))
    late = await reader.poll(NOW + RETRIES[0])

    assert len(site.asked("/a/1")) == 2
    assert (early.is_unchanged, early.unreadable) == (True, 0)
    assert (late.is_unchanged, late.changed) == (True, 1)
    mended = (await reader.articles())[0]
    assert (mended.state, mended.title, mended.published_at) == ("new", "Artikel 1", NOW - timedelta(hours=9))
    assert await reader.waiting() == 2


async def test_a_page_that_stays_unreadable_is_given_up_at_last(site: FeedServer, reader: Reader) -> None:
    site.page("/a/1", "<p>U bent geen abonnee.</p>")
    site.feed("/rss", rss(item("Artikel 1", site.url("/a/1"))))
    moment = NOW
    await reader.poll(moment)
    for pause in RETRIES:
        moment += pause
        await reader.poll(moment)

    assert len(site.asked("/a/1")) == 1 + len(RETRIES)
    (failed,) = await reader.articles()
    assert (failed.retry_at, failed.reason) == (None, "the page holds no article text")
    assert await reader.waiting(moment + timedelta(days=30)) == 0


async def test_a_page_that_was_given_up_is_tried_once_more_where_somebody_wants_that(
    site: FeedServer, reader: Reader
) -> None:
    site.raw("/a/1", b"", status=410)
    site.raw("/a/2", b"", status=410)
    site.feed("/rss", rss(*(item(f"Artikel {n}", site.url(f"/a/{n}"), NOW - timedelta(hours=n)) for n in (1, 2))))
    await reader.poll()
    assert [place for place, _ in await reader.given_up()] == [site.url("/a/1"), site.url("/a/2")]

    site.page("/a/1", article("Artikel 1", TEXT))
    async with reader.database.writing() as session:
        assert await intake.try_pages_again(session, moment=NOW) == 2
    report = await reader.poll(NOW + timedelta(minutes=5))

    assert (report.new + report.changed, report.unreadable) == (1, 1)
    assert [place for place, _ in await reader.given_up()] == [site.url("/a/2")]
    assert (len(site.asked("/a/1")), len(site.asked("/a/2"))) == (2, 2)


async def test_pages_that_are_tried_again_do_not_keep_news_waiting(
    site: FeedServer, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "MOST_TRIED", 1)
    site.raw("/a/1", b"", status=503)
    site.raw("/a/2", b"", status=503)
    site.feed("/rss", rss(*(item(f"Artikel {n}", site.url(f"/a/{n}"), NOW - timedelta(hours=n)) for n in (1, 2))))
    await reader.poll()

    await reader.poll(NOW + RETRIES[0])

    assert (len(site.asked("/a/1")), len(site.asked("/a/2"))) == (1, 2)


@pytest.mark.parametrize("path", ["/weg", "/foto"])
async def test_a_page_that_is_gone_or_none_is_not_asked_for_again(site: FeedServer, reader: Reader, path: str) -> None:
    site.raw("/weg", b"", status=410)
    site.raw("/foto", b"\x89PNG", "image/png")
    site.feed("/rss", rss(item("Kop", site.url(path))))

    await reader.poll()
    await reader.poll(NOW + timedelta(days=2))

    assert (await reader.articles())[0].retry_at is None
    assert len(site.asked(path)) == 1


async def test_a_server_that_asks_for_patience_gets_it(site: FeedServer, reader: Reader) -> None:
    site.raw("/a/1", b"", status=429, headers={"Retry-After": "7200"})
    site.feed("/rss", rss(item("Kop", site.url("/a/1"))))

    await reader.poll()

    assert (await reader.articles())[0].retry_at == NOW + timedelta(hours=2)


async def test_a_feed_that_holds_the_article_makes_up_for_a_page_that_fails(site: FeedServer, reader: Reader) -> None:
    long = f"{TEXT} " * 6
    assert len(long) > LEAST_FEED_TEXT
    site.raw("/a/1", b"", status=500)
    site.raw("/a/2", b"", status=500)
    site.feed(
        "/rss",
        rss(
            item("Hele tekst", site.url("/a/1"), NOW, text=f"<p>{long}</p>"),
            item("Samenvatting", site.url("/a/2"), NOW, text=f"<p>{TEXT}</p>"),
        ),
    )

    report = await reader.poll()

    assert (report.new, report.unreadable) == (1, 1)
    assert await reader.texts() == [long.strip()]


async def test_an_entry_without_an_address_is_known_by_its_text(site: FeedServer, reader: Reader) -> None:
    site.feed("/rss", rss(item("Kop", None, NOW, text=TEXT), item("Leeg", None)))
    await reader.poll()
    site.feed("/rss", rss(item("Kop", None, NOW, text=TEXT), title="Anders"))

    report = await reader.poll()

    assert report.new == 0
    (kept,) = await reader.articles()
    assert (kept.url, kept.identity[:7]) == (None, "sha256:")


async def test_dates_are_taken_from_the_feed_then_the_page_then_guessed(site: FeedServer, reader: Reader) -> None:
    meta = '<meta property="article:published_time" content="2026-11-24T10:00:00+01:00">'
    for number, head in enumerate((meta, meta, "", ""), start=1):
        site.page(f"/a/{number}", article(f"Artikel {number}", TEXT, head=head))
    site.feed(
        "/rss",
        rss(
            item("Artikel 1", site.url("/a/1"), "Tue, 24 Nov 2026 09:30:00 CET"),
            item("Artikel 2", site.url("/a/2"), "Thu, 01 Jan 1970 00:00:00 GMT"),
            item("Artikel 3", site.url("/a/3")),
            item("Artikel 4", site.url("/a/4"), NOW + timedelta(hours=3)),
        ),
    )

    await reader.poll()

    kept = {one.title: (one.published_at, one.published_is_estimated) for one in await reader.articles()}
    assert kept == {
        "Artikel 1": (datetime(2026, 11, 24, 8, 30, tzinfo=UTC), False),
        "Artikel 2": (datetime(2026, 11, 24, 9, tzinfo=UTC), False),
        "Artikel 3": (NOW, True),
        "Artikel 4": (NOW, True),
    }


async def test_a_feed_that_says_only_the_day_is_believed_for_the_day_and_the_page_for_the_time(
    site: FeedServer, reader: Reader
) -> None:
    # By JSON-LD too it is only a day, and by the page's own meta ten in the morning.
    linked = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2026-11-24"}</script>'
    timed = '<meta property="article:published_time" content="2026-11-24T10:00:00+01:00">'
    for number, head in enumerate((timed, linked + timed, "", timed, timed, ""), start=1):
        site.page(f"/a/{number}", article(f"Artikel {number}", f"{TEXT} ({number})", head=head))
    written = (
        "2026-11-24",
        "Tue, 24 Nov 2026 00:00:00 +0100",
        "Tue, 24 Nov 2026 00:00:00 GMT",
        "Mon, 23 Nov 2026 00:00:00 +0100",
        "Tue, 24 Nov 2026 09:30:00 +0100",
        "2026-11-23",
    )
    items = [item(f"Artikel {n}", site.url(f"/a/{n}"), one) for n, one in enumerate(written, start=1)]
    site.feed("/rss", rss(*items))

    await reader.poll()

    kept = {one.title: (one.published_at, one.published_is_estimated) for one in await reader.articles()}
    assert kept == {
        "Artikel 1": (datetime(2026, 11, 24, 9, tzinfo=UTC), False),
        "Artikel 2": (datetime(2026, 11, 24, 9, tzinfo=UTC), False),
        "Artikel 3": (datetime(2026, 11, 24, 11, tzinfo=UTC), True),
        "Artikel 4": (datetime(2026, 11, 23, 11, tzinfo=UTC), False),
        "Artikel 5": (datetime(2026, 11, 24, 8, 30, tzinfo=UTC), False),
        "Artikel 6": (datetime(2026, 11, 23, 11, tzinfo=UTC), True),
    }


async def test_an_article_of_today_without_a_time_that_is_read_before_noon_gets_the_moment_of_reading(
    site: FeedServer, reader: Reader
) -> None:
    site.page("/a/1", article("Artikel", TEXT))
    site.feed("/rss", rss(item("Artikel", site.url("/a/1"), "2026-11-24")))
    early = NOW - timedelta(hours=4)

    await reader.poll(early)

    [kept] = await reader.articles()
    assert (kept.published_at, kept.published_is_estimated) == (early, True)


async def test_a_long_feed_is_taken_in_parts_the_newest_first(
    site: FeedServer, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "MOST_AT_ONCE", 2)
    publish(site, 1, 2, 3, 4, 5)

    reports = [await reader.poll() for _ in range(4)]

    assert [(report.new, report.left) for report in reports] == [(2, 3), (2, 1), (1, 0), (0, 0)]
    assert [report.is_unchanged for report in reports] == [False, False, False, True]
    assert [request.path for request in site.requests if request.path.startswith("/a/")][:2] == ["/a/4", "/a/5"]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "reason"),
    [
        (b"<html><body>Onderhoud</body></html>", "text/html", 200, "not a feed"),
        (b"", "application/rss+xml", 200, "empty"),
        (b"", "text/html", 500, "500"),
        (b"%PDF", "application/pdf", 200, "application/pdf"),
    ],
)
async def test_a_feed_that_cannot_be_read_is_written_down_and_keeps_its_validators(
    site: FeedServer, reader: Reader, body: bytes, content_type: str, status: int, reason: str
) -> None:
    publish(site, 1)
    await reader.poll()
    etag = (await reader.source()).etag
    site.raw("/rss", body, content_type, status=status)

    report = await reader.poll(NOW + timedelta(minutes=5))

    assert reason in (report.error or "")
    source = await reader.source()
    assert (source.failures, source.etag, source.succeeded_at) == (1, etag, NOW)
    assert reason in (source.last_error or "")

    publish(site, 1)
    assert (await reader.poll()).error is None
    assert (await reader.source()).failures == 0


async def test_a_feed_that_breaks_off_is_read_as_far_as_it_goes(site: FeedServer, reader: Reader) -> None:
    publish(site, 1, 2)
    whole = rss(item("Artikel 1", site.url("/a/1"), NOW), item("Artikel 2", site.url("/a/2"), NOW))
    site.raw("/rss", whole.encode()[:-40], "application/rss+xml")

    report = await reader.poll()

    assert (report.error, report.new) == (None, 2)


async def test_a_source_that_is_not_there_is_named(reader: Reader) -> None:
    with pytest.raises(SourceMissing, match="'krant'"):
        await reader.poll(source_id="krant")


async def test_an_address_that_is_none_holds_up_no_other_article(site: FeedServer, reader: Reader) -> None:
    site.page("/a/1", article("Artikel 1", f"{TEXT} (1)"))
    broken = item("Stuk", "http://krant..nl/a", NOW - timedelta(hours=2))
    site.feed("/rss", rss(item("Artikel 1", site.url("/a/1"), NOW), broken))

    report = await reader.poll()

    assert (report.new, report.unreadable, report.error) == (1, 1, None)


async def test_what_breaks_over_one_page_is_recorded_and_holds_up_no_other(site: FeedServer, reader: Reader) -> None:
    publish(site, 1, 2)
    reader.fails_at = "/a/1"

    report = await reader.poll()

    assert (report.new, report.unreadable, report.error) == (1, 1, None)
    assert (await reader.articles())[0].reason == "RuntimeError: it broke"
    assert (await reader.source()).next_poll_at is not None


async def test_a_page_that_turns_out_to_be_a_known_article_is_asked_for_no_more(
    site: FeedServer, reader: Reader
) -> None:
    publish(site, 1)
    site.feed(
        "/rss", rss(*(item("Artikel 1", site.url(path), NOW - timedelta(hours=1)) for path in ("/a/1", "/ook/1")))
    )
    site.raw("/ook/1", b"", status=503)
    await reader.poll()
    site.page("/ook/1", article("Artikel 1", f"{TEXT} (1)"))

    for pause in (RETRIES[0], 2 * RETRIES[0], 3 * RETRIES[0]):
        await reader.poll(NOW + pause)

    assert len(site.asked("/ook/1")) == 2
    assert await reader.texts() == [f"{TEXT} (1)"]


async def test_a_title_that_breaks_off_in_a_character_loses_no_article(site: FeedServer, reader: Reader) -> None:
    head = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Akkoord \\ud83d"}</script>'
    site.page("/a/1", article("Akkoord", TEXT, head=head))
    site.feed("/rss", rss(item("Akkoord", site.url("/a/1"), NOW)))

    report = await reader.poll()

    assert (report.new, report.unreadable) == (1, 0)
    assert [kept.title for kept in await reader.articles()] == ["Akkoord \N{REPLACEMENT CHARACTER}"]
