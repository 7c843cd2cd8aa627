"""Words that the development articles date more than a week back are pushed to nobody as new."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.pipeline import Pipeline, Rules
from bot.worker import Worker
from storage import articles, chats, subscriptions
from storage.database import Database
from storage.people import import_roster
from storage.sources import ensure_manual_source
from storage.subscriptions import Subject
from storage.tables import Delivery, Mention

GOLD = Path(__file__).parents[2] / "shared" / "gold"

pytestmark = pytest.mark.skipif(not (GOLD / "articles").is_dir(), reason="the development articles are not here")


@pytest.fixture(scope="module")
def popolo() -> dict[str, Any]:
    return dict(json.loads((GOLD / "roster.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def worker(popolo: dict[str, Any]) -> Iterator[Worker]:
    worker = Worker(popolo, spacy_model=None, timeout=60)
    yield worker
    asyncio.run(worker.close())


async def test_nothing_that_is_dated_more_than_a_week_back_is_pushed(
    sqlite_database: Database, worker: Worker, popolo: dict[str, Any]
) -> None:
    pipeline = Pipeline(sqlite_database, worker, Rules())
    gold = [json.loads(file.read_text(encoding="utf-8")) for file in sorted((GOLD / "articles").glob("*.json"))]
    async with sqlite_database.writing() as session:
        await import_roster(session, popolo=popolo)
        await ensure_manual_source(session, source_id="gold", name="Gold")
        await chats.ensure_chat(session, chat_id=-1, kind="group", title="Redactie")
        for person in popolo["persons"]:
            subject = Subject("person", person["id"])
            await subscriptions.follow(session, chat_id=-1, topic_id=0, subject=subject, user_id=1)

    pushed, old = 0, 0
    for article in gold:
        starts = await _pushed(sqlite_database, pipeline, article)
        pushed += len(starts)
        for statement in article["statements"]:
            if _is_old(statement, article):
                old += 1
                assert not starts.intersection(_span(statement)), statement["start"]

    assert old > 0
    assert pushed > len(gold)


async def _pushed(database: Database, pipeline: Pipeline, article: dict[str, Any]) -> set[int]:
    """Take an article when it appears; give where in it the statements begin that became due."""
    published_at = datetime.fromisoformat(article["published_at"])
    async with database.writing() as session:
        kept = await articles.keep_article(
            session,
            identity=article["id"],
            source_id="gold",
            url=None,
            title=article["title"],
            text=article["text"],
            published_at=published_at,
        )
    await pipeline.take(kept.article_id, published_at + timedelta(minutes=1))
    due = (
        select(Mention.start)
        .join(Delivery, col(Delivery.what_id) == col(Mention.statement_id))
        .where(
            col(Mention.article_id) == kept.article_id,
            col(Delivery.article_id) == kept.article_id,
            col(Delivery.what) == "statement",
            col(Delivery.state) == "due",
        )
    )
    async with database.reading() as session:
        return set(await session.exec(due))


def _is_old(statement: dict[str, Any], article: dict[str, Any]) -> bool:
    said = statement.get("said")
    if not said or not said["to"]:
        return False
    return datetime.fromisoformat(article["published_at"]).date() - date.fromisoformat(said["to"]) > timedelta(days=7)


def _span(statement: dict[str, Any]) -> range:
    return range(statement["start"], statement["start"] + len(statement["quote"]))
