"""`citaatwacht bench`: what is measured on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.options import JsonOption
from bot.cli.running import quiet_settings, tell, write

app = typer.Typer(help="Measure on this machine: the extraction, or what is named.")

EmptyDatabaseOption = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="An empty database, left full; without it a SQLite file."),
]
FilledDatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="An empty database, left full, or one that a benchmark left; without it a SQLite file.",
    ),
]
SizeOption = Annotated[int, typer.Option("--size", min=1000, help="How many statements the database gets.")]


@app.callback(invoke_without_command=True)
def bench(context: typer.Context, as_json: JsonOption = False) -> None:
    """Measure the extraction on this machine; with a command below, something else."""
    if context.invoked_subcommand is None:
        from bot.bench.extract import bench_extract

        _write_figures(bench_extract(), as_json)


@app.command("reversals")
def bench_recall_and_comparison(
    size: SizeOption = 100_000,
    database: EmptyDatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure recall and comparison in a database full of synthetic statements."""
    quiet_settings(database)
    from bot.bench.reversals import bench_reversals

    _write_figures(bench_reversals(size, database, tell), as_json)


@app.command("queries")
def bench_answers(
    size: SizeOption = 100_000,
    database: FilledDatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure answers in a database full of synthetic statements, also while articles are taken."""
    quiet_settings(database)
    from bot.bench.queries import bench_queries

    _write_figures(bench_queries(size, database, tell), as_json)


@app.command("outbox")
def bench_bad_day(
    chats: Annotated[int, typer.Option("--chats", min=1, help="How many chats are sent to.")] = 200,
    deliveries: Annotated[int, typer.Option("--deliveries", min=1, help="How many messages are due in all.")] = 2000,
    database: EmptyDatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send through a bad day: 429s, 5xx, a server that dies twice, a bot that is killed three times."""
    quiet_settings(database)
    from bot.bench.outbox import BadDay, bench_outbox

    day = BadDay(chats, deliveries)
    _write_figures(bench_outbox(day, database, tell), as_json)


@app.command("ingest")
def bench_pages(
    pages: Annotated[int, typer.Option("--pages", min=20, help="How many pages of each kind are read.")] = 300,
    memory_pages: Annotated[
        int, typer.Option("--memory-pages", min=0, help="How many small pages are read to watch memory; 0 for none.")
    ] = 1000,
    as_json: JsonOption = False,
) -> None:
    """Measure the way from pages to stored statements beside trafilatura alone, memory, and idle polling."""
    quiet_settings()
    from bot.bench.ingest import bench_ingest

    _write_figures(bench_ingest(pages, memory_pages, tell), as_json)


@app.command("week")
def bench_replayed_week(
    file: Annotated[
        Path | None, typer.Option("--document", metavar="FILE", help="Write counts and texts there, as Markdown.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Replay a week of articles and debates: how many messages a group gets that follows the whole cabinet."""
    quiet_settings()
    from bot.bench.week import bench_week, document, figures

    days = bench_week()
    if file is not None:
        file.write_text(document(days), encoding="utf-8")
    _write_figures(figures(days), as_json)


def _write_figures(figures: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        write([json.dumps(figures, indent=1)])
    else:
        write(f"{name}\t{value}" for name, value in figures.items())
