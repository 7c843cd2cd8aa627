"""A debate of many statements by a few speakers, stored and compared in a database that is full already."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.bench.filling import ScratchDatabase, person, said_on
from bot.bench.material import Sample
from bot.comparing import Comparison, Finding, Told, all_told
from bot.ingest.signature import signature_of
from bot.ingest.values import Signature
from bot.pipeline import Pipeline, Rules
from bot.quotes.values import Statement
from bot.reversals import ANALYSIS_VERSION
from bot.worker import Worker
from storage import articles, chats
from storage.database import Database

STATEMENTS = 400
SPEAKERS = 4
FOLLOWERS = 3


async def bench_debate(scratch: ScratchDatabase, new: Sequence[Sample]) -> dict[str, Any]:
    """Take an article of 400 statements through the pipeline, with its extraction done beforehand.

    Args:
        scratch: A filled database.
        new: Texts that are not in it; they are said more than once, each time in another place.

    Returns:
        Seconds of wall clock and of processor time on one core, and of the transaction that writes.
    """
    database = _TimedDatabase(scratch.url)
    day = said_on(scratch.filled.statements + 5000)
    moment = datetime.combine(day, time_of_day(12), UTC)
    try:
        findings = _findings(scratch, new)
        text = "\n\n".join(finding.statement.content for finding in findings)
        article_id = await _announced_article(database, text, moment)
        pipeline = Pipeline(database, _Reader(findings), Rules())
        database.longest = 0.0
        wall, processor = time.perf_counter(), time.process_time()
        taken = await pipeline.take(article_id, moment)
        return {
            "statements": taken.new_statements,
            "speakers": SPEAKERS,
            "deliveries": taken.queued,
            "pairs_told": len(taken.new_reversals),
            "wall_seconds": round(time.perf_counter() - wall, 2),
            "cpu_seconds": round(time.process_time() - processor, 2),
            "longest_write_transaction_seconds": round(database.longest, 3),
        }
    finally:
        await database.close()


class _TimedDatabase(Database):
    """A database that remembers the longest time that writing held it."""

    longest = 0.0

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        async with super().writing() as session:
            start = time.perf_counter()
            yield session
        self.longest = max(self.longest, time.perf_counter() - start)


class _Reader(Worker):
    """A worker without a process of its own, so that its time is counted, for an article that was read already."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__({}, spacy_model=None, timeout=60)
        self._findings = findings

    async def extract(self, text: str, published_on: date) -> list[Finding]:
        return self._findings

    async def sign(self, text: str) -> Signature:
        return await asyncio.to_thread(signature_of, text)

    async def compare(self, comparisons: Sequence[Comparison], close: int = 0) -> list[Told]:
        return await asyncio.to_thread(all_told, comparisons, close)


async def _announced_article(database: Database, text: str, moment: datetime) -> int:
    """Keep the debate's article, and chats that follow its speakers."""
    async with database.writing() as session:
        for number in range(FOLLOWERS):
            await chats.ensure_chat(session, chat_id=-1 - number, kind="group", title="")
            for speaker in range(SPEAKERS):
                await chats.follow(session, chat_id=-1 - number, topic_id=0, person_id=person(speaker), user_id=1)
        kept = await articles.keep_article(
            session, identity="bench:debate", source_id="s", url=None, title="", text=text, published_at=moment
        )
    return kept.article_id


def _findings(scratch: ScratchDatabase, new: Sequence[Sample]) -> list[Finding]:
    """Statements by turns, a paragraph each."""
    findings: list[Finding] = []
    start = 0
    for number in range(STATEMENTS):
        sample = new[number % len(new)]
        content, its_terms = scratch.placed(sample)
        statement = Statement(
            content=content,
            start=start,
            end=start + len(content),
            kind="direct",
            cue=None,
            speaker=person(number % SPEAKERS),
            speaker_surface=None,
            attribution="named",
            said_from=None,
            said_to=None,
            capacity=None,
            confidence=0.9,
            rule="bench",
        )
        findings.append(Finding(statement, its_terms, json.loads(sample.analysis), ANALYSIS_VERSION))
        start = statement.end + len("\n\n")
    return findings
