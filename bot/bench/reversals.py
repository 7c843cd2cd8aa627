"""Recall and comparison at size: what one new statement costs, what recall finds again, how the index grows."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, select
from sqlmodel import col

from bot.bench.debate import bench_debate
from bot.bench.filling import PEOPLE, ScratchDatabase, person, said_on
from bot.bench.material import Sample, sample_of, sentences, variant_of
from bot.comparing import Comparison, Noted, told_pairs
from bot.recalling import worth_comparing
from bot.reversals import ANALYSIS_VERSION, Utterance, weigh
from storage.database import Database
from storage.recall import recall
from storage.tables import Statement

POOL = 20_000
NEW = 200
"""How many new statements, and how many planted pairs, a figure stands on."""

SPEAKER = person(0)
STEPS = (10_000, 100_000, 1_000_000)

_LEAST_TERMS = 4
"""Statements with fewer terms are planted nowhere: what says so little can be anything."""


@dataclass
class Clock:
    """Times of one step, over many statements."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Add the time that a block takes."""
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.processor.append(time.process_time() - processor)
        self.wall.append(time.perf_counter() - wall)

    def figures(self) -> dict[str, float]:
        """Milliseconds: the median and the 95th percentile, of the wall clock and of this process's processor time."""
        return {
            f"{name}_p{share}": round(_percentile(times, share) * 1000, 2)
            for name, times in (("wall_ms", self.wall), ("cpu_ms", self.processor))
            for share in (50, 95)
        }


def bench_reversals(size: int, url: str | None, report: Callable[[str], None]) -> dict[str, Any]:
    """Fill a scratch database in steps, and measure at each.

    Args:
        size: How many statements at last; a twentieth of them are by the speaker that is asked about.
        url: A database without tables, which is left full; None for a SQLite file that is thrown away.
        report: Takes lines on what is being done.

    Returns:
        Figures by name, those that grow under each number of statements. Times of PostgreSQL's own processes are
        in the wall clock alone.

    Raises:
        ScratchError: The database has tables already.
        StorageError: It cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="citaatwacht-bench-") as folder:
        report(f"analysing {min(POOL, size)} texts")
        scratch = ScratchDatabase(url or f"sqlite:///{Path(folder) / 'bench.db'}", min(POOL, size))
        try:
            return _measured(scratch, size, report)
        finally:
            scratch.close()


def _measured(scratch: ScratchDatabase, size: int, report: Callable[[str], None]) -> dict[str, Any]:
    new = [sample_of(sentence) for sentence in sentences(len(scratch.pool) + NEW)[len(scratch.pool) :]]
    used: dict[int, int] = {}
    growth = {}
    for step in sorted({*(step for step in STEPS if step < size), size}):
        report(f"filling up to {step} statements")
        used |= scratch.grow(step)
        report(f"measuring at {step} statements")
        growth[str(step)] = {**_index(scratch), **asyncio.run(_at_this_size(scratch, used, new))}
    report("storing a debate")
    return {
        "database": scratch.dialect,
        "people": PEOPLE,
        "by_statements": growth,
        "debate": asyncio.run(bench_debate(scratch, new)),
    }


def _index(scratch: ScratchDatabase) -> dict[str, Any]:
    filled = scratch.filled
    return {
        "filling_seconds": round(filled.seconds, 1),
        "index_seconds": round(filled.index_seconds, 1),
        "index_mib": round(filled.index_bytes / 2**20, 1),
        "index_entries": filled.postings,
    }


async def _at_this_size(scratch: ScratchDatabase, used: dict[int, int], new: Sequence[Sample]) -> dict[str, Any]:
    database = await Database.open(scratch.url)
    history = scratch.filled.statements // PEOPLE
    today = said_on(scratch.filled.statements) + timedelta(days=30)

    def look(connection: Connection) -> dict[str, Any]:
        return {
            "one_speaker": history,
            **_one_new_statement(connection, new, history, today),
            "process_extract_over_speaker": _whole_speaker(connection, new),
            **_planted(connection, scratch, used, history),
        }

    try:
        return await database.look(look)
    finally:
        await database.close()


def _one_new_statement(
    connection: Connection, new: Sequence[Sample], history: int, today: date
) -> dict[str, dict[str, float]]:
    by_terms, whole, compared = Clock(), Clock(), []
    for number, sample in enumerate(new):
        subject = _noted(sample, f"new:{number}", today)
        # First, while nothing of it is in the database's cache.
        with whole.running():
            others = _recalled(connection, subject, sample, history)
            told_pairs(Comparison(subject, tuple(others), history))
        with by_terms.running():
            recall(connection, person_id=SPEAKER, terms=weigh(sample.terms), history=history)
        compared.append(len(others))
    return {
        "recall_and_comparison": whole.figures(),
        "recall_by_terms": by_terms.figures(),
        "statements_compared": {f"p{share}": _percentile(compared, share) for share in (50, 95)},
    }


def _whole_speaker(connection: Connection, new: Sequence[Sample]) -> dict[str, float]:
    """What it would cost to look at all that the speaker said, instead of recalling some of it."""
    wanted = select(col(Statement.content)).where(col(Statement.person_id) == SPEAKER)
    contents = list(connection.execute(wanted).scalars())
    clock = Clock()
    for sample in new[: NEW // 5]:
        with clock.running():
            process.extract(sample.text, contents, scorer=fuzz.token_sort_ratio, limit=50)
    return clock.figures()


def _planted(connection: Connection, scratch: ScratchDatabase, used: dict[int, int], history: int) -> dict[str, float]:
    """How many stored statements are found again by a light variant of theirs, without the place."""
    numbers = [number for number, choice in used.items() if len(scratch.pool[choice].terms) >= _LEAST_TERMS]
    chosen = numbers[:: max(1, len(numbers) // NEW)][:NEW]
    found_by_terms = found = 0
    for turn, number in enumerate(chosen):
        variant = sample_of(variant_of(scratch.pool[used[number]].text, turn))
        recalled = recall(connection, person_id=SPEAKER, terms=weigh(variant.terms), history=history)
        found_by_terms += number in {row.id for row in recalled}
        others = _recalled(connection, _noted(variant, "new"), variant, history)
        found += str(number) in {other.utterance.id for other in others}
    total = max(len(chosen), 1)
    return {
        "planted_pairs": len(chosen),
        "found_by_terms": round(found_by_terms / total, 3),
        "recall_at_50": round(found / total, 3),
    }


def _noted(sample: Sample, key: str, said: date | None = None) -> Noted:
    return Noted(Utterance(key, sample.text, said=said), json.loads(sample.analysis), ANALYSIS_VERSION)


def _recalled(connection: Connection, subject: Noted, sample: Sample, history: int) -> list[Noted]:
    return worth_comparing(
        connection, subject=subject, terms=sample.terms, person_id=SPEAKER, history=history, min_confidence=0.5
    )


def _percentile(values: Sequence[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]
