"""A debate from the feed of reports to its statements: in parts, out of order, corrected, and never twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.ingest.fetch import Fetcher
from bot.ingest.pace import Pace
from bot.ingest.parliament.following import PATIENCE
from bot.ingest.poll import RETRIES, poll
from bot.ingest.values import PollReport
from bot.messages import Reader
from bot.messages.context import context_message
from bot.pipeline import Pipeline, Rules
from bot.worker import Worker
from storage import articles, chats, intake, quotes
from storage.database import Database
from storage.intake import DeadLetter
from storage.outbox import outbox_state
from storage.people import import_roster
from storage.records import QuoteRecord
from storage.retention import empty_texts
from storage.sources import seed_sources
from storage.tables import Article, ArticleVersion, Mention, Rewording, Source, Statement
from tests.feedserver import FeedServer, article, item, read_feed, rss
from tests.fictional import ROSTER
from tests.reports import MEMBER, MINISTER, Spoken, report, sync_page

DAY = date(2026, 3, 5)
NOW = datetime(2026, 3, 5, 20, 0, tzinfo=UTC)
FEED = "kamer"
WITH_MEMBER: dict[str, Any] = ROSTER | {
    "persons": [*ROSTER["persons"], {"id": "tom-van-der-veen", "name": "Tom van der Veen", "given_name": "Tom"}],
    "memberships": [
        *ROSTER["memberships"],
        {
            "id": "van-der-veen-visserij",
            "person_id": "tom-van-der-veen",
            "organization_id": "kabinet-zandstra",
            "role": "minister",
            "label": "Minister van Visserij",
            "portfolio": "Visserij",
            "start_date": "2026-06-01",
            "end_date": None,
        },
    ],
}


def at(hour: int, minute: int = 0) -> datetime:
    """A time of the day of the debate, by the clock of The Hague and without an offset, as reports write it."""
    return datetime(2026, 3, 5, hour, minute)  # noqa: DTZ001


TURNS = (
    Spoken("t1", "Wouter", "Zandstra", MINISTER, at(10), "Voorzitter. De btw gaat dit jaar niet omhoog."),
    Spoken("t2", "Tom", "Van der Veen", MEMBER, at(10, 5), "Mijn fractie wil dat de haven open blijft."),
    Spoken("t3", "Mirthe", "Van den Elzen", MINISTER, at(10, 10), "Ik zeg de Kamer toe dat het plan voor 1 mei komt."),
    Spoken("t4", "Jinke", "Terpstra", MEMBER, at(10, 20), "Wij geloven helemaal niets van deze begroting."),
    Spoken("t5", "Wouter", "Zandstra", MINISTER, at(10, 30), "De haven blijft tot 2030 open voor vissers."),
    Spoken("t6", "Mirthe", "Van den Elzen", MINISTER, at(10, 40), "Er komt geld bij voor de dijken in het noorden."),
)
IN_ROSTER = ("t1", "t2", "t3", "t5", "t6")
SAID = {turn.words.removeprefix("Voorzitter. ") for turn in TURNS if turn.id in IN_ROSTER}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One worker process for the module."""
    worker = Worker(WITH_MEMBER, spacy_model=None, timeout=60)
    yield worker
    asyncio.run(worker.close())


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    """A server of feeds and reports on loopback."""
    async with FeedServer() as server:
        yield server


class Chamber:
    """The feed of reports on the loopback server, the poll of it, and the pipeline behind."""

    def __init__(self, database: Database, server: FeedServer, worker: Worker) -> None:
        self.database, self.server, self.worker = database, server, worker
        self.pipeline = Pipeline(database, worker, Rules())
        self.fetcher = Fetcher(contact="test@waterland.example", allow_hosts=[server.host])
        self.pages = 0

    async def open(self) -> None:
        """Put the source and its people into the database."""
        async with self.database.writing() as session:
            await import_roster(session, popolo=WITH_MEMBER)
            source = {"id": FEED, "name": "Tweede Kamer", "kind": "parliament", "url": self.server.url("/page-0")}
            await seed_sources(session, rows=[source])
        self.server.feed("/page-0", sync_page(following=self.server.url("/page-1")))

    async def publish(self, turns: Sequence[Spoken], made: datetime, **kind: str) -> PollReport:
        """Publish one more version, poll, and take what came of it."""
        return await self.publish_text(report(turns, made=made, **kind).decode(), made)

    async def publish_text(self, text: str, made: datetime) -> PollReport:
        """Publish a version as it is written, poll, and take what came of it."""
        self.pages += 1
        name = f"/report-{self.pages}.xml"
        self.server.raw(name, text.encode(), headers={"Content-Type": "application/xml"})
        page = sync_page((self.server.url(name), made), resume=self.server.url(f"/page-{self.pages + 1}"))
        self.server.feed(f"/page-{self.pages}", page)
        return await self.poll(made)

    def publish_nothing_more(self) -> None:
        """Let the feed end where it is."""
        url = f"/page-{self.pages + 1}"
        self.server.feed(url, sync_page(resume=self.server.url(url)))

    async def open_transcripts(self) -> None:
        """Put the source into the database as one of transcripts, with one press conference to be read."""
        await self.open()
        async with self.database.writing() as session:
            row = (await session.exec(select(Source).where(col(Source.id) == FEED))).one()
            row.kind, row.url = "transcripts", self.server.url("/feed")
            session.add(row)
        self.server.feed("/feed", rss(item("Persconferentie", self.server.url("/pers"), NOW)))

    async def poll(self, moment: datetime) -> PollReport:
        """Poll the source, and take all that waits."""
        polled = await poll(
            FEED,
            self.database,
            self.fetcher,
            self.worker.read_page,
            read_feed=read_feed,
            pace=Pace(timedelta(minutes=5), timedelta(hours=1)),
            moment=moment,
            accounts=self.worker,
        )
        while await self.pipeline.take_next(moment) is not None:
            pass
        return polled

    async def dead_letters(self) -> list[DeadLetter]:
        """What could not be read."""
        async with self.database.reading() as session:
            return await intake.dead_letters(session)

    async def quotes(self) -> list[QuoteRecord]:
        """What is shown, in the order in which it was said."""
        async with self.database.reading() as session:
            page = await quotes.quotes(session, limit=100)
        return sorted(page.items, key=lambda quote: quote.id)


@pytest.fixture
async def chamber(database: Database, server: FeedServer, worker: Worker) -> AsyncIterator[Chamber]:
    """An open chamber, on either database."""
    chamber = Chamber(database, server, worker)
    await chamber.open()
    yield chamber
    await chamber.fetcher.close()


async def withdrawn(database: Database) -> int:
    """How many statements and mentions were ever withdrawn."""
    async with database.reading() as session:
        statements = await session.exec(select(Statement).where(col(Statement.withdrawn_at).is_not(None)))
        mentions = await session.exec(select(Mention).where(col(Mention.withdrawn_at).is_not(None)))
        return len(statements.all()) + len(mentions.all())


async def test_a_debate_in_six_interim_publications_and_one_final_withdraws_nothing(chamber: Chamber) -> None:
    parts = (TURNS[:1], TURNS[:3], TURNS[2:4], TURNS[3:5], TURNS[5:], TURNS[1:])
    for number, part in enumerate(parts):
        await chamber.publish(part, NOW + timedelta(minutes=number))
        assert await withdrawn(chamber.database) == 0

    before = await chamber.quotes()
    polled = await chamber.publish(TURNS, NOW + timedelta(days=40), publication="Eindpublicatie", status="Gecorrigeerd")
    assert polled.error is None
    after = await chamber.quotes()

    assert await withdrawn(chamber.database) == 0
    assert [quote.id for quote in after] == [quote.id for quote in before]
    assert len(after) == len(IN_ROSTER)
    assert all(quote.outlets[0].is_uncorrected for quote in before)
    assert not any(quote.outlets[0].is_uncorrected for quote in after)
    async with chamber.database.reading() as session:
        assert len((await session.exec(select(Article))).all()) == 1


async def test_a_turn_is_known_by_its_speaker_its_day_and_in_which_capacity(chamber: Chamber) -> None:
    await chamber.publish(TURNS, NOW)

    said = {quote.person_id: quote for quote in await chamber.quotes()}

    member = said["tom-van-der-veen"]
    assert (member.content, member.kind, member.capacity) == (TURNS[1].words, "direct", "Tweede Kamerlid")
    minister = said["mirthe-van-den-elzen"]
    assert minister.capacity == "Minister van Financiën"
    assert {(quote.said_from, quote.said_to) for quote in said.values()} == {(DAY, DAY)}
    assert member.outlets[0].title == "Btw en havens"
    assert member.outlets[0].published_at == datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    pledged = [quote for quote in await chamber.quotes() if quote.pledge == "promise"]
    assert [(quote.content, quote.pledged_for) for quote in pledged] == [(TURNS[2].words, date(2026, 5, 1))]


async def test_publications_may_arrive_in_any_order(chamber: Chamber) -> None:
    final = TURNS[:5]
    await chamber.publish(final, NOW + timedelta(days=40), publication="Eindpublicatie", status="Gecorrigeerd")
    shown = await chamber.quotes()

    polled = await chamber.publish(TURNS, NOW + timedelta(minutes=1))

    assert (polled.new, polled.changed) == (0, 0)
    assert await chamber.quotes() == shown


async def test_a_debate_that_is_taken_up_again_later_in_the_meeting_keeps_all_its_turns(chamber: Chamber) -> None:
    made = NOW + timedelta(days=40)
    for named in ({"debat-1": "debat-1", "debat-2": "debat-2"}, {"debat-1": "", "debat-2": ""}):
        first, other, again = (
            report(turns, made=made, publication="Eindpublicatie", topic=topic).decode().replace("debat-1", named[name])
            for turns, name, topic in (
                (TURNS[:2], "debat-1", "Btw en havens"),
                (TURNS[2:3], "debat-2", "Dijken"),
                (TURNS[4:], "debat-1", "Btw en havens"),
            )
        )
        more = "".join(text.partition("</datum>")[2].partition("</vergadering>")[0] for text in (other, again))
        await chamber.publish_text(first.replace("</vergadering>", f"{more}</vergadering>"), made)

        async with chamber.database.reading() as session:
            titles = (await session.exec(select(col(Article.title)).order_by(col(Article.id)))).all()
        assert titles[-2:] == ["Btw en havens", "Dijken"]
        assert {quote.content for quote in await chamber.quotes()} == SAID


async def test_a_final_report_that_lost_a_turn_takes_nothing_away_and_gives_the_rest(chamber: Chamber) -> None:
    await chamber.publish(TURNS[:3], NOW)
    final = report(TURNS, made=NOW + timedelta(days=40), publication="Eindpublicatie", status="Gecorrigeerd")

    polled = await chamber.publish_text(final.decode().replace(' objectid="t3"', ""), NOW + timedelta(days=40))

    assert (polled.error, polled.unreadable) == (None, 0)
    assert await withdrawn(chamber.database) == 0
    assert {quote.content for quote in await chamber.quotes()} == SAID


async def test_an_interim_publication_that_is_late_takes_nothing_away_once_the_text_was_emptied(
    chamber: Chamber,
) -> None:
    final = {"publication": "Eindpublicatie", "status": "Gecorrigeerd"}
    await chamber.publish(TURNS, NOW, **final)
    before = await chamber.quotes()
    async with chamber.database.writing() as session:
        assert await empty_texts(session, before=datetime.now(UTC) + timedelta(days=1)) == 1

    await chamber.publish(TURNS[:2], NOW + timedelta(hours=1))
    assert (await withdrawn(chamber.database), len(await chamber.quotes())) == (0, len(before))

    await chamber.publish(TURNS, NOW + timedelta(hours=2), **final)
    assert await withdrawn(chamber.database) == 0
    assert [quote.id for quote in await chamber.quotes()] == [quote.id for quote in before]


async def test_a_report_that_is_larger_than_a_feed_may_be_is_read(chamber: Chamber) -> None:
    padding = f"<!--{'x' * 1_000_000}-->" * 11
    await chamber.publish_text(report(TURNS, made=NOW).decode().replace("<titel>", f"{padding}<titel>"), NOW)

    assert len(await chamber.quotes()) == len(IN_ROSTER)


async def test_what_the_final_publication_no_longer_holds_is_withdrawn(chamber: Chamber) -> None:
    await chamber.publish(TURNS, NOW)
    await chamber.publish(TURNS[:5], NOW + timedelta(days=40), publication="Eindpublicatie", status="Gecorrigeerd")

    assert TURNS[5].words not in {quote.content for quote in await chamber.quotes()}


async def test_a_corrected_wording_is_kept_beside_what_was_said_first(chamber: Chamber) -> None:
    await chamber.publish(TURNS, NOW)
    before = await chamber.quotes()
    words = "De haven blijft tot 2030 open voor de vissers."
    corrected = tuple(replace(turn, words=words) if turn.id == "t5" else turn for turn in TURNS)

    await chamber.publish(corrected, NOW + timedelta(days=40), publication="Eindpublicatie", status="Gecorrigeerd")

    [haven] = [quote for quote in await chamber.quotes() if "tot 2030" in quote.content]
    assert haven.id in {quote.id for quote in before}
    assert haven.outlets[0].wording == words
    shown = context_message(Reader("nl"), haven, (), None)
    assert f"In het gecorrigeerde verslag: “{words}”" in shown.text


async def test_words_that_were_corrected_more_are_another_statement_in_the_place_of_the_first(chamber: Chamber) -> None:
    await chamber.publish(TURNS, NOW)
    [before] = [quote for quote in await chamber.quotes() if "tot 2030" in quote.content]
    corrected = tuple(
        replace(turn, words="De haven blijft voor vissers open tot 2030.") if turn.id == "t5" else turn
        for turn in TURNS
    )

    await chamber.publish(corrected, NOW + timedelta(days=40), publication="Eindpublicatie", status="Gecorrigeerd")

    [after] = [quote for quote in await chamber.quotes() if "tot 2030" in quote.content]
    async with chamber.database.reading() as session:
        [rewording] = (await session.exec(select(Rewording))).all()
    assert (rewording.old_id, rewording.new_id) == (before.id, after.id)


async def test_the_same_publication_twice_changes_nothing(chamber: Chamber) -> None:
    await chamber.publish(TURNS, NOW)
    shown = await chamber.quotes()

    polled = await chamber.publish(TURNS, NOW + timedelta(minutes=5))

    assert (polled.new, polled.changed) == (0, 0)
    assert await chamber.quotes() == shown


async def test_words_that_turn_out_to_be_anothers_change_hands(chamber: Chamber) -> None:
    await chamber.publish(TURNS[4:5], NOW)
    other = replace(TURNS[4], first="Mirthe", surname="Van den Elzen")

    await chamber.publish([other], NOW + timedelta(minutes=5))

    assert [quote.person_id for quote in await chamber.quotes()] == ["mirthe-van-den-elzen"]


async def test_a_new_installation_begins_with_the_reports_of_the_last_week(chamber: Chamber) -> None:
    old = chamber.server.url("/old.xml")
    chamber.server.feed("/page-0", sync_page((old, NOW - timedelta(days=30)), following=chamber.server.url("/page-1")))

    polled = await chamber.publish(TURNS, NOW)

    assert polled.entries == 2
    assert polled.new == 1
    assert chamber.server.asked("/old.xml") == []


async def test_reports_of_all_years_are_passed_over_however_many_polls_that_takes(
    chamber: Chamber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.ingest.parliament.following.MOST_PAGES", 1)
    old = [chamber.server.url(f"/old-{number}.xml") for number in range(3)]
    pages = [chamber.server.url(f"/years-{number}") for number in (1, 2)] + [chamber.server.url("/page-1")]
    for path, url, following in zip(("/page-0", "/years-1", "/years-2"), old, pages, strict=True):
        chamber.server.feed(path, sync_page((url, NOW - timedelta(days=4000)), following=following))

    for minute in range(3):
        await chamber.poll(NOW + timedelta(minutes=minute))
    polled = await chamber.publish(TURNS, NOW + timedelta(minutes=5))

    assert polled.new == 1
    assert [request.path for request in chamber.server.requests if request.path.startswith("/old")] == []


async def test_a_report_that_stays_away_for_good_does_not_hold_up_those_after_it(chamber: Chamber) -> None:
    missing, name = chamber.server.url("/missing.xml"), "/report-after.xml"
    chamber.server.raw(name, report(TURNS, made=NOW), headers={"Content-Type": "application/xml"})
    chamber.server.feed("/page-0", sync_page((missing, NOW), (chamber.server.url(name), NOW)))

    failed = [await chamber.poll(NOW + timedelta(hours=number)) for number in range(PATIENCE)]
    done = await chamber.poll(NOW + timedelta(days=1))

    assert all(poll.error is not None for poll in failed)
    assert (done.error, done.new, done.unreadable) == (None, 1, 1)


async def test_a_report_that_is_out_of_reach_is_fetched_again_by_the_next_poll(chamber: Chamber) -> None:
    name = "/report-late.xml"
    chamber.server.feed("/page-0", sync_page((chamber.server.url(name), NOW), resume=chamber.server.url("/page-1")))

    failed = await chamber.poll(NOW)
    chamber.server.raw(name, report(TURNS, made=NOW), headers={"Content-Type": "application/xml"})
    chamber.server.feed("/page-1", sync_page())
    done = await chamber.poll(NOW + timedelta(hours=1))

    assert failed.error is not None
    assert (done.error, done.new) == (None, 1)


async def test_a_report_that_cannot_be_read_holds_up_nothing_is_told_and_tried_again_until_it_can(
    chamber: Chamber,
) -> None:
    broken = await chamber.publish_text("<vergaderverslag>", NOW)
    behind = await chamber.publish(TURNS[:1], NOW + timedelta(minutes=5))
    [letter] = await chamber.dead_letters()
    assert (broken.error, broken.unreadable, behind.new) == (None, 1, 1)
    assert letter.place.name == chamber.server.url("/report-1.xml")
    assert "XML" in letter.reason

    chamber.publish_nothing_more()
    early = await chamber.poll(NOW + RETRIES[0] - timedelta(minutes=1))
    assert (early.unreadable, len(chamber.server.asked("/report-1.xml"))) == (0, 1)
    again = await chamber.poll(NOW + RETRIES[0])
    assert (again.error, again.unreadable, len(await chamber.dead_letters())) == (None, 1, 1)

    mended = report(TURNS, made=NOW, meeting="vergadering-61")
    chamber.server.raw("/report-1.xml", mended, headers={"Content-Type": "application/xml"})
    read = await chamber.poll(NOW + RETRIES[0] + RETRIES[1])
    assert (read.unreadable, await chamber.dead_letters()) == (0, [])
    assert {quote.content for quote in await chamber.quotes()} == SAID
    later = await chamber.poll(NOW + timedelta(days=3))
    assert (later.new, later.changed, len(chamber.server.asked("/report-1.xml"))) == (0, 0, 3)


async def test_a_report_that_stays_unreadable_is_given_up_at_last_and_still_told(chamber: Chamber) -> None:
    await chamber.publish_text("<vergaderverslag>", NOW)
    chamber.publish_nothing_more()
    for day in range(1, 2 * len(RETRIES)):
        await chamber.poll(NOW + timedelta(days=2 * day))

    assert len(chamber.server.asked("/report-1.xml")) == 1 + len(RETRIES)
    assert len(await chamber.dead_letters()) == 1


async def test_a_debate_is_announced_and_its_correction_is_no_news(chamber: Chamber) -> None:
    async with chamber.database.writing() as session:
        await chats.ensure_chat(session, chat_id=1, kind="private", title="Redactie")
        await chats.follow(session, chat_id=1, topic_id=0, person_id="wouter-zandstra", user_id=1)
    await chamber.publish(TURNS, NOW)
    async with chamber.database.reading() as session:
        due = (await outbox_state(session)).due

    await chamber.publish(TURNS, NOW + timedelta(days=40), publication="Eindpublicatie", status="Gecorrigeerd")

    async with chamber.database.reading() as session:
        assert (await outbox_state(session)).due == due


async def test_a_transcript_gives_each_speaker_his_own_words(
    sqlite_database: Database, server: FeedServer, worker: Worker
) -> None:
    chamber = Chamber(sqlite_database, server, worker)
    await chamber.open_transcripts()
    server.page(
        "/pers",
        article(
            "Persconferentie na de ministerraad",
            "ZANDSTRA",
            "Goedemiddag allemaal. De btw gaat dit jaar niet omhoog, en daar kunt u mij aan houden.",
            "JOURNALIST",
            "Maar waarom zegt u dat nu pas, terwijl uw minister gisteren nog iets heel anders zei?",
            "VAN DEN ELZEN",
            "Er komt geld bij voor de dijken in het noorden van het land.",
        ),
    )

    polled = await chamber.poll(NOW)
    again = await chamber.poll(NOW + timedelta(hours=1))
    await chamber.fetcher.close()

    assert (polled.new, again.new) == (1, 0)
    assert {(quote.person_id, quote.content) for quote in await chamber.quotes()} == {
        ("wouter-zandstra", "De btw gaat dit jaar niet omhoog, en daar kunt u mij aan houden."),
        ("mirthe-van-den-elzen", "Er komt geld bij voor de dijken in het noorden van het land."),
    }


async def test_a_transcript_that_can_be_read_at_last_is_still_a_transcript(
    sqlite_database: Database, server: FeedServer, worker: Worker
) -> None:
    chamber = Chamber(sqlite_database, server, worker)
    await chamber.open_transcripts()
    server.raw("/pers", b"", status=503)
    await chamber.poll(NOW)
    words = "De btw gaat dit jaar niet omhoog, en daar kunt u mij aan houden, dat heb ik al vaker gezegd."
    server.page("/pers", article("Persconferentie", "ZANDSTRA", words, "JOURNALIST", "Maar waarom zegt u dat nu pas?"))

    polled = await chamber.poll(NOW + RETRIES[0])
    await chamber.fetcher.close()

    assert polled.changed == 1
    assert [(quote.person_id, quote.content) for quote in await chamber.quotes()] == [("wouter-zandstra", words)]


async def test_the_text_of_a_debate_holds_the_turns_of_the_roster_alone(chamber: Chamber) -> None:
    await chamber.publish(TURNS, NOW)

    async with chamber.database.reading() as session:
        [version] = (await session.exec(select(ArticleVersion))).all()
        text = await articles.article_text(session, article_id=version.article_id)
    assert text is not None
    spoken = [turn for turn in TURNS if turn.id in IN_ROSTER]
    assert text.text == "\n\n".join(turn.words for turn in spoken)
    assert [text.text[turn["start"] : turn["end"]] for turn in text.turns or ()] == [turn.words for turn in spoken]
