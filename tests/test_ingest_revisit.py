"""Pages are visited again, and what changed in them becomes a version; nothing else does."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.ingest import manners
from bot.ingest.fetch import Fetcher
from bot.ingest.keeping import VISITS, is_cut_short, next_visit
from bot.ingest.poll import RETRIES
from bot.ingest.revisit import LEASE, RevisitReport, revisit
from bot.ingest.values import PageText
from storage.database import Database
from storage.sources import remove_source, switch_source
from storage.tables import Article, ArticleVersion
from tests.feedserver import FeedServer, article, item, rss
from tests.reading import NOW, TEXT, Crash, SourceReader

pytest_plugins = ("tests.source_fixtures",)

FIRST = TEXT
SECOND = "“Er is geen crisis, we zijn in gesprek”, zei Zandstra. Volgens hem is er nog tijd genoeg om eruit te komen."
THIRD = "Minister Van den Elzen (Financiën) wilde niets zeggen over de stand van de gesprekken van woensdag."
WALL = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'


@pytest.fixture
async def reader(site: FeedServer, fetcher: Fetcher, database: Database) -> Reader:
    reader = Reader(database, fetcher, site)
    await reader.add_source(site.url("/rss"))
    return reader


class Reader(SourceReader):
    """Reads a feed with one article, and visits its page again."""

    def __init__(self, database: Database, fetcher: Fetcher, site: FeedServer) -> None:
        super().__init__(database, fetcher)
        self.site = site

    async def first(self, *paragraphs: str, head: str = "", numbers: int = 1) -> None:
        for number in range(1, numbers + 1):
            self.site.page(f"/a/{number}", article(f"Artikel {number}", *paragraphs, head=head))
        self.site.feed(
            "/rss", rss(*(item(f"Artikel {n}", self.site.url(f"/a/{n}"), NOW) for n in range(1, numbers + 1)))
        )
        await self.poll()

    async def visit(self, moment: datetime) -> RevisitReport:
        return await revisit(self.database, self.fetcher, self.read_page, moment=moment)

    async def article(self) -> Article:
        async with self.database.reading() as session:
            return (await session.exec(select(Article))).one()

    async def versions(self) -> list[tuple[int, bool, int]]:
        """Number, whether it is cut short, and paragraphs of each version, the current one last."""
        async with self.database.reading() as session:
            found = await session.exec(select(ArticleVersion).order_by(col(ArticleVersion.number)))
            return [(one.number, one.is_cut_short, one.text.count("\n\n") + 1) for one in found]


async def test_a_page_is_visited_after_a_quarter_one_six_and_twenty_four_hours_and_then_no_more(
    site: FeedServer, reader: Reader
) -> None:
    await reader.first(FIRST, SECOND)
    for number, pause in enumerate(VISITS, start=1):
        early = await reader.visit(NOW + pause - timedelta(seconds=1))
        due = await reader.visit(NOW + pause)
        assert (early.visited, due.visited, due.unchanged) == (0, 1, 1)
        assert len(site.asked("/a/1")) == 1 + number
    assert (await reader.visit(NOW + timedelta(days=30))).visited == 0
    assert await reader.versions() == [(1, False, 2)]


async def test_a_page_that_is_still_the_same_is_not_sent_again(site: FeedServer, reader: Reader) -> None:
    await reader.first(FIRST, SECOND)

    await reader.visit(NOW + VISITS[0])

    assert "If-None-Match" in site.asked("/a/1")[-1].headers
    assert (await reader.article()).visits == 1


async def test_another_text_is_a_new_version_to_be_taken(site: FeedServer, reader: Reader) -> None:
    await reader.first(FIRST, SECOND)
    site.page("/a/1", article("Artikel 1, aangevuld", FIRST, SECOND, THIRD))

    report = await reader.visit(NOW + VISITS[0])

    assert (report.visited, report.changed) == (1, 1)
    assert await reader.versions() == [(1, False, 2), (2, False, 3)]
    kept = await reader.article()
    assert (kept.title, kept.state, kept.published_at) == ("Artikel 1, aangevuld", "new", NOW)


async def test_a_paywall_that_comes_and_goes_makes_a_version_that_is_cut_short_and_the_whole_one_again(
    site: FeedServer, reader: Reader
) -> None:
    await reader.first(FIRST, SECOND, THIRD)
    site.page("/a/1", article("Artikel 1", FIRST, head=WALL))
    await reader.visit(NOW + VISITS[0])
    assert await reader.versions() == [(1, False, 3), (2, True, 1)]
    assert not (await reader.article()).is_paywalled, "all of it was read before"

    site.page("/a/1", article("Artikel 1", FIRST, SECOND, THIRD))
    await reader.visit(NOW + VISITS[1])

    assert await reader.versions() == [(2, True, 1), (3, False, 3)]


async def test_the_beginning_of_an_article_takes_nothing_back_though_it_was_once_all_there_was(
    site: FeedServer, reader: Reader
) -> None:
    await reader.first(FIRST)
    site.page("/a/1", article("Artikel 1", FIRST, SECOND, THIRD))
    await reader.visit(NOW + VISITS[0])
    site.page("/a/1", article("Artikel 1", FIRST, head=WALL))

    await reader.visit(NOW + VISITS[1])

    assert await reader.versions() == [(2, False, 3), (3, True, 1)]


async def test_an_article_behind_a_paywall_is_marked_until_it_is_read_in_full(site: FeedServer, reader: Reader) -> None:
    await reader.first(FIRST, head=WALL)
    assert await reader.versions() == [(1, True, 1)]
    assert (await reader.article()).is_paywalled

    site.page("/a/1", article("Artikel 1", FIRST, SECOND))
    await reader.visit(NOW + VISITS[0])

    assert await reader.versions() == [(1, True, 1), (2, False, 2)]
    assert not (await reader.article()).is_paywalled


async def test_of_a_page_that_shows_nothing_for_free_the_public_part_in_the_feed_is_kept_until_it_is_free(
    site: FeedServer, reader: Reader
) -> None:
    walled = WALL.replace("false", 'false, "hasPart": {"isAccessibleForFree": false, "cssSelector": ".dicht"}')
    site.page("/a/1", f'<html><head>{walled}</head><body><article class="dicht"><p>{FIRST}</p></article></body></html>')
    site.feed("/rss", rss(item("Artikel 1", site.url("/a/1"), NOW, text=f"<p>{SECOND}</p>")))

    await reader.poll()
    teaser = await reader.article()
    await reader.visit(NOW + VISITS[0])
    still = await reader.article()
    site.page("/a/1", article("Artikel 1", SECOND, FIRST, THIRD))
    await reader.visit(NOW + VISITS[1])

    assert (teaser.state, teaser.is_paywalled, still.is_paywalled) == ("new", True, True)
    assert await reader.versions() == [(1, True, 1), (2, False, 3)]
    assert not (await reader.article()).is_paywalled


async def test_a_page_that_shows_nothing_for_free_with_but_a_line_in_the_feed_is_unreadable(
    site: FeedServer, reader: Reader
) -> None:
    site.page("/a/1", f"<html><head>{WALL}</head><body><p>Log in.</p></body></html>")
    site.feed("/rss", rss(item("Artikel 1", site.url("/a/1"), NOW, text="<p>Alleen voor abonnees.</p>")))

    await reader.poll()

    kept = await reader.article()
    assert (kept.state, kept.reason) == ("failed", "the page is behind a paywall")


async def test_a_page_that_cannot_be_read_any_more_changes_nothing_and_is_visited_in_its_turn(
    site: FeedServer, reader: Reader
) -> None:
    await reader.first(FIRST, SECOND)
    site.page("/a/1", "<p>Accepteer cookies.</p>")
    unreadable = await reader.visit(NOW + VISITS[0])
    site.raw("/a/1", b"", status=503, headers={"Retry-After": str(7 * 3600)})
    busy = await reader.visit(NOW + VISITS[1])

    assert (unreadable.failed, busy.failed) == (1, 1)
    kept = await reader.article()
    assert kept.revisit_at == NOW + VISITS[1] + timedelta(hours=7)
    assert await reader.versions() == [(1, False, 2)]


async def test_a_page_that_is_gone_is_left_in_peace(site: FeedServer, reader: Reader) -> None:
    await reader.first(FIRST, SECOND)
    site.raw("/a/1", b"", status=410)

    await reader.visit(NOW + VISITS[0])

    kept = await reader.article()
    assert (kept.revisit_at, kept.state) == (None, "new")
    assert await reader.versions() == [(1, False, 2)]


async def test_a_robots_txt_that_comes_to_forbid_pages_is_obeyed_and_what_was_read_stays(
    site: FeedServer, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manners, "RULES_LAST", 0.0)  # a day has passed
    await reader.first(FIRST)
    site.raw("/robots.txt", b"User-agent: *\nDisallow: /a/", "text/plain")

    visit = await reader.visit(NOW + timedelta(minutes=15))
    site.page("/a/2", article("Artikel 2", SECOND))
    site.feed("/rss", rss(*(item(f"Artikel {number}", site.url(f"/a/{number}"), NOW) for number in (1, 2))))
    poll = await reader.poll(NOW + timedelta(hours=1))

    assert (visit.failed, (await reader.visit(NOW + timedelta(days=2))).visited) == (1, 0)
    assert (poll.error, poll.unreadable) == (None, 1)
    assert (len(site.asked("/a/1")), len(site.asked("/a/2"))) == (1, 0)
    kept = {one.title: (one.state, "robots.txt" in (one.reason or "")) for one in await reader.articles()}
    assert kept == {"Artikel 1": ("new", False), "Artikel 2": ("failed", True)}


async def test_a_source_that_was_switched_off_is_not_visited(reader: Reader) -> None:
    await reader.first(FIRST, SECOND)
    async with reader.database.writing() as session:
        await switch_source(session, source_id="bode", enabled=False)

    assert (await reader.visit(NOW + VISITS[0])).visited == 0


async def test_a_source_that_was_removed_is_not_visited(reader: Reader) -> None:
    await reader.first(FIRST, SECOND)
    async with reader.database.writing() as session:
        await remove_source(session, source_id="bode", moment=NOW)

    assert (await reader.visit(NOW + VISITS[0])).visited == 0


async def test_a_page_that_could_be_read_only_later_is_visited_again_too(site: FeedServer, reader: Reader) -> None:
    site.raw("/a/1", b"", status=503)
    site.feed("/rss", rss(item("Artikel 1", site.url("/a/1"), NOW)))
    await reader.poll(NOW)
    site.page("/a/1", article("Artikel 1", FIRST, SECOND))
    await reader.poll(NOW + RETRIES[0])
    site.page("/a/1", article("Artikel 1", FIRST, SECOND, THIRD))

    assert (await reader.visit(NOW + RETRIES[0] + VISITS[0])).changed == 1


async def test_two_processes_visit_each_page_once(site: FeedServer, reader: Reader) -> None:
    await reader.first(FIRST, SECOND, numbers=4)
    other = await Database.open(reader.database.url)
    try:
        reports = await asyncio.gather(
            reader.visit(NOW + VISITS[0]),
            revisit(other, reader.fetcher, reader.read_page, moment=NOW + VISITS[0]),
        )
    finally:
        await other.close()

    assert sum(report.visited for report in reports) == 4
    assert [len(site.asked(f"/a/{number}")) for number in range(1, 5)] == [2, 2, 2, 2]


async def test_a_visit_whose_process_died_is_made_by_another_when_its_lease_is_over(reader: Reader) -> None:
    await reader.first(FIRST, SECOND)

    async def die(html: bytes, url: str, zone: str) -> PageText:
        raise Crash

    reader.site.page("/a/1", article("Artikel 1", FIRST, SECOND, THIRD))
    with pytest.raises(BaseExceptionGroup):
        await revisit(reader.database, reader.fetcher, die, moment=NOW + VISITS[0])

    assert (await reader.visit(NOW + VISITS[0] + LEASE - timedelta(seconds=1))).visited == 0
    assert (await reader.visit(NOW + VISITS[0] + LEASE)).changed == 1


async def test_a_feeds_own_name_for_an_article_holds_when_its_address_changes(site: FeedServer, reader: Reader) -> None:
    def named(path: str) -> str:
        return item("Artikel 1", site.url(path), NOW).replace(
            "</item>", '<guid isPermaLink="false">bode-17</guid></item>'
        )

    site.page("/a/1", article("Artikel 1", FIRST, SECOND))
    site.page("/b/1", article("Artikel 1", FIRST, SECOND, THIRD))
    for path in ("/a/1", "/b/1"):
        site.feed("/rss", rss(named(path)))
        await reader.poll()

    assert (await reader.article()).guid == "bode-17"
    assert site.asked("/b/1") == []


async def test_a_name_that_a_feed_gives_to_all_its_entries_names_none(site: FeedServer, reader: Reader) -> None:
    items = []
    for number in (1, 2):
        site.page(f"/a/{number}", article(f"Artikel {number}", f"{FIRST} ({number})"))
        entry = item(f"Artikel {number}", site.url(f"/a/{number}"), NOW)
        items.append(entry.replace("</item>", '<guid isPermaLink="false">bode</guid></item>'))
    site.feed("/rss", rss(*items))

    report = await reader.poll()

    assert report.new == 2


async def test_one_article_under_two_addresses_of_its_outlet_is_one(site: FeedServer, reader: Reader) -> None:
    for path in ("/politiek/1", "/binnenland/1"):
        site.page(path, article("Geen crisis", FIRST, SECOND))
    site.feed("/rss", rss(item("Geen crisis", site.url("/politiek/1"), NOW), item("G", site.url("/binnenland/1"), NOW)))

    report = await reader.poll()

    assert (report.new, report.changed) == (1, 0)
    await reader.article()


LONG = " ".join(f"{FIRST} {SECOND} {THIRD}".split())


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (LONG, False),
        (LONG + " " + THIRD, False),
        (LONG.replace(SECOND, ""), False),
        (LONG.replace("geen crisis", "wel een crisis"), False),
        (FIRST, True),
        ("Accepteer cookies om verder te lezen op deze site van De Bode.", True),
        (" ".join(f"Ander nieuws over een sluis nummer {number}." for number in range(9)), True),
    ],
)
def test_an_edit_leaves_more_than_half_of_an_article(after: str, expected: bool) -> None:
    assert is_cut_short(LONG, after) is expected


def test_visits_that_were_missed_are_not_made_up_for() -> None:
    assert next_visit(NOW, 1, NOW + VISITS[0]) == NOW + VISITS[1]
    assert next_visit(NOW, 1, NOW + timedelta(hours=7)) == NOW + VISITS[3]
    assert next_visit(NOW, 1, NOW + timedelta(days=3)) is None
    assert next_visit(NOW, len(VISITS), NOW) is None
