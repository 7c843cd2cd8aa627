"""A source is asked as often as it has news, never faster than it wants, and by one poll at a time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from bot.ingest.fetch import Fetcher
from bot.ingest.pace import LONGEST_WAIT, Pace, at_least
from bot.ingest.poll import LEASE
from bot.ingest.values import PageText
from storage.database import Database
from storage.sources import MOVES_TO_BELIEVE, lease_source, release_source, renew_lease, switch_source
from storage.tables import Article, OperatorNotice
from tests.feedserver import FeedServer, article, item, rss
from tests.reading import LEAST, MOST, NOW, PACE, TEXT, SourceReader

pytest_plugins = ("tests.source_fixtures",)

VERA = 7

spans = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400))


@pytest.fixture
async def site(site: FeedServer) -> FeedServer:
    """A site whose feed has nothing in it yet."""
    site.feed("/rss", rss())
    return site


@pytest.fixture
async def reader(site: FeedServer, fetcher: Fetcher, database: Database) -> Reader:
    reader = Reader(database, fetcher)
    await reader.add_source(site.url("/rss"))
    return reader


class Reader(SourceReader):
    """Can be held up at a page, and tells what came of its polls."""

    def __init__(self, database: Database, fetcher: Fetcher) -> None:
        super().__init__(database, fetcher, operators=[VERA])
        self.reached, self.let_go = asyncio.Event(), asyncio.Event()
        self.let_go.set()

    async def read_page(self, html: bytes, url: str, zone: str) -> PageText:
        self.reached.set()
        await self.let_go.wait()
        return await super().read_page(html, url, zone)

    async def told(self) -> list[str]:
        """Give what those who run the bot are told, in order."""
        async with self.database.reading() as session:
            return list(await session.exec(select(OperatorNotice.what).order_by(col(OperatorNotice.id))))

    async def wait(self, moment: datetime = NOW) -> timedelta:
        """Poll, and give how long the source is left alone after it."""
        report = await self.poll(moment)
        source = await self.source()
        assert report.next_poll_at == source.next_poll_at
        assert source.next_poll_at is not None
        return source.next_poll_at - moment


def publish(site: FeedServer, *numbers: int) -> None:
    for number in numbers:
        site.page(f"/a/{number}", article(f"Artikel {number}", f"{TEXT} ({number})"))
    site.feed("/rss", rss(*(item(f"Artikel {number}", site.url(f"/a/{number}"), NOW) for number in numbers)))


async def test_a_source_without_news_is_asked_less_and_less_and_one_with_news_more_again(
    site: FeedServer, reader: Reader
) -> None:
    waits = [await reader.wait() for _ in range(12)]
    assert waits[0] == LEAST
    assert waits == sorted(waits)
    assert waits[-2:] == [MOST, MOST]

    publish(site, 1)
    assert await reader.wait() == MOST / 2
    publish(site, 1, 2)
    assert await reader.wait() == MOST / 4
    publish(site, 1, 2, 3)
    publish(site, 1, 2, 3, 4)
    assert await reader.wait() == LEAST


async def test_a_source_that_is_not_due_is_left_alone_until_it_is(site: FeedServer, reader: Reader) -> None:
    await reader.poll(if_due=True)

    early = await reader.poll(NOW + LEAST - timedelta(seconds=1), if_due=True)
    assert (early.is_skipped, early.error, early.next_poll_at) == (True, None, NOW + LEAST)
    assert len(site.asked("/rss")) == 1

    assert not (await reader.poll(NOW + LEAST, if_due=True)).is_skipped
    assert len(site.asked("/rss")) == 2


async def test_a_source_that_is_switched_off_is_polled_by_hand_alone(site: FeedServer, reader: Reader) -> None:
    async with reader.database.writing() as session:
        await switch_source(session, source_id="bode", enabled=False)

    assert (await reader.poll(if_due=True)).is_skipped
    assert site.requests == []
    assert not (await reader.poll()).is_skipped


@pytest.mark.parametrize(
    ("written", "wait"),
    [("max-age=1200", timedelta(minutes=20)), ("max-age=31536000", MOST), ("max-age=10", LEAST)],
)
async def test_what_a_server_says_of_freshness_is_waited_for_up_to_the_ceiling(
    site: FeedServer, reader: Reader, written: str, wait: timedelta
) -> None:
    site.raw("/rss", rss().encode(), "text/xml", headers={"Cache-Control": written})

    assert await reader.wait() == wait


async def test_the_ttl_of_a_feed_holds_also_while_the_feed_is_unchanged(site: FeedServer, reader: Reader) -> None:
    site.feed("/rss", rss().replace("<channel>", "<channel><ttl>45</ttl>"))

    assert await reader.wait() == timedelta(minutes=45)
    assert (await reader.poll(NOW + timedelta(minutes=45))).is_unchanged
    assert await reader.wait() == timedelta(minutes=45)


@pytest.mark.parametrize("written", ["straks", "-5", "", "99999999"])
async def test_a_ttl_that_makes_no_sense_is_passed_over(site: FeedServer, reader: Reader, written: str) -> None:
    site.feed("/rss", rss().replace("<channel>", f"<channel><ttl>{written}</ttl>"))

    assert await reader.wait() == LEAST


async def test_failures_double_the_wait_up_to_a_day_and_never_end_the_source(site: FeedServer, reader: Reader) -> None:
    site.raw("/rss", b"", status=500)

    waits = [await reader.wait() for _ in range(12)]

    assert waits[:3] == [LEAST * 2, LEAST * 4, LEAST * 8]
    assert waits[-2:] == [LONGEST_WAIT, LONGEST_WAIT]
    source = await reader.source()
    assert (source.enabled, source.failures) == (True, 12)

    site.feed("/rss", rss())
    assert await reader.wait() == LEAST
    assert (await reader.source()).last_error is None


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_says_when_to_come_back_is_left_alone_until_then(
    site: FeedServer, reader: Reader, status: int
) -> None:
    site.raw("/rss", b"", status=status, headers={"Retry-After": "7200"})

    assert await reader.wait() == timedelta(hours=2)


async def test_a_feed_that_robots_txt_forbids_is_not_asked_for_and_stays_a_source(
    site: FeedServer, reader: Reader
) -> None:
    site.raw("/robots.txt", b"User-agent: *\nDisallow: /rss", "text/plain")

    report = await reader.poll()

    assert "robots.txt keeps us from /rss" in (report.error or "")
    assert site.asked("/rss") == []
    assert (await reader.source()).enabled


async def test_a_feed_that_is_gone_for_good_ends_its_source_with_the_reason(site: FeedServer, reader: Reader) -> None:
    site.raw("/rss", b"", status=410)

    report = await reader.poll(if_due=True)

    source = await reader.source()
    assert (source.enabled, source.next_poll_at, report.next_poll_at) == (False, None, None)
    assert "410" in (source.last_error or "")
    assert (await reader.poll(NOW + timedelta(days=30), if_due=True)).is_skipped
    assert len(site.asked("/rss")) == 1

    async with reader.database.writing() as session:
        await switch_source(session, source_id="bode", enabled=True)
    site.feed("/rss", rss())
    assert (await reader.poll(if_due=True)).error is None


async def test_those_who_run_the_bot_are_told_once_that_a_source_ails_once_that_it_is_well_and_that_it_ended(
    site: FeedServer, reader: Reader
) -> None:
    site.raw("/rss", b"", status=503)
    moment = NOW
    for _ in range(12):
        report = await reader.poll(moment, if_due=True)
        moment = report.next_poll_at or moment
    assert await reader.told() == ["source_ailing"]
    assert (await reader.source()).ailing_since is not None

    site.feed("/rss", rss())
    for _ in range(2):
        moment = (await reader.poll(moment, if_due=True)).next_poll_at or moment
    assert await reader.told() == ["source_ailing", "source_recovered"]
    assert (await reader.source()).ailing_since is None

    site.raw("/rss", b"", status=410)
    await reader.poll(moment, if_due=True)
    await reader.poll(moment, if_due=True)
    assert await reader.told() == ["source_ailing", "source_recovered", "source_ended"]


async def test_a_server_that_asks_for_a_day_of_patience_once_does_not_ail(site: FeedServer, reader: Reader) -> None:
    site.raw("/rss", b"", status=429, headers={"Retry-After": "86400"})
    await reader.poll()
    assert (await reader.source()).ailing_since is None
    assert await reader.told() == []


@pytest.mark.parametrize("status", [301, 308])
async def test_an_address_that_moved_for_good_is_remembered_after_three_polls(
    site: FeedServer, reader: Reader, status: int
) -> None:
    site.redirect("/rss", "/nieuw", status=status)
    site.feed("/nieuw", rss())

    for _ in range(MOVES_TO_BELIEVE):
        assert (await reader.source()).url == site.url("/rss")
        await reader.poll()
    assert (await reader.source()).url == site.url("/nieuw")

    await reader.poll()
    assert len(site.asked("/rss")) == MOVES_TO_BELIEVE
    assert len(site.asked("/nieuw")) == MOVES_TO_BELIEVE + 1


async def test_a_move_is_believed_only_if_three_polls_in_a_row_say_the_same(site: FeedServer, reader: Reader) -> None:
    site.feed("/a", rss())
    site.feed("/b", rss())

    for target, status in (("/a", 301), ("/a", 301), ("/b", 301), ("/b", 301), ("/b", 302), ("/b", 301), ("/b", 301)):
        site.redirect("/rss", target, status=status)
        await reader.poll()

    assert (await reader.source()).url == site.url("/rss")
    await reader.poll()
    assert (await reader.source()).url == site.url("/b")


async def test_a_source_that_moves_to_what_is_no_feed_keeps_its_address(site: FeedServer, reader: Reader) -> None:
    site.redirect("/rss", "/inloggen")
    site.page("/inloggen", "<p>Log eerst in.</p>")

    for _ in range(MOVES_TO_BELIEVE + 1):
        await reader.poll()

    assert (await reader.source()).url == site.url("/rss")


async def test_two_processes_on_one_database_never_poll_a_source_at_once(
    site: FeedServer, reader: Reader, database_url: str
) -> None:
    publish(site, 1)
    reader.let_go.clear()
    first = asyncio.create_task(reader.poll())
    await reader.reached.wait()

    other_database = await Database.open(database_url)
    try:
        other = Reader(other_database, reader.fetcher)
        meanwhile = await other.poll(NOW + LEASE / 2, if_due=True)
        reader.let_go.set()
        await first
        after = await other.poll(NOW + LEASE / 2)
    finally:
        await other_database.close()

    assert meanwhile.is_skipped
    assert (first.result().new, after.new, after.is_unchanged) == (1, 0, True)


async def test_of_many_who_want_a_source_at_the_same_moment_one_gets_it(database: Database, reader: Reader) -> None:
    async def take(lease: str) -> bool:
        async with database.writing() as session:
            taken = await lease_source(
                session, source_id="bode", lease=lease, moment=NOW, until=NOW + LEASE, if_due=True
            )
        return taken is not None

    assert sum(await asyncio.gather(*(take(str(number)) for number in range(8)))) == 1


async def test_the_lease_of_a_poll_that_died_runs_out(site: FeedServer, database: Database, reader: Reader) -> None:
    async with database.writing() as session:
        await lease_source(session, source_id="bode", lease="dood", moment=NOW, until=NOW + LEASE, if_due=True)

    assert (await reader.poll(NOW + LEASE - timedelta(seconds=1))).is_skipped
    assert not (await reader.poll(NOW + LEASE)).is_skipped

    async with database.writing() as session:
        assert not await renew_lease(session, source_id="bode", lease="dood", until=NOW + 2 * LEASE)
        await release_source(session, source_id="bode", lease="dood")


async def test_a_poll_that_was_taken_over_keeps_nothing_more(
    site: FeedServer, database: Database, reader: Reader
) -> None:
    publish(site, 1)
    reader.let_go.clear()
    hung = asyncio.create_task(reader.poll())
    await reader.reached.wait()
    async with database.writing() as session:
        await lease_source(
            session, source_id="bode", lease="ander", moment=NOW + LEASE, until=NOW + 2 * LEASE, if_due=False
        )
    reader.let_go.set()

    report = await hung

    assert "took bode over" in (report.error or "")
    async with database.reading() as session:
        assert list(await session.exec(select(Article))) == []
    assert (await reader.source()).lease == "ander"


async def test_a_poll_that_is_cancelled_gives_its_source_free(site: FeedServer, reader: Reader) -> None:
    publish(site, 1)
    reader.let_go.clear()
    stopped = asyncio.create_task(reader.poll())
    await reader.reached.wait()
    stopped.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopped
    reader.let_go.set()

    assert (await reader.poll(if_due=True)).new == 1


@given(st.one_of(st.none(), spans), st.booleans(), st.booleans(), spans, spans)
def test_an_interval_stays_within_its_bounds(
    last: timedelta | None, has_news: bool, has_more: bool, least: timedelta, most: timedelta
) -> None:
    interval = Pace(least, most).after_success(last, has_news=has_news, has_more=has_more)

    assert least <= interval <= max(least, most)


@given(spans, st.lists(st.one_of(st.none(), spans)), st.integers(min_value=0))
def test_no_wait_is_longer_than_a_day_or_shorter_than_was_asked(
    interval: timedelta, asked: list[timedelta | None], failures: int
) -> None:
    wait = at_least(interval, *asked)

    assert wait == LONGEST_WAIT or all(span is None or wait >= span for span in (interval, *asked))
    assert wait <= LONGEST_WAIT
    assert PACE.after_failures(failures) <= LONGEST_WAIT
