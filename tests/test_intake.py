"""A backfill reads whatever holds articles, goes on where it was broken off, and keeps what it could not read."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import spacy
from pydantic import SecretStr
from rich.console import Console
from sqlmodel import select

from bot.installation import open_installation
from bot.intake import IntakeReport, dead_letters, ingest_places
from bot.settings import Settings
from bot.worker import WorkerPool, _Tools
from storage import chats, quotes
from storage.database import Database
from storage.outbox import outbox_state
from storage.people import import_roster
from storage.records import QuoteRecord
from storage.sources import seed_sources
from storage.tables import Intake
from storage.unread_reports import keep_unread_report
from tests.feedserver import FeedServer, article
from tests.fictional import EARLIER, LATER, ROSTER
from tests.read_here import ReadHere
from tests.reports import MINISTER, Spoken, report

NOW = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    """A site on loopback."""
    async with FeedServer() as server:
        yield server


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation with the fictional cabinet, a chat that follows it, and a small pipeline.

    A pipeline without a parser is loaded in a moment by each of the processes; what is quoted is found without one.
    """
    folder = tmp_path_factory.mktemp("installation")
    spacy.blank("nl").to_disk(folder / "pipeline")

    async def set_up() -> None:
        database = await open_installation(f"sqlite:///{folder}/citaatwacht.db", folder)
        async with database.writing() as session:
            await import_roster(session, popolo=ROSTER)
            await chats.ensure_chat(session, chat_id=1, kind="private", title="Redactie")
            await chats.follow(session, chat_id=1, topic_id=0, person_id="wouter-zandstra", user_id=1)
        await database.close()

    asyncio.run(set_up())
    return folder


@pytest.fixture(scope="module")
def tools(installation: Path) -> _Tools:
    """What reads, loaded once."""
    return _Tools(ROSTER, str(installation / "pipeline"))


@pytest.fixture(autouse=True)
def read_here(tools: _Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read without worker processes, which take seconds to start."""
    ReadHere.tools = tools
    monkeypatch.setattr("bot.intake.WorkerPool", ReadHere)


@pytest.fixture
def processes(read_here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read by worker processes all the same."""
    monkeypatch.setattr("bot.intake.WorkerPool", WorkerPool)


@pytest.fixture
def settings(installation: Path, tmp_path: Path, server: FeedServer) -> Settings:
    """A copy of the installation."""
    shutil.copy(installation / "citaatwacht.db", tmp_path)
    return Settings(
        database_url=SecretStr(f"sqlite:///{tmp_path}/citaatwacht.db"),
        data_dir=tmp_path,
        fetch_allow_hosts=(server.host,),
        contact="test@krant.example",
        spacy_model=str(installation / "pipeline"),
    )


async def opened(settings: Settings) -> Database:
    """Open the installation's database."""
    return await open_installation(settings.database_url.get_secret_value(), settings.data_dir)


async def ingest(settings: Settings, *places: object, workers: int = 1, retry: bool = False) -> IntakeReport:
    """Ingest places without a terminal."""
    console = Console(file=io.StringIO())
    return await ingest_places(
        settings, [str(place) for place in places], announce=False, console=console, workers=workers, retry=retry
    )


async def shown(settings: Settings) -> list[QuoteRecord]:
    """What is stored, and that none of it is to be sent."""
    database = await opened(settings)
    async with database.reading() as session:
        page = await quotes.quotes(session, limit=100)
        assert (await outbox_state(session)).due == 0
    await database.close()
    return list(page.items)


def page_of(words: str) -> str:
    """Give a page with one quote of the prime minister's."""
    return article(
        "Premier over het land",
        "Premier Wouter Zandstra sprak vrijdag na afloop van de ministerraad lang met de verzamelde pers in Waterstad.",
        f"“{words}”, zei Zandstra na afloop van de ministerraad tegen de verzamelde journalisten.",
    )


WORDS = ("De dijken worden hoger", "De havens blijven open", "De scholen krijgen meer geld", "De btw gaat omhoog")


def publish(server: FeedServer, *numbers: int) -> list[str]:
    """Put pages on the server, and give their addresses."""
    for number in numbers:
        server.page(f"/artikel-{number}", page_of(WORDS[number]))
    return [server.url(f"/artikel-{number}") for number in numbers]


def urlset(*urls: str, tag: str = "urlset") -> bytes:
    """Give a sitemap, or an index of them."""
    inner = "url" if tag == "urlset" else "sitemap"
    entries = "".join(f"<{inner}><loc>{url}</loc></{inner}>" for url in urls)
    return f'<{tag} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{tag}>'.encode()


async def test_sitemaps_are_followed_to_their_pages_and_each_page_is_read_once(
    settings: Settings, server: FeedServer
) -> None:
    first, second, third = publish(server, 0, 1, 2)
    packed = {"Content-Type": "application/gzip"}
    server.raw("/map-1.xml.gz", gzip.compress(urlset(first, second)), headers=packed)
    server.raw("/map-2.xml", urlset(second, third), headers={"Content-Type": "application/xml"})
    index = urlset(server.url("/map-1.xml.gz"), server.url("/map-2.xml"), tag="sitemapindex")
    server.raw("/sitemap.xml", index, headers={"Content-Type": "application/xml"})

    done = await ingest(settings, server.url("/sitemap.xml"))
    again = await ingest(settings, server.url("/sitemap.xml"))

    assert (done.new, done.problems) == (3, [])
    assert (again.new, again.known, again.statements) == (0, 3, 0)
    assert {quote.content.rstrip(",.") for quote in await shown(settings)} == set(WORDS[:3])
    assert [len(server.asked(f"/artikel-{number}")) for number in range(3)] == [1, 1, 1]


async def test_pages_that_all_name_their_section_as_their_own_address_are_articles_of_their_own(
    settings: Settings, server: FeedServer
) -> None:
    head = '<link rel="canonical" href="/politiek/">'
    server.page(
        "/vis",
        article(
            "De vloot", "De kotters bleven vrijdag in de haven, want buiten stond te veel wind.", WORDS[1], head=head
        ),
    )
    server.page(
        "/brug",
        article(
            "De brug", "Over het kanaal kan niemand tot de zomer heen met twintig ton of meer.", WORDS[2], head=head
        ),
    )
    sitemap = urlset(server.url("/vis"), server.url("/brug"))
    server.raw("/sitemap.xml", sitemap, headers={"Content-Type": "application/xml"})

    done = await ingest(settings, server.url("/sitemap.xml"))

    assert (done.new, done.problems) == (2, [])


async def test_a_feed_is_followed_through_its_archives(settings: Settings, server: FeedServer) -> None:
    pages = publish(server, 0, 1, 2)
    for number, (page, relation) in enumerate(zip(pages, ("prev-archive", "next", ""), strict=True)):
        older = f'<link rel="{relation}" href="{server.url(f"/feed-{number + 1}")}"/>' if relation else ""
        server.feed(
            f"/feed-{number}",
            f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>De Waterlander</title>{older}'
            f'<entry><title>x</title><id>{page}</id><link href="{page}"/></entry></feed>',
        )

    done = await ingest(settings, server.url("/feed-0"))

    assert (done.new, done.problems) == (3, [])


async def test_a_run_that_is_broken_off_is_gone_on_with_and_does_nothing_twice(
    settings: Settings, server: FeedServer
) -> None:
    pages = publish(server, 0, 1, 2, 3)
    server.raw("/map.xml", urlset(*pages), headers={"Content-Type": "application/xml"})
    server.slow("/artikel-3", 30)
    running = asyncio.create_task(ingest(settings, server.url("/map.xml")))
    database = await opened(settings)
    read = 0
    while read < 2:
        await asyncio.sleep(0.05)
        async with database.reading() as session:
            read = len((await session.exec(select(Intake))).all())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await database.close()
    publish(server, 3)

    done = await ingest(settings, server.url("/map.xml"))

    assert done.problems == []
    assert [len(server.asked(f"/artikel-{number}")) for number in range(read)] == [1] * read
    assert {quote.content.rstrip(",.") for quote in await shown(settings)} == set(WORDS)


async def test_what_cannot_be_read_is_kept_with_the_reason_and_tried_again_when_asked(
    settings: Settings, server: FeedServer, tmp_path: Path
) -> None:
    [page] = publish(server, 0)
    gone = server.url("/weg")
    server.raw("/map.xml", urlset(page, gone), headers={"Content-Type": "application/xml"})
    broken = tmp_path / "kapot.json"
    broken.write_text("{")

    first = await ingest(settings, server.url("/map.xml"), broken)
    letters = dict(await dead_letters(settings))
    server.page("/weg", page_of(WORDS[1]))
    retried = await ingest(settings, retry=True)

    assert first.new == 1
    assert len(first.problems) == 2
    assert letters.keys() == {gone, str(broken)}
    assert "not JSON" in letters[str(broken)]
    assert retried.new == 1
    assert [place for place, _ in await dead_letters(settings)] == [str(broken)]


@pytest.mark.usefixtures("processes")
async def test_a_folder_of_everything_is_read_by_two_processes_in_the_order_of_the_words(
    settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "archief"
    folder.mkdir()
    lines = [
        {"id": "2", "published_at": "2026-03-06T16:00:00+01:00", "text": LATER},
        {"id": "1", "published_at": "2026-03-02T16:00:00+01:00", "text": EARLIER},
    ]
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (folder / "b-2026-03-03.html").write_text(page_of(WORDS[0]), encoding="utf-8")
    began = datetime(2026, 3, 4, 10, 0)  # noqa: DTZ001 - as reports write it
    turn = Spoken("t1", "Mirthe", "Van den Elzen", MINISTER, began, "Er komt geld bij voor de dijken in het noorden.")
    lost = Spoken("", "Wouter", "Zandstra", MINISTER, began, "Dat zegt de oppositie al jaren.")
    (folder / "c.xml").write_bytes(report([turn, lost], made=NOW - timedelta(days=1)))

    done = await ingest(settings, folder, workers=2)

    assert (done.new, done.reversals) == (4, 1)
    assert done.problems == [f"{folder / 'c.xml'}: a turn of Wouter Zandstra has no objectid"]
    said = await shown(settings)
    assert turn.words in {quote.content for quote in said}
    database = await opened(settings)
    async with database.reading() as session:
        [pair] = (await quotes.reversals(session)).items
    await database.close()
    assert pair.earlier.said_on < pair.later.said_on


async def test_a_file_with_only_the_beginning_of_a_known_article_withdraws_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "artikel.json"
    whole = {"id": "1", "url": "https://krant.example/1", "published_at": "2026-03-06T16:00:00+01:00", "text": LATER}
    for text in (LATER, LATER.split("\n\n")[0]):
        file.write_text(json.dumps({**whole, "text": text}), encoding="utf-8")
        await ingest(settings, file)

    assert {quote.content for quote in await shown(settings)} >= {"De btw gaat omhoog", "We hebben geen keus."}


def lines_of(*texts: str) -> str:
    """Give articles as JSON lines; what is no text of one stands for itself."""
    return "\n".join(
        text if text.startswith("{") else json.dumps({"published_at": f"2026-03-0{number}T16:00", "text": text})
        for number, text in enumerate(texts, start=1)
    )


def said(words: str) -> str:
    """Give the text of an article with one quote of the prime minister's."""
    return f"Premier Wouter Zandstra sprak met de pers.\n\n“{words}”, zei Zandstra na afloop."


async def test_a_wrong_line_costs_no_other_and_is_a_dead_letter_until_it_can_be_read_or_is_gone(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(lines_of(said(WORDS[0]), "{kapot", said(WORDS[1]), "{}"), encoding="utf-8")

    first = await ingest(settings, file)
    letters = await dead_letters(settings)
    file.write_text(lines_of(said(WORDS[0]), said(WORDS[2]), said(WORDS[1])), encoding="utf-8")
    mended = await ingest(settings, retry=True)

    assert (first.new, len(first.problems)) == (2, 2)
    assert [place for place, _ in letters] == [f"{file}:2", f"{file}:4"]
    assert "line 2" in letters[0][1]
    assert (mended.new, mended.problems, await dead_letters(settings)) == (1, [], [])
    assert {quote.content.rstrip(",.") for quote in await shown(settings)} == set(WORDS[:3])


async def test_a_part_of_a_sitemap_that_is_missing_costs_no_other_and_is_tried_again(
    settings: Settings, server: FeedServer
) -> None:
    first, second = publish(server, 0, 1)
    xml = {"Content-Type": "application/xml"}
    parts = [server.url("/map-1.xml"), server.url("/map-weg.xml"), server.url("/map-2.xml")]
    server.raw("/map-1.xml", urlset(first), headers=xml)
    server.raw("/map-2.xml", urlset(second), headers=xml)
    server.raw("/sitemap.xml", urlset(*parts, tag="sitemapindex"), headers=xml)

    done = await ingest(settings, server.url("/sitemap.xml"))
    letters = await dead_letters(settings)
    [third] = publish(server, 2)
    server.raw("/map-weg.xml", urlset(third, second), headers=xml)
    retried = await ingest(settings, retry=True)

    assert (done.new, len(done.problems)) == (2, 1)
    assert [place for place, _ in letters] == [parts[1]]
    assert (retried.new, retried.problems, await dead_letters(settings)) == (1, [], [])
    assert {quote.content.rstrip(",.") for quote in await shown(settings)} == set(WORDS[:3])


async def test_a_report_that_a_poll_could_not_read_is_listed_and_tried_again_as_a_report(
    settings: Settings, server: FeedServer
) -> None:
    words = "De haven blijft tot 2030 open voor vissers."
    spoken = Spoken("t1", "Wouter", "Zandstra", MINISTER, datetime(2026, 3, 5, 10), words)  # noqa: DTZ001
    server.raw("/verslag", report([spoken], made=NOW), headers={"Content-Type": "application/xml"})
    database = await opened(settings)
    async with database.writing() as session:
        source = {"id": "kamer", "name": "Tweede Kamer", "kind": "parliament", "url": server.url("/sync")}
        await seed_sources(session, rows=[source])
        await keep_unread_report(
            session, url=server.url("/verslag"), source_id="kamer", reason="no XML", attempts=5, retry_at=None
        )
    await database.close()
    assert await dead_letters(settings) == [(server.url("/verslag"), "no XML")]

    retried = await ingest(settings, retry=True)

    assert (retried.problems, retried.new, retried.statements) == ([], 1, 1)
    assert [quote.content for quote in await shown(settings)] == [words]
    assert await dead_letters(settings) == []
