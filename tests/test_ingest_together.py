"""Two processes that read the same news into one database keep and announce everything once, and lose nothing."""

from __future__ import annotations

import asyncio
import io
import json
import multiprocessing
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
import spacy
from pydantic import SecretStr
from rich.console import Console
from sqlmodel import col, select

from bot.intake import IntakeReport, ingest_places
from bot.settings import Settings
from bot.worker import _Tools
from storage import chats
from storage.database import Database
from storage.people import import_roster
from storage.tables import Article, Delivery, Mention, Statement
from tests.fictional import ROSTER
from tests.read_here import ReadHere
from tests.wire import ARTICLES

PATIENCE = 60.0
WIRE = ARTICLES[:12]
"""The first families of the wire set."""

CHATS = (-100321, 77)


def test_two_ingests_of_the_same_wire_keep_each_quote_once_and_announce_it_once(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is quoted is found without a parser.
    spacy.blank("nl").to_disk(tmp_path / "pipeline")
    ReadHere.tools = _Tools(ROSTER, str(tmp_path / "pipeline"))
    monkeypatch.setattr("bot.intake.WorkerPool", ReadHere)
    settings = Settings(
        database_url=SecretStr(database_url), data_dir=tmp_path, alert_max_age=100 * 365 * 86_400, contact="test"
    )
    asyncio.run(_follow(database_url))
    first, second = _write_articles(tmp_path)

    reports = _ingest_together(settings, [[first, second], [second, first]])

    states, article_ids, statements, mentions, deliveries = asyncio.run(_stored(database_url))
    assert states == {"taken": len(WIRE)}
    assert [report.problems for report in reports] == [[], []]
    assert sum(report.new for report in reports) == len(WIRE)
    assert sum(report.statements for report in reports) == len(statements)
    for quote in {quote for one in WIRE for quote in one.quotes}:
        [number] = [number for number, content in statements.items() if content.rstrip(".,") == quote]
        carriers = sorted(article_id for statement_id, article_id in mentions if statement_id == number)
        assert carriers == sorted(article_ids[one.url] for one in WIRE if quote in one.quotes)
        assert [deliveries[chat_id, number] for chat_id in CHATS] == [1, 1]
    assert set(deliveries.values()) == {1}


def _ingest_together(settings: Settings, places: Sequence[Sequence[str]]) -> list[IntakeReport]:
    """Run an ingest for each list of places, in processes that begin at once; give what they report."""
    # The processes have everything loaded, and this one has no thread by now that a fork would lose.
    context = multiprocessing.get_context("fork")
    start = context.Barrier(len(places))
    pipes = [context.Pipe(duplex=False) for _ in places]
    processes = [
        context.Process(target=_ingest, args=(settings, named, start, answer))
        for named, (_, answer) in zip(places, pipes, strict=True)
    ]
    try:
        for process in processes:
            process.start()
        assert all(answer.poll(PATIENCE) for answer, _ in pipes)
        return [answer.recv() for answer, _ in pipes]
    finally:
        for process in processes:
            process.kill()
            process.join()


def _ingest(settings: Settings, places: Sequence[str], start: Barrier, answer: Connection) -> None:
    start.wait(PATIENCE)
    ingesting = ingest_places(settings, places, announce=True, console=Console(file=io.StringIO()))
    answer.send(asyncio.run(ingesting))


async def _follow(url: str) -> None:
    database = await Database.open(url)
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        for chat_id in CHATS:
            await chats.ensure_chat(session, chat_id=chat_id, kind="private", title="Redactie")
            for person in ROSTER["persons"]:
                await chats.follow(session, chat_id=chat_id, topic_id=0, person_id=person["id"], user_id=1)
    await database.close()


async def _stored(url: str) -> tuple[Counter[str], dict[Any, int], dict[int, str], list[Any], Counter[Any]]:
    """Give states and numbers of articles, statements, where they are mentioned, and how often each chat gets each."""
    database = await Database.open(url)
    async with database.reading() as session:
        states = Counter((await session.exec(select(Article.state))).all())
        article_ids = dict((await session.exec(select(Article.url, Article.id))).all())
        statements = dict((await session.exec(select(Statement.id, Statement.content))).all())
        mentions = list((await session.exec(select(Mention.statement_id, Mention.article_id))).all())
        told = select(Delivery.chat_id, Delivery.what_id).where(col(Delivery.what) == "statement")
        deliveries = Counter((await session.exec(told)).all())
    await database.close()
    return states, article_ids, statements, mentions, deliveries


def _write_articles(folder: Path) -> list[str]:
    """Write the wire set as files in two folders, so that either holds some of each family."""
    halves = [folder / "een", folder / "twee"]
    for half in halves:
        half.mkdir()
    for number, article in enumerate(WIRE):
        written = {
            "id": f"a{number}",
            "url": article.url,
            "source": article.outlet,
            "title": f"{article.outlet}: {article.family}",
            "published_at": article.published_at.isoformat(),
            "text": article.text,
        }
        (halves[number % 2] / f"{number:03}.json").write_text(json.dumps(written), encoding="utf-8")
    return [str(half) for half in halves]
