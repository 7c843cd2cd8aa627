"""A statement that is amended while an article with it is being taken stays as it was amended."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from bot.amending import amend_accepted
from bot.pipeline import Pipeline, Rules
from bot.worker import Worker
from storage import articles, chats
from storage.database import Database
from storage.locks import lock_speakers
from storage.objections import NewObjection, decide, keep_objection
from storage.people import import_roster
from storage.sources import ensure_manual_source
from storage.tables import Mention, Statement
from tests.fictional import ROSTER

pytest_plugins = ("tests.worker_fixtures",)

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TEXT = "“De havenbelasting komt er gewoon”, zei premier Wouter Zandstra na afloop van de ministerraad in Waterhoven."
ZANDSTRA, VAN_DEN_ELZEN = "wouter-zandstra", "mirthe-van-den-elzen"


async def test_words_that_are_amended_between_their_finding_and_their_keeping_do_not_come_back(
    database: Database, worker: Worker
) -> None:
    pipeline = Pipeline(database, worker, Rules())
    first = await _keep(database, "bode")
    assert (await pipeline.take(first, MONDAY)).new_statements == 1
    second = await _keep(database, "echo")
    found = await pipeline.find(second)
    await _accept(database, await _standing(database))
    assert await amend_accepted(database) == 1

    taken = await pipeline.take(second, MONDAY, found)

    assert (taken.reason, taken.new_statements) == (None, 0)
    [number] = await _standing(database)
    async with database.reading() as session:
        shown = select(Mention.statement_id, Mention.article_id).where(col(Mention.withdrawn_at).is_(None))
        carried = sorted((await session.exec(shown)).all())
        speaker = (await session.get_one(Statement, number)).person_id
    assert speaker == VAN_DEN_ELZEN
    assert carried == [(number, first), (number, second)]


async def test_an_amendment_waits_for_who_is_storing_words_of_the_same_speaker(
    database: Database, worker: Worker
) -> None:
    await Pipeline(database, worker, Rules()).take(await _keep(database, "bode"), MONDAY)
    await _accept(database, await _standing(database))
    other = await Database.open(database.url)
    try:
        async with database.writing() as session:
            await lock_speakers(session, person_ids={ZANDSTRA})
            await session.exec(select(Statement.id))
            amending = asyncio.create_task(amend_accepted(other))
            done, _ = await asyncio.wait({amending}, timeout=0.2)
            assert not done
        assert await amending == 1
    finally:
        await other.close()


async def _keep(database: Database, outlet: str) -> int:
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        await ensure_manual_source(session, source_id=outlet, name=outlet)
        kept = await articles.keep_article(
            session,
            identity=f"https://{outlet}.example/haven",
            source_id=outlet,
            url=f"https://{outlet}.example/haven",
            title="Havenbelasting",
            text=TEXT,
            published_at=MONDAY - timedelta(hours=1),
        )
    return kept.article_id


async def _standing(database: Database) -> list[int]:
    async with database.reading() as session:
        return list(await session.exec(select(Statement.id).where(col(Statement.withdrawn_at).is_(None))))


async def _accept(database: Database, statement_ids: list[int]) -> None:
    """Let a reader report that it was somebody else, and an administrator accept that."""
    [statement_id] = statement_ids
    async with database.writing() as session:
        await chats.ensure_chat(session, chat_id=5, kind="private", title="Anna")
        reported = NewObjection(
            statement_id=statement_id,
            field="speaker",
            proposal="Van den Elzen",
            value={"person_id": VAN_DEN_ELZEN},
            chat_id=5,
            topic_id=0,
            message_id=1,
            user_id=5,
        )
        number, _ = await keep_objection(session, objection=reported)
        await decide(session, objection_id=number, accepted=True, user_id=7, moment=MONDAY)
