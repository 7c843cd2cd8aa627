"""From pages on disk to stored statements: speed beside trafilatura alone, memory; and polling with nothing new."""

from __future__ import annotations

import asyncio
import os
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console
from trafilatura import bare_extraction

import seeds
from bot.bench.pages import mostly_quiet_texts, quiet_texts, quoting_texts, write_pages
from bot.bench.polling import bench_polling
from bot.installation import open_installation
from bot.intake import IntakeReport, ingest_places
from bot.offline import read_json
from bot.settings import Settings
from storage.people import import_roster

SHARED = Path("..") / "shared" / "gold"
"""Where the development set is, if it is there at all."""

WARM_SHARE = 10
"""A run of a tenth of the pages is taken off each figure: starting the processes is no part of the pace."""

MEMORY_PARTS = (10, 5, 2, 1)
"""After which parts of the small pages memory is looked at: a tenth, a fifth, half, all."""

LEAST_SHARE = {"quiet": 0.6, "quoting": 0.35}
"""How much of trafilatura's speed is to be left for pages that mention nobody, and for pages full of quotes."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run cost.

    Attributes:
        wall: Seconds by the clock.
        processor: Seconds of processor time, of this process and its workers together.
        statements: How many statements were stored.
        own_mib: The most memory that the process held, in mebibytes.
        worker_mib: The most that a worker of it held.
    """

    wall: float
    processor: float
    statements: int
    own_mib: float
    worker_mib: float


def bench_ingest(pages: int, memory_pages: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Measure the way from pages on disk to stored statements, and what polling costs where nothing is new.

    Args:
        pages: How many pages of each kind are read.
        memory_pages: How many small pages are read to see whether memory stays flat; 0 for none.
        tell: Where progress is told.

    Returns:
        Figures by name for each kind of page: articles a second of processor time, ours and trafilatura's and the
        share; articles a second by the clock on one core and on two; and the peak of memory after a tenth of the
        pages and after all. ``memory`` has the peaks (own, worker) after runs of so many small pages, ``polling``
        what ``bench_polling`` gives.
    """
    roster, texts = _material()
    cores = sorted(os.sched_getaffinity(0))
    figures: dict[str, Any] = {"pages": pages, "cores": len(cores)}
    with tempfile.TemporaryDirectory() as folder:
        for kind, vary in (("quiet", quiet_texts), ("quoting", quoting_texts)):
            few, many = Path(folder) / f"{kind}-few", Path(folder) / f"{kind}-many"
            write_pages(few, vary(texts, max(1, pages // WARM_SHARE)))
            write_pages(many, vary(texts, pages))
            tell(f"{kind}: trafilatura alone")
            alone = _trafilatura(many)
            measured: dict[str, Any] = {"trafilatura_articles_per_second": round(pages / alone, 1)}
            for count in (1, 2):
                if len(cores) < count:
                    continue
                tell(f"{kind}: ingest with {count} process(es)")
                os.sched_setaffinity(0, cores[:count])
                try:
                    first, whole = _ingest(few, roster, count), _ingest(many, roster, count)
                finally:
                    os.sched_setaffinity(0, cores)
                read = pages - max(1, pages // WARM_SHARE)
                measured[f"articles_per_second_on_{count}"] = round(read / (whole.wall - first.wall), 1)
                if count == 1:
                    pace = read / (whole.processor - first.processor)
                    measured["articles_per_processor_second"] = round(pace, 1)
                    measured["share_of_trafilatura"] = round(pace * alone / pages, 2)
                    measured["least_share"] = LEAST_SHARE[kind]
                    measured["statements_per_article"] = round(whole.statements / pages, 1)
                    measured["peak_mib_after_a_tenth"] = [round(first.own_mib), round(first.worker_mib)]
                    measured["peak_mib_after_all"] = [round(whole.own_mib), round(whole.worker_mib)]
            figures[kind] = measured
        if memory_pages:
            figures["memory"] = _memory(Path(folder), roster, texts, memory_pages, tell)
    tell("polling with nothing new")
    figures["polling"] = bench_polling()
    return figures


def _memory(
    folder: Path, roster: dict[str, Any], texts: list[str], pages: int, tell: Callable[[str], None]
) -> dict[str, list[int]]:
    """Peaks of this process and of a worker in mebibytes, by the number of pages that one run read."""
    peaks = {}
    for part in MEMORY_PARTS:
        count = pages // part
        tell(f"memory: {count} small pages")
        write_pages(folder / f"memory-{count}", mostly_quiet_texts(texts, count), is_small=True)
        spent = _ingest(folder / f"memory-{count}", roster, 1)
        peaks[str(count)] = [round(spent.own_mib), round(spent.worker_mib)]
    return peaks


def _material() -> tuple[dict[str, Any], list[str]]:
    """The roster and articles of the development set where they are at hand, else those of the demonstration."""
    files = sorted((SHARED / "articles").glob("*.json"))
    if files:
        return read_json(SHARED / "roster.json"), [str(read_json(file)["text"]) for file in files]
    return seeds.roster(), [str(article["text"]) for article in seeds.articles()]


def _trafilatura(folder: Path) -> float:
    """Seconds of processor time in which trafilatura alone reads the pages of a folder."""
    start = time.process_time()
    for file in sorted(folder.iterdir()):
        bare_extraction(file.read_bytes(), with_metadata=True, include_comments=False, include_tables=False)
    return time.process_time() - start


def _ingest(folder: Path, roster: dict[str, Any], workers: int) -> Spent:
    """Read a folder in a process of its own, so that its peaks are of that run alone."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        return alone.submit(_ingest_here, folder, roster, workers).result()


def _ingest_here(folder: Path, roster: dict[str, Any], workers: int) -> Spent:
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(database_url=SecretStr(f"sqlite:///{data}/bench.db"), data_dir=Path(data))
        asyncio.run(_install(settings, roster))
        wall, processor = time.perf_counter(), _processor_seconds()
        report = asyncio.run(_run(settings, folder, workers))
        own, worker = (resource.getrusage(who).ru_maxrss / 1024 for who in _BOTH)
        return Spent(time.perf_counter() - wall, _processor_seconds() - processor, report.statements, own, worker)


async def _install(settings: Settings, roster: dict[str, Any]) -> None:
    database = await open_installation(settings.database_url.get_secret_value(), settings.data_dir)
    async with database.writing() as session:
        await import_roster(session, popolo=roster)
    await database.close()


async def _run(settings: Settings, folder: Path, workers: int) -> IntakeReport:
    return await ingest_places(
        settings, [str(folder)], announce=False, console=Console(file=StringIO()), workers=workers
    )


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _processor_seconds() -> float:
    """Of this process, and of those that it started and that have ended."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, _BOTH))
