"""Answers at size: from an update to the request that leaves, on a quiet bot and while articles are taken."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from telegram import Update
from telegram.ext import Application, ApplicationBuilder
from telegram.request import BaseRequest

import handlers
from bot.bench.filling import PEOPLE, ScratchDatabase, ScratchError, person
from bot.bench.material import places, sentences
from bot.pipeline import Pipeline, Rules
from bot.quotes.roster import Roster
from bot.worker import Worker
from handlers.services import Services
from storage import articles, schema
from storage.addresses import blocking_url, normalise_url
from storage.database import Database

POOL = 20_000
ASKED = 300
"""How often each kind of question is asked for a figure."""

ARTICLES = 500
AN_ARTICLE = 5
"""How many articles are taken meanwhile, and how many statements each holds."""

PAUSE = 0.05
"""Seconds between two questions while articles are taken."""

_TOKEN = "1:bench"  # noqa: S105 - nobody's
_USER = {"id": 1, "is_bot": False, "first_name": "Bench"}
_CHAT = {"id": 1, "type": "private", "first_name": "Bench"}
_BOT = {"id": 2, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
_COMMON = ("niet", "moet", "meer", "goed", "minister", "regering", "belangrijk", "vraag")

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
Question = dict[str, Any]


def bench_queries(size: int, url: str | None, report: Callable[[str], None]) -> dict[str, Any]:
    """Ask a full database through the bot's own handlers, and measure until a request leaves for Telegram.

    Args:
        size: How many statements.
        url: A database without tables, which is left full, or one that such a benchmark left; None for a SQLite
            file that is thrown away.
        report: Takes lines on what is being done.

    Returns:
        Milliseconds of the wall clock by kind of question: the median and the 95th percentile.

    Raises:
        ScratchError: The database is in use for something else.
        StorageError: It cannot be used.
    """
    with _full_database(size, url, report) as (full_url, statements):
        measured = asyncio.run(_measured(full_url, report))
    return {
        "database": "sqlite" if full_url.startswith("sqlite") else "postgresql",
        "statements": statements,
    } | measured


@contextmanager
def _full_database(size: int, url: str | None, report: Callable[[str], None]) -> Iterator[tuple[str, int]]:
    """Give the address of a filled database, and how many statements it holds."""
    with tempfile.TemporaryDirectory(prefix="citaatwacht-bench-") as folder:
        full_url = normalise_url(url or f"sqlite:///{Path(folder) / 'bench.db'}")
        if schema.state(full_url).current is None:
            report(f"filling up to {size} statements")
            scratch = ScratchDatabase(full_url, min(POOL, size))
            scratch.grow(size)
            scratch.close()
        else:
            schema.upgrade(full_url)
        yield full_url, _counted(full_url)


def _counted(url: str) -> int:
    engine = create_engine(blocking_url(url), hide_parameters=True)
    with engine.connect() as connection:
        known = {row[0] for row in connection.execute(text("SELECT id FROM person"))}
        if known != {person(number) for number in range(PEOPLE)}:
            message = "the database holds something else; a benchmark fills an empty one, or asks one that it filled"
            raise ScratchError(message)
        counted = int(connection.execute(text("SELECT count(*) FROM statement")).scalar_one())
    engine.dispose()
    return counted


async def _measured(url: str, report: Callable[[str], None]) -> dict[str, Any]:
    popolo = _popolo()
    database = await Database.open(url)
    worker = Worker(popolo, spacy_model=None, timeout=120)
    telegram = _Telegram()
    try:
        async with _application(database, popolo, telegram) as application:
            clock = _Clock(application, telegram)
            questions = _questions()
            for kind, asked in questions.items():
                report(f"asking: {kind}")
                for question in asked[: ASKED + 10]:
                    await clock.ask(kind, question)
            quiet = clock.figures(leave_out=10)
            report(f"taking {ARTICLES} articles, asking meanwhile")
            busy, seconds = await _while_taking(database, worker, popolo, clock, questions)
        return {"quiet_ms": quiet, f"while_taking_{ARTICLES}_articles_ms": busy, "taking_seconds": round(seconds, 1)}
    finally:
        await worker.close()
        await database.close()


async def _while_taking(
    database: Database, worker: Worker, popolo: dict[str, Any], clock: _Clock, questions: dict[str, list[Question]]
) -> tuple[dict[str, Any], float]:
    """Ask by turns until all articles are taken."""
    texts = _texts(popolo)
    # The models are loaded before.
    await worker.extract(texts[0], datetime.now(UTC).date())
    clock.begin()
    started = time.perf_counter()
    taking = asyncio.create_task(_take(database, Pipeline(database, worker, Rules()), texts))
    turns = itertools.cycle(zip(*(itertools.cycle(asked[:ASKED]) for asked in questions.values()), strict=True))
    for turn in turns:
        for kind, question in zip(questions, turn, strict=True):
            await clock.ask(kind, question)
            await asyncio.sleep(PAUSE)
        if taking.done():
            break
    await taking
    return clock.figures(), time.perf_counter() - started


async def _take(database: Database, pipeline: Pipeline, texts: Sequence[str]) -> None:
    run = datetime.now(UTC)
    for number, words in enumerate(texts):
        async with database.writing() as session:
            kept = await articles.keep_article(
                session,
                identity=f"bench:{run.isoformat()}:{number}",
                source_id="s",
                url=None,
                title="",
                text=words,
                published_at=run,
            )
        await pipeline.take(kept.article_id, datetime.now(UTC))


class _Clock:
    """Puts questions to the bot as updates, and remembers how long each took until a request left."""

    def __init__(self, application: AnyApplication, telegram: _Telegram) -> None:
        self._application, self._telegram = application, telegram
        self._number = 0
        self._times: dict[str, list[float]] = {}

    def begin(self) -> None:
        """Forget what was measured."""
        self._times = {}

    async def ask(self, kind: str, question: Question) -> None:
        """Put one question."""
        self._number += 1
        data = {"update_id": self._number, **question}
        self._telegram.left_at = None
        start = time.perf_counter()
        await self._application.process_update(Update.de_json(data, self._application.bot))
        if self._telegram.left_at is None:
            message = f"no request left for {kind}"
            raise ScratchError(message)
        self._times.setdefault(kind, []).append(self._telegram.left_at - start)

    def figures(self, leave_out: int = 0) -> dict[str, Any]:
        """Give median, 95th percentile and longest time in milliseconds, but for the first ``leave_out``."""
        return {kind: _percentiles(times[leave_out:]) for kind, times in self._times.items()}


class _Telegram(BaseRequest):
    """Telegram, as far as a request that leaves for it: it notes when, and accepts everything."""

    def __init__(self) -> None:
        self.left_at: float | None = None

    @property
    def read_timeout(self) -> float:
        return 5.0

    async def initialize(self) -> None:
        """Nothing is needed."""

    async def shutdown(self) -> None:
        """Nothing is held."""

    async def do_request(self, url: str, *_: Any, **__: Any) -> tuple[int, bytes]:
        """Note the moment, and accept."""
        if url.endswith("/getMe"):
            return 200, json.dumps({"ok": True, "result": _BOT}).encode()
        self.left_at = self.left_at or time.perf_counter()
        sent = {"message_id": 1, "date": 0, "chat": _CHAT, "text": "."}
        result = True if url.endswith("/answerInlineQuery") else sent
        return 200, json.dumps({"ok": True, "result": result}).encode()


def _application(database: Database, popolo: dict[str, Any], telegram: _Telegram) -> AnyApplication:
    application = (
        ApplicationBuilder()
        .token(_TOKEN)
        .request(telegram)
        .get_updates_request(telegram)
        .updater(None)
        .job_queue(None)
        .build()
    )
    handlers.register(application, Services(database, Roster.from_popolo(popolo)))
    return application


def _questions() -> dict[str, list[Question]]:
    """Give the questions of each kind, which differ in user, so that nobody asks too much."""
    chance = random.Random(4)  # noqa: S311 - the same in every run
    names = [_surname(number) for number in range(PEOPLE)]
    said = [sentence.rstrip(".!?").split() for sentence in sentences(1000)]

    def words() -> str:
        """One word in three is common, one is any word of a statement, one is two that follow each other."""
        chosen = chance.choice(said)
        place = chance.randrange(len(chosen) - 1)
        return chance.choice((chance.choice(_COMMON), chosen[place], f'"{chosen[place]} {chosen[place + 1]}"'))

    count = ASKED + 10
    typed = {
        "quotes": [f"/quotes {chance.choice(names)}" for _ in range(count)],
        "quotes_with_words": [f"/quotes {chance.choice(names)} {words()}" for _ in range(count)],
        "search": [f"/search {words()}" for _ in range(count)],
    }
    questions = {kind: [_command(line, user) for user, line in enumerate(lines, 10)] for kind, lines in typed.items()}
    lines = [f"{chance.choice(('', f'{chance.choice(names)} '))}{words()}" for _ in range(count)]
    questions["inline"] = [_inline(line, user) for user, line in enumerate(lines, 10)]
    return questions


def _command(line: str, user: int) -> Question:
    entity = {"type": "bot_command", "offset": 0, "length": len(line.split()[0])}
    whom = {**_USER, "id": user}
    return {"message": {"message_id": 1, "date": 0, "chat": _CHAT, "from": whom, "text": line, "entities": [entity]}}


def _inline(line: str, user: int) -> Question:
    return {"inline_query": {"id": "1", "from": {**_USER, "id": user}, "query": line, "offset": ""}}


def _texts(popolo: dict[str, Any]) -> list[str]:
    """Write articles with new statements in them."""
    new = iter(sentences(POOL + ARTICLES * AN_ARTICLE)[POOL:])
    speakers = itertools.cycle(one["name"] for one in popolo["persons"])
    return [
        "\n\n".join(
            f"“{sentence.rstrip('.')}”, zei {next(speakers)}." for sentence in itertools.islice(new, AN_ARTICLE)
        )
        for _ in range(ARTICLES)
    ]


def _popolo() -> dict[str, Any]:
    """Give the synthetic people names that nobody confuses."""
    persons = [
        {"id": person(number), "name": f"Jo {_surname(number)}", "given_name": "Jo", "family_name": _surname(number)}
        for number in range(PEOPLE)
    ]
    return {"persons": persons, "organizations": [], "memberships": []}


def _surname(number: int) -> str:
    """One of the invented places, which have fifteen beginnings and as many ends."""
    return places()[number % 15 * 15 + (number + number // 15 * 7) % 15]


def _percentiles(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50": round(ordered[len(ordered) // 2] * 1000, 1),
        "p95": round(ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)] * 1000, 1),
        "longest": round(ordered[-1] * 1000, 1),
        "asked": len(ordered),
    }
