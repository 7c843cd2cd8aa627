"""A scratch database full of synthetic statements, grown in steps.

Analysing a million texts would take a quarter of an hour, and recall looks at words: so a pool of texts is analysed
in earnest, and each use of one ends in a place of its own, by which it is filed as well. Twenty people speak by turns,
170 times a day together, so that each has made a twentieth of all statements, and their statements lie among each
other's in the tables as they would.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from bot.bench.material import Sample, places, sample_of, sentences
from bot.errors import CitaatwachtError
from bot.reversals import ANALYSIS_VERSION, terms
from storage import schema
from storage.addresses import blocking_url, dialect_of, normalise_url

PEOPLE = 20
FIRST_DAY = date(2010, 1, 1)
A_DAY = 170
AN_ARTICLE = 5

_BATCH = 50_000
_MOMENT = "2024-01-01 00:00:00.000000+00:00"
_COLUMNS = {
    "person": ("id", "name", "family_name", "popolo"),
    "source": (
        "id", "name", "kind", "timezone", "terms", "enabled", "failures", "created_at",
    ),
    "article": (
        "identity", "source_id", "title", "published_at", "published_is_estimated", "announce", "state", "attempts",
        "fetched_at",
    ),
    "statement": (
        "person_id", "kind", "content", "content_key", "attribution", "said_on", "confidence", "rule", "context",
        "analysis_version", "analysis", "terms", "created_at",
    ),
    "posting": ("person_id", "term", "statement_id"),
    "mention": ("statement_id", "article_id", "version_number", "start", "end", "created_at"),
}  # fmt: skip


class ScratchError(CitaatwachtError):
    """The database that was given is no scratch database."""


@dataclass(slots=True)
class Filled:
    """What filling has cost so far.

    Attributes:
        statements: How many there are.
        postings: How many entries the index behind recall has.
        seconds: Wall clock spent on all rows.
        index_seconds: Wall clock of that spent on the index behind recall.
        index_bytes: The size of that index.
    """

    statements: int = 0
    postings: int = 0
    seconds: float = 0.0
    index_seconds: float = 0.0
    index_bytes: int = 0


class ScratchDatabase:
    """A database that is filled for a benchmark.

    Attributes:
        url: Its normalised address.
        pool: The texts that its statements are made of.
        filled: What filling has cost so far.
    """

    def __init__(self, url: str, pool_size: int) -> None:
        """Migrate an empty database, and analyse the pool.

        Args:
            url: The address of a database without tables; a SQLite file is made where there is none.
            pool_size: How many texts are analysed.

        Raises:
            ScratchError: If it has tables.
        """
        self.url = normalise_url(url)
        if schema.state(self.url).current is not None:
            message = "the database has tables already; a benchmark fills an empty one"
            raise ScratchError(message)
        schema.upgrade(self.url)
        self.pool = [sample_of(sentence) for sentence in sentences(pool_size)]
        self.filled = Filled()
        self._places = [(place, terms(place)) for place in places()]
        self._chance = random.Random(3)  # noqa: S311 - the same in every run
        self._engine = _engine(self.url)
        with self._engine.begin() as connection:
            _load(connection, "person", ((person(n), f"Spreker {n}", f"Spreker {n}", "{}") for n in range(PEOPLE)))
            _load(connection, "source", [("s", "S", "feed", "Europe/Amsterdam", "none", True, 0, _MOMENT)])

    def grow(self, size: int) -> dict[int, int]:
        """Add statements until there are so many.

        Returns:
            The pool's index of the first person's new statements, by the statement's number.
        """
        used: dict[int, int] = {}
        while self.filled.statements < size:
            start = time.perf_counter()
            with self._engine.begin() as connection:
                used |= self._add(connection, min(_BATCH, size - self.filled.statements))
            self.filled.seconds += time.perf_counter() - start
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self._engine.dialect.name == "postgresql":
                # What the server would do by itself within the minute.
                connection.execute(text("VACUUM ANALYZE"))
            else:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return used

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    def placed(self, sample: Sample) -> tuple[str, tuple[str, ...]]:
        """Give a text with some place at its end, and its terms with the place's."""
        return sample.in_place(*self._chance.choice(self._places))

    def close(self) -> None:
        """Close its connections."""
        self._engine.dispose()

    def _add(self, connection: Connection, count: int) -> dict[int, int]:
        first = self.filled.statements + 1
        articles = [
            (f"bench:{number}", "s", "", f"{said_on(number)} 12:00:00.000000+00:00", False, True, "taken", 0, _MOMENT)
            for number in range(first, first + count)
            if number % AN_ARTICLE == 1
        ]
        statements, postings, mentions, used = [], [], [], {}
        for number in range(first, first + count):
            choice = self._chance.randrange(len(self.pool))
            sample, speaker = self.pool[choice], person(number % PEOPLE)
            content, its_terms = self.placed(sample)
            key = sha256(str(number).encode()).hexdigest()
            statements.append(
                (
                    speaker, "direct", content, key, "named", said_on(number).isoformat(), 0.9, "bench", content,
                    ANALYSIS_VERSION, sample.analysis, " ".join(its_terms), _MOMENT,
                )
            )  # fmt: skip
            postings += [(speaker, term, number) for term in dict.fromkeys(its_terms)]
            mentions.append((number, (number - 1) // AN_ARTICLE + 1, 1, 0, len(content), _MOMENT))
            if number % PEOPLE == 0:
                used[number] = choice
        _load(connection, "article", articles)
        _load(connection, "statement", statements)
        self._index(connection, sorted(postings))
        _load(connection, "mention", mentions)
        self.filled.statements += count
        return used

    def _index(self, connection: Connection, postings: Sequence[tuple[object, ...]]) -> None:
        before, start = _pages(connection), time.perf_counter()
        _load(connection, "posting", postings)
        self.filled.index_seconds += time.perf_counter() - start
        after = _pages(connection)
        # PostgreSQL tells the size of a table; SQLite only that of the file, to which nothing else was added meanwhile.
        self.filled.index_bytes = (
            after if connection.dialect.name == "postgresql" else (self.filled.index_bytes + after - before)
        )
        self.filled.postings += len(postings)


def person(number: int) -> str:
    """The id of a synthetic person."""
    return f"spreker-{number:02}"


def said_on(number: int) -> date:
    """The day on which a synthetic statement was said."""
    return FIRST_DAY + timedelta(days=number // A_DAY)


def _engine(url: str) -> Engine:
    engine = create_engine(blocking_url(url), hide_parameters=True)
    if dialect_of(url) == "sqlite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA journal_mode = WAL"))
    return engine


def _load(connection: Connection, table: str, rows: Iterable[Sequence[object]]) -> None:
    """Add many rows the quickest way that each database has."""
    names = ", ".join(f'"{name}"' for name in _COLUMNS[table])
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with (
            _unchecked(connection, table),
            driver.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(_COLUMNS[table]))
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", [tuple(row) for row in rows])  # noqa: S608


@contextmanager
def _unchecked(connection: Connection, table: str) -> Iterator[None]:
    """Let PostgreSQL take our word for the references of a table of many rows, where we may ask that of it."""
    if table not in ("posting", "mention"):
        yield
        return
    with suppress(ProgrammingError), connection.begin_nested():
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    yield
    with suppress(ProgrammingError), connection.begin_nested():
        connection.execute(text("SET LOCAL session_replication_role = origin"))


def _pages(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT pg_total_relation_size('posting')")).scalar_one())
    pages = int(connection.execute(text("PRAGMA page_count")).scalar_one())
    return pages * int(connection.execute(text("PRAGMA page_size")).scalar_one())
