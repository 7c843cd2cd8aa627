"""What a page and a feed say of an article's identity is believed as far as the words of the articles bear it out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ingest.fetch import Fetcher
from bot.ingest.identity import canonical_url
from bot.ingest.sameness import have_words_in_common, titles_agree
from storage.database import Database
from storage.retention import empty_texts
from tests.feedserver import FeedServer, article, item, rss
from tests.reading import NOW, TEXT, SourceReader

pytest_plugins = ("tests.source_fixtures",)

OTHER = "In de haven van Waterhoven lagen de kotters stil, omdat er door de noordwester te weinig vis te vangen was."
THIRD = (
    "De brug over het kanaal blijft tot de zomer dicht voor vrachtwagens zwaarder dan twintig ton, meldt de gemeente."
)
PARTS = {1: TEXT, 2: OTHER, 3: THIRD}


@pytest.fixture
async def reader(site: FeedServer, fetcher: Fetcher, sqlite_database: Database) -> SourceReader:
    reader = SourceReader(sqlite_database, fetcher)
    await reader.add_source(site.url("/rss"))
    return reader


def named(number: int, path: str, guid: str, *, hours: int = 1) -> str:
    entry = item(f"Artikel {number}", f"http://{path}", NOW - timedelta(hours=hours))
    return entry.replace("</item>", f'<guid isPermaLink="false">{guid}</guid></item>')


async def test_articles_that_name_their_section_as_their_own_address_stay_apart_however_often_they_are_read(
    site: FeedServer, reader: SourceReader
) -> None:
    head = '<link rel="canonical" href="/politiek/">'
    for number, text in PARTS.items():
        site.page(f"/a/{number}", article(f"Artikel {number}", text, f"{text} ({number})", head=head))
    entries = [item(f"Artikel {n}", site.url(f"/a/{n}"), NOW - timedelta(hours=n)) for n in PARTS]

    reports = []
    for turn in range(4):
        site.feed("/rss", rss(*entries, title=f"De Bode {turn}"))
        reports.append(await reader.poll(NOW + turn * timedelta(minutes=10)))

    assert [(report.new, report.changed) for report in reports] == [(3, 0), (0, 0), (0, 0), (0, 0)]
    assert {one.title: one.url for one in await reader.articles()} == {
        f"Artikel {number}": site.url(f"/a/{number}") for number in PARTS
    }
    assert [len(site.asked(f"/a/{number}")) for number in PARTS] == [1, 1, 1]


async def test_a_section_stays_no_article_when_the_texts_are_not_kept_any_more(
    site: FeedServer, reader: SourceReader
) -> None:
    head = '<link rel="canonical" href="/politiek/">'
    for number, text in PARTS.items():
        site.page(f"/a/{number}", article(f"Artikel {number}", text, head=head))
    site.feed("/rss", rss(item("Artikel 1", site.url("/a/1"), NOW)))
    await reader.poll()
    async with reader.database.writing() as session:
        for kept in await reader.articles():
            session.add(kept)
            kept.state = "taken"
    async with reader.database.writing() as session:
        assert await empty_texts(session, before=NOW + timedelta(days=3650))

    site.feed("/rss", rss(item("Artikel 2", site.url("/a/2"), NOW)))
    report = await reader.poll()

    assert (report.new, report.changed) == (1, 0)


async def test_an_article_that_names_an_address_under_which_an_edit_of_it_is_kept_is_that_article(
    site: FeedServer, reader: SourceReader
) -> None:
    head = '<link rel="canonical" href="/politiek/akkoord">'
    site.page("/a/1", article("Akkoord nabij", TEXT, OTHER, head=head))
    site.page("/b/1", article("Het is rond", TEXT, OTHER, THIRD, head=head))
    for path in ("/a/1", "/b/1"):
        site.feed("/rss", rss(item("Akkoord", site.url(path), NOW)))
        report = await reader.poll()

    assert (report.new, report.changed) == (0, 1)
    (kept,) = await reader.articles()
    assert kept.identity == site.url("/politiek/akkoord")


async def test_every_article_of_a_feed_that_calls_them_all_by_one_name_is_kept(
    site: FeedServer, reader: SourceReader
) -> None:
    for number, text in PARTS.items():
        site.page(f"/a/{number}", article(f"Artikel {number}", text))
        site.feed("/rss", rss(named(number, f"{site.host}/a/{number}", "laatste")))
        report = await reader.poll(NOW + timedelta(hours=number))
        assert (report.new, report.changed) == (1, 0)

    assert [one.title for one in await reader.articles()] == ["Artikel 1", "Artikel 2", "Artikel 3"]


async def test_an_article_that_moved_under_another_title_is_known_by_its_name_and_its_words(
    site: FeedServer, reader: SourceReader
) -> None:
    site.page("/a/1", article("Artikel 1", TEXT, OTHER))
    site.feed("/rss", rss(named(1, f"{site.host}/a/1", "bode-17")))
    await reader.poll()
    site.page("/b/2", article("Artikel 2", TEXT, OTHER, THIRD))
    site.feed("/rss", rss(named(2, f"{site.host}/b/2", "bode-17", hours=0)))

    report = await reader.poll()

    assert (report.new, report.changed) == (0, 1)
    (kept,) = await reader.articles()
    assert (kept.identity, kept.title) == (site.url("/a/1"), "Artikel 2")


async def test_an_article_that_moved_as_it_was_is_not_asked_for_again(site: FeedServer, reader: SourceReader) -> None:
    site.page("/a/1", article("De Bode meldt: Artikel 1", TEXT))
    for path in ("/a/1", "/b/1"):
        site.feed("/rss", rss(named(1, f"{site.host}{path}", "bode-17")))
        await reader.poll()

    assert site.asked("/b/1") == []


@pytest.mark.parametrize(
    ("given_address", "page"),
    [
        ("/", "https://krant.example/a/1"),
        ("/index.html", "https://krant.example/a/1"),
        ("/home/", "https://krant.example/a/1"),
        ("/?home=1", "https://krant.example/a/1"),
        ("/index.php?p=7", "https://krant.example/a/1"),
        ("https://b.blog.example/x", "https://a.blog.example/y"),
        ("https://krant.example.org/x", "https://krant.example/x"),
        ("https://www.example/x", "https://krant.example/x"),
    ],
)
def test_a_front_page_or_another_host_is_no_articles_own_address(given_address: str, page: str) -> None:
    assert canonical_url(given_address, page_url=page) is None


@pytest.mark.parametrize(
    ("given_address", "page"),
    [
        ("https://krant.example/a/1", "https://www.krant.example/a/1"),
        ("https://www.krant.example/a/1", "https://m.krant.example/a/1"),
        ("https://krant.example/a/1", "https://amp.krant.example/a/1"),
        ("https://krant.example/?p=7", "https://www.krant.example/?p=7&lang=nl"),
        ("https://krant.example/home/brand-in-huis", "https://krant.example/x"),
    ],
)
def test_the_forms_of_one_host_may_name_one_another(given_address: str, page: str) -> None:
    assert canonical_url(given_address, page_url=page) == given_address


def test_texts_share_words_when_one_is_an_edit_or_a_part_of_the_other_and_not_by_their_small_words() -> None:
    whole = f"{TEXT} {OTHER}"

    assert have_words_in_common(whole, TEXT)
    assert have_words_in_common(TEXT.replace("donderdag", "vrijdag"), f"{THIRD} {TEXT}")
    assert not have_words_in_common(TEXT, f"{OTHER} {THIRD} " * 20)


@given(st.text(max_size=60), st.text(max_size=60))
def test_of_two_texts_or_titles_it_does_not_matter_which_comes_first(first: str, second: str) -> None:
    assert have_words_in_common(first, second) == have_words_in_common(second, first)
    assert titles_agree(first, second) == titles_agree(second, first)
