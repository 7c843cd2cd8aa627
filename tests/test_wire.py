"""The same agency text in many outlets is recognised, and each quote of it is one statement that is announced once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from sqlalchemy import Connection
from sqlmodel import col, select

from bot.comparing import Comparison, Finding, Told, all_told
from bot.ingest.signature import BANDS, SEED, signature_of
from bot.ingest.values import Signature
from bot.ingest.wire import are_copies, runs_of
from bot.pipeline import Pipeline, Rules
from bot.recognition import COPIES_REACH
from bot.worker import Worker
from storage import articles, chats, wire
from storage.database import Answer, Database
from storage.people import import_roster
from storage.sources import ensure_manual_source
from storage.tables import Article, Delivery, Mention, Statement
from tests.fictional import ROSTER
from tests.wire import ARTICLES, PAIRS, QUOTES, WireArticle

CHAT = -100321
EVENING = datetime(2026, 3, 12, 22, tzinfo=UTC)


SHORT = "“De havenbelasting komt er gewoon”, zei premier Wouter Zandstra na afloop van de ministerraad in Waterhoven."
LONG = "“Ja, de havenbelasting komt er gewoon en daar sta ik voor”, zei premier Wouter Zandstra. Meer zei hij niet."


class ReadAhead(Worker):
    """Gives what the worker process made of texts: here, at once, to any number of pipelines."""

    def __init__(self, findings: dict[str, list[Finding]]) -> None:
        self._findings = findings

    async def extract(self, text: str, published_on: date, *_: object) -> list[Finding]:
        return self._findings[text]

    async def sign(self, text: str) -> Signature:
        return signature_of(text)

    async def compare(self, comparisons: Sequence[Comparison], close: int = 0) -> list[Told]:
        return all_told(comparisons, close)


class MeetingPlace(Database):
    """A database at which two pipelines wait for each other, after they looked at what is stored."""

    barrier: asyncio.Barrier

    async def look(self, work: Callable[[Connection], Answer]) -> Answer:
        await self.barrier.wait()
        return await super().look(work)


@pytest.fixture(scope="module")
def worker() -> ReadAhead:
    """What is found in all texts, read once by a real worker process."""

    async def read() -> ReadAhead:
        worker = Worker(ROSTER, spacy_model=None, timeout=60)
        try:
            texts = {one.text: one.published_at for one in ARTICLES} | dict.fromkeys((SHORT, LONG), EVENING)
            return ReadAhead({text: await worker.extract(text, moment.date()) for text, moment in texts.items()})
        finally:
            await worker.close()

    return asyncio.run(read())


async def _keep(database: Database, article: WireArticle) -> int:
    async with database.writing() as session:
        await ensure_manual_source(session, source_id=article.outlet, name=article.outlet)
        kept = await articles.keep_article(
            session,
            identity=article.url,
            source_id=article.outlet,
            url=article.url,
            title=f"{article.outlet}: {article.family}",
            text=article.text,
            published_at=article.published_at,
        )
    return kept.article_id


async def _follow(database: Database) -> None:
    """Let a chat follow everyone."""
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        await chats.ensure_chat(session, chat_id=CHAT, kind="supergroup", title="Redactie")
        for person in ROSTER["persons"]:
            await chats.follow(session, chat_id=CHAT, topic_id=0, person_id=person["id"], user_id=1)


async def _prepare(database: Database) -> dict[str, int]:
    """Let a chat follow everyone, and keep all articles; give their ids by address."""
    await _follow(database)
    return {article.url: await _keep(database, article) for article in ARTICLES}


async def test_bands_in_the_tables_and_shared_runs_find_the_families_and_nothing_else(database: Database) -> None:
    ids = await _prepare(database)
    urls = {number: url for url, number in ids.items()}
    found = set()
    for article in ARTICLES:
        signature = signature_of(article.text)
        key = {"scheme": signature.scheme, "seed": signature.seed, "bands": signature.bands}
        async with database.writing() as session:
            candidates = await wire.sharing_bands(
                session,
                article_id=ids[article.url],
                first=article.published_at - COPIES_REACH,
                last=article.published_at + COPIES_REACH,
                **key,
            )
            texts = await wire.texts_of(session, article_ids=candidates)
            await wire.keep_bands(session, article_id=ids[article.url], **key)
        found |= {
            frozenset((article.url, urls[number])) for number, text in texts.items() if are_copies(article.text, text)
        }

    assert found <= PAIRS
    assert len(found) >= 0.95 * len(PAIRS) == 57


async def test_each_quote_of_the_wire_is_one_statement_and_announced_once_with_two_workers_at_it(
    database: Database, worker: ReadAhead
) -> None:
    ids = await _prepare(database)
    other = await Database.open(database.url)
    rules = Rules(alert_max_age=timedelta(days=30))
    waiting = [ids[article.url] for article in ARTICLES]

    async def work(pipeline: Pipeline) -> None:
        while waiting:
            taken = await pipeline.take(waiting.pop(0), EVENING)
            assert taken.reason is None

    try:
        await asyncio.gather(work(Pipeline(database, worker, rules)), work(Pipeline(other, worker, rules)))
    finally:
        await other.close()

    async with database.reading() as session:
        rows = await session.exec(
            select(Statement.id, Statement.content, Mention.article_id, Article.story_id)  # type: ignore[call-overload]
            .join(Mention, col(Mention.statement_id) == col(Statement.id))
            .join(Article, col(Article.id) == col(Mention.article_id))
        )
        carried = [tuple(row) for row in rows]
        delivered = await session.exec(select(Delivery.what_id).where(col(Delivery.what) == "statement"))
        announced = sorted(delivered)
    for quote in QUOTES:
        mentions = [row for row in carried if row[1].rstrip(".,") == quote]
        assert len({row[0] for row in mentions}) == 1, quote
        assert {row[2] for row in mentions} == {ids[one.url] for one in ARTICLES if quote in one.quotes}
        assert announced.count(mentions[0][0]) == 1
    stories = {ids[one.url]: one.family for one in ARTICLES}
    assert len({(stories[row[2]], row[3]) for row in carried}) == len({one.family for one in ARTICLES})


async def test_two_workers_that_take_two_copies_at_once_store_no_doubles(database: Database, worker: ReadAhead) -> None:
    await _follow(database)
    places = [MeetingPlace(database.url), MeetingPlace(database.url)]
    for run in range(20):
        moment = datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=10 * run)
        copies = [WireArticle(f"run-{run}", outlet, text, moment, ()) for outlet, text in (("A", SHORT), ("B", LONG))]
        ids = [await _keep(database, copy) for copy in copies]
        MeetingPlace.barrier = asyncio.Barrier(2)
        pipelines = [Pipeline(place, worker, Rules()) for place in places]
        taken = await asyncio.gather(
            *(pipeline.take(number, moment) for pipeline, number in zip(pipelines, ids, strict=True))
        )
        assert sorted(one.new_statements for one in taken) == [0, 1]
        assert sorted(one.queued for one in taken) == [0, 1]
    for place in places:
        await place.close()


def test_headlines_are_too_short_to_be_copies_of_each_other() -> None:
    short = "Het kabinet voert volgend jaar een havenbelasting in, zei de premier maandag."
    assert runs_of(short) == frozenset()
    assert not are_copies(short, short)
    assert signature_of(short).bands == ()


def test_a_signature_is_the_same_in_every_process_and_of_another_seed_another() -> None:
    signature = signature_of(ARTICLES[0].text)
    assert len(signature.bands) == BANDS
    assert (signature.scheme, signature.seed) == ("words5-affine32", SEED)
    # Written down once: were the library to make others, the stored ones would have to be made anew, under a new name.
    assert signature.bands[:3] == (24090259, 25511843, 16890379)


def test_families_that_share_persons_and_background_are_not_copies() -> None:
    alike = [
        (one, other)
        for one, other in combinations(ARTICLES, 2)
        if one.family != other.family and runs_of(one.text) & runs_of(other.text)
    ]
    assert len(alike) > 20, "the set would prove nothing"
    assert not any(are_copies(one.text, other.text) for one, other in alike)
