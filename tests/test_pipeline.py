"""An article's way through the real worker, the real rules and a real database of each kind."""

from __future__ import annotations

import asyncio
import multiprocessing
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.ingest.identity import identity_of
from bot.messages import Reader, reversal_message
from bot.pipeline import Pipeline, Rules, Taken
from bot.worker import Worker, WorkerCrash, WorkerTimeout
from storage import articles, chats, quotes, reviews
from storage.database import Database
from storage.outbox import outbox_state
from storage.people import import_roster
from storage.sources import ensure_manual_source
from storage.subscriptions import Subject, follow
from storage.tables import Delivery
from tests.fictional import EARLIER, LATER, ROSTER
from tests.storage_examples import keep_turn

pytest_plugins = ("tests.worker_fixtures",)

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)
CHAT = -100123


async def _keep(
    database: Database,
    text: str,
    published_at: datetime,
    *,
    url: str,
    source: str = "De Proefkrant",
    announce: bool = True,
) -> int:
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        await ensure_manual_source(session, source_id=source, name=source)
        kept = await articles.keep_article(
            session,
            identity=identity_of(canonical=None, url=url, text=text),
            source_id=source,
            url=url,
            title=text.split(".")[0],
            text=text,
            published_at=published_at,
            announce=announce,
        )
    return kept.article_id


async def _follow(database: Database, person: str = "wouter-zandstra") -> None:
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        await chats.ensure_chat(session, chat_id=CHAT, kind="supergroup", title="Redactie")
        await chats.follow(session, chat_id=CHAT, topic_id=0, person_id=person, user_id=1)


async def _due(database: Database) -> int:
    async with database.reading() as session:
        return (await outbox_state(session)).due


async def test_a_turn_is_stored_flagged_and_queued_once(database: Database, worker: Worker) -> None:
    await _follow(database)
    pipeline = Pipeline(database, worker, Rules())
    first = await pipeline.take(await _keep(database, EARLIER, MONDAY, url="https://krant.test/1"), MONDAY)
    later = await _keep(database, LATER, FRIDAY, url="https://krant.test/2")
    second = await pipeline.take(later, FRIDAY)
    assert first.new_statements >= 1
    assert first.new_reversals == ()
    assert len(second.new_reversals) == 1
    due = await _due(database)
    assert due == first.queued + second.queued > 0
    again = await pipeline.take(later, FRIDAY)
    assert again == Taken(later)
    assert await _due(database) == due
    async with database.reading() as session:
        [pair] = (await quotes.reversals(session)).items
    assert (pair.earlier.content.rstrip("."), pair.later.content.rstrip(".")) == (
        "De btw gaat niet omhoog",
        "De btw gaat omhoog",
    )
    assert (pair.earlier.said_on, pair.later.said_on) == (MONDAY.date(), FRIDAY.date())
    assert pair.label == "reversal"
    assert (pair.earlier.pledge, pair.later.pledge) == ("exclusion", None)
    assert pair.state == "possible"
    assert pair.evidence


async def test_what_an_article_itself_sets_against_each_other_is_the_newspapers_own(
    sqlite_database: Database, worker: Worker
) -> None:
    text = (
        "Premier Wouter Zandstra is van gedachten veranderd.\n\nIn 2024 noemde Zandstra de havenbelasting nog ‘een "
        "slecht plan’. Nu zegt hij: “De havenbelasting komt er.”"
    )
    pipeline = Pipeline(sqlite_database, worker, Rules())
    await pipeline.take(await _keep(sqlite_database, text, FRIDAY, url="https://krant.test/5"), FRIDAY)
    async with sqlite_database.reading() as session:
        [pair] = (await quotes.reversals(session)).items
    assert pair.is_from_source
    assert pair.kind == "from-source"
    assert (pair.earlier.content, pair.earlier.said_to) == ("een slecht plan", date(2024, 12, 31))
    assert pair.later.content == "De havenbelasting komt er."
    assert "volgens De Proefkrant" in reversal_message(Reader(), pair).text


async def test_a_turn_shows_the_earliest_of_the_abandoned_words_and_counts_the_other_days(
    sqlite_database: Database, worker: Worker
) -> None:
    pipeline = Pipeline(sqlite_database, worker, Rules())
    for weeks in (5, 2, 8):
        day = MONDAY - timedelta(weeks=weeks)
        url = f"https://krant.test/{weeks}"
        await pipeline.take(await _keep(sqlite_database, EARLIER, day, url=url, source=f"Krant {weeks}"), day)
    await pipeline.take(await _keep(sqlite_database, LATER, FRIDAY, url="https://krant.test/99"), FRIDAY)
    async with sqlite_database.reading() as session:
        [pair] = (await quotes.reversals(session)).items
    assert pair.earlier.said_on == (MONDAY - timedelta(weeks=8)).date()
    assert pair.other_days == 2
    assert not pair.is_from_source
    assert "Ook op 2 andere dagen." in reversal_message(Reader(), pair).text


async def test_a_kind_that_reviewers_found_wrong_too_often_is_stored_and_not_announced(
    sqlite_database: Database, worker: Worker
) -> None:
    reviewer = 7
    pipeline = Pipeline(sqlite_database, worker, Rules(reviewers=frozenset({reviewer})))
    first = await _keep(sqlite_database, EARLIER, MONDAY, url="https://krant.test/1")
    await pipeline.take(first, MONDAY)
    await pipeline.take(await _keep(sqlite_database, LATER, FRIDAY, url="https://krant.test/2"), FRIDAY)
    await _follow(sqlite_database)
    async with sqlite_database.writing() as session:
        [pair] = (await quotes.reversals(session)).items
        for year in range(2010, 2018, 2):
            _, _, reversal_id = await keep_turn(session, first, said_on=date(year, 1, 1), kind=pair.kind)
            await reviews.keep_review(
                session,
                reversal_id=reversal_id,
                chat_id=CHAT,
                user_id=reviewer,
                verdict="rejected",
                reason="condition",
                moment=FRIDAY,
            )
    later = FRIDAY + timedelta(days=7)
    back = LATER.replace("gaat omhoog", "gaat toch niet omhoog")
    taken = await pipeline.take(await _keep(sqlite_database, back, later, url="https://krant.test/3"), later)
    assert len(taken.new_reversals) == 1
    async with sqlite_database.reading() as session:
        assert {row.what for row in await session.exec(select(Delivery))} == {"statement"}


async def test_the_order_of_arrival_does_not_turn_a_pair_around(database: Database, worker: Worker) -> None:
    pipeline = Pipeline(database, worker, Rules())
    await pipeline.take(await _keep(database, LATER, FRIDAY, url="https://krant.test/2"), FRIDAY)
    await pipeline.take(await _keep(database, EARLIER, MONDAY, url="https://krant.test/1"), FRIDAY)
    async with database.reading() as session:
        [pair] = (await quotes.reversals(session)).items
    assert pair.earlier.said_on < pair.later.said_on
    assert "niet" in pair.earlier.content


async def test_the_same_words_in_two_outlets_are_one_statement_with_two_outlets(
    database: Database, worker: Worker
) -> None:
    await _follow(database)
    pipeline = Pipeline(database, worker, Rules())
    await pipeline.take(await _keep(database, EARLIER, MONDAY, url="https://krant.test/1"), MONDAY)
    due = await _due(database)
    other = EARLIER.replace("sluit een hogere belasting uit", "wil geen hogere belasting")
    number = await _keep(database, other, MONDAY, url="https://ander.test/9", source="Het Andere Blad")
    await pipeline.take(number, MONDAY)
    async with database.reading() as session:
        found = await quotes.quotes(session, person_id="wouter-zandstra", words="btw")
        stories = [await articles.join_story(session, article_id=article_id) for article_id in (1, number)]
    assert [len(quote.outlets) for quote in found.items if quote.kind == "direct"] == [2]
    assert stories[0] == stories[1]
    assert await _due(database) == due


async def test_a_new_version_withdraws_what_it_no_longer_carries_and_deletes_nothing(
    database: Database, worker: Worker
) -> None:
    pipeline = Pipeline(database, worker, Rules())
    article = await _keep(database, LATER, FRIDAY, url="https://krant.test/2")
    await pipeline.take(article, FRIDAY)
    shorter = LATER.replace(" “We hebben geen keus.”", "")
    assert await _keep(database, shorter, FRIDAY, url="https://krant.test/2") == article
    await pipeline.take(article, FRIDAY)
    async with database.reading() as session:
        left = [quote.content for quote in (await quotes.quotes(session, person_id="wouter-zandstra")).items]
    assert any("btw" in content for content in left)
    assert not any("keus" in content for content in left)
    await _keep(database, LATER, FRIDAY, url="https://krant.test/2")
    await pipeline.take(article, FRIDAY)
    async with database.reading() as session:
        back = [quote.content for quote in (await quotes.quotes(session, person_id="wouter-zandstra")).items]
    assert any("keus" in content for content in back)


async def test_below_the_least_confidence_a_statement_is_kept_and_neither_compared_nor_announced(
    sqlite_database: Database, worker: Worker
) -> None:
    await _follow(sqlite_database)
    pipeline = Pipeline(sqlite_database, worker, Rules(min_confidence=1.0))
    for text, day, url in ((EARLIER, MONDAY, "https://krant.test/1"), (LATER, FRIDAY, "https://krant.test/2")):
        taken = await pipeline.take(await _keep(sqlite_database, text, day, url=url), day)
        assert taken.new_statements > 0
        assert taken.new_reversals == ()
    assert await _due(sqlite_database) == 0


async def test_nothing_of_a_backfill_or_of_an_old_article_is_announced(
    sqlite_database: Database, worker: Worker
) -> None:
    await _follow(sqlite_database)
    pipeline = Pipeline(sqlite_database, worker, Rules(alert_max_age=timedelta(hours=24)))
    old = await _keep(sqlite_database, EARLIER, MONDAY, url="https://krant.test/1")
    await pipeline.take(old, MONDAY + timedelta(hours=25))
    backfill = await _keep(sqlite_database, LATER, FRIDAY, url="https://krant.test/2", announce=False)
    await pipeline.take(backfill, FRIDAY)
    assert await _due(sqlite_database) == 0


async def test_words_of_people_outside_the_roster_are_not_stored(sqlite_database: Database, worker: Worker) -> None:
    text = "De boer Klaas Bremmer is boos.\n\n“Zo kan het niet langer”, zei Bremmer op het Malieveld."
    pipeline = Pipeline(sqlite_database, worker, Rules())
    taken = await pipeline.take(await _keep(sqlite_database, text, MONDAY, url="https://krant.test/3"), MONDAY)
    assert taken.reason is None
    assert taken.new_statements == 0


async def test_an_article_that_cannot_be_read_keeps_its_reason_and_is_tried_again(sqlite_database: Database) -> None:
    broken = Worker({"persons": "no roster"}, spacy_model=None, timeout=60)
    pipeline = Pipeline(sqlite_database, broken, Rules(attempts=2, retry_after=timedelta(minutes=15)))
    article = await _keep(sqlite_database, EARLIER, MONDAY, url="https://krant.test/1")
    taken = await pipeline.take_next(MONDAY)
    assert taken is not None
    assert taken.reason
    async with sqlite_database.reading() as session:
        assert await articles.articles_to_take(session, moment=MONDAY, limit=9) == []
        assert await articles.articles_to_take(session, moment=MONDAY + timedelta(minutes=16), limit=9) == [article]
    await pipeline.take_next(MONDAY + timedelta(minutes=16))
    async with sqlite_database.reading() as session:
        assert await articles.articles_to_take(session, moment=MONDAY + timedelta(days=9), limit=9) == []
        assert (await articles.counts(session)).failed == 1
    await broken.close()


async def test_a_worker_that_hangs_or_dies_is_replaced() -> None:
    worker = Worker(ROSTER, spacy_model=None, timeout=60)
    before = set(multiprocessing.active_children())
    assert await worker.extract(EARLIER, MONDAY.date())
    [process] = set(multiprocessing.active_children()) - before
    in_hand = asyncio.create_task(worker.extract(EARLIER * 2000, MONDAY.date()))
    await asyncio.sleep(0.5)
    process.kill()
    with pytest.raises(WorkerCrash):
        await in_hand
    assert await worker.extract(EARLIER, MONDAY.date())
    await worker.close()
    hasty = Worker(ROSTER, spacy_model=None, timeout=0.001)
    with pytest.raises(WorkerTimeout):
        await hasty.extract(EARLIER * 200, MONDAY.date())
    await hasty.close()


async def test_a_call_that_is_broken_off_mixes_up_no_answers_and_stops_nobody() -> None:
    worker = Worker(ROSTER, spacy_model=None, timeout=60)
    expected = await worker.extract(EARLIER, MONDAY.date())
    broken_off = asyncio.create_task(worker.extract(LATER * 20, MONDAY.date()))
    await asyncio.sleep(0.1)
    broken_off.cancel()
    assert await worker.extract(EARLIER, MONDAY.date()) == expected
    broken_off = asyncio.create_task(worker.extract(LATER * 2000, MONDAY.date()))
    await asyncio.sleep(0.1)
    broken_off.cancel()
    async with asyncio.timeout(30):
        await worker.close()


async def test_an_article_that_cannot_be_stored_does_not_hold_up_those_behind_it(
    sqlite_database: Database, worker: Worker
) -> None:
    stranger = Worker(
        {**ROSTER, "persons": [{**ROSTER["persons"][0], "id": "nobody"}], "memberships": []},
        spacy_model=None,
        timeout=60,
    )
    article = await _keep(sqlite_database, EARLIER, MONDAY, url="https://krant.test/1")
    taken = await Pipeline(sqlite_database, stranger, Rules()).take(article, MONDAY)
    assert taken.reason
    behind = await _keep(sqlite_database, LATER, FRIDAY, url="https://krant.test/2")
    following = await Pipeline(sqlite_database, worker, Rules()).take_next(MONDAY)
    assert following is not None
    assert (following.article_id, following.reason) == (behind, None)
    await stranger.close()


async def test_at_the_level_news_words_are_told_once_a_second_outlet_carries_them_within_the_hour(
    sqlite_database: Database, worker: Worker
) -> None:
    async with sqlite_database.writing() as session:
        await chats.ensure_chat(session, chat_id=CHAT, kind="supergroup", title="Redactie")
        cabinet = Subject("cabinet")
        await follow(session, chat_id=CHAT, topic_id=0, subject=cabinet, user_id=1, level="news")
    pipeline = Pipeline(sqlite_database, worker, Rules())
    words = "“De dijken langs de Waterlandse kust zijn oud en moe”, zei premier Wouter Zandstra"
    for minutes, source, text in (
        (0, "De Proefkrant", f"Een dag aan zee.\n\n{words} maandag bij een werkbezoek."),
        (30, "De Proefkrant", f"Nog eens aan zee.\n\n{words} opnieuw, naast de burgemeester."),
        (50, "De Waterpost", f"Werkbezoek van de premier.\n\n{words} tegen onze verslaggever."),
    ):
        moment = MONDAY + timedelta(minutes=minutes)
        article_id = await _keep(sqlite_database, text, moment, url=f"https://krant.test/{minutes}", source=source)
        taken = await pipeline.take(article_id, moment)
        assert taken.reason is None
        assert taken.queued == await _due(sqlite_database) == int(source == "De Waterpost")
