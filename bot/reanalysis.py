"""`citaatwacht reanalyse`: stored statements get the analysis of this version, so that old and new ones compare."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.reversals import ANALYSIS_VERSION, Utterance, analyse, terms
from storage import reanalysis
from storage.database import Database
from storage.reanalysis import Outdated, Renewed

BATCH = 500
"""Statements that are written in one transaction; stopping in between loses no more than that much work."""


async def reanalyse(database: Database, console: Console) -> int:
    """Analyse anew what another version of the program analysed; it may be stopped and started again.

    The bot may run meanwhile: a statement whose notes are of another version is analysed when it is compared, and
    found by the stems that it was filed under so far.

    Args:
        database: The database.
        console: Shows the progress, if it is a terminal.

    Returns:
        How many statements were analysed.
    """
    async with database.reading() as session:
        waiting = await reanalysis.outdated_by_person(session, version=ANALYSIS_VERSION)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    done = 0
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("analysing statements", total=sum(waiting.values()))
        for person_id in waiting:
            while count := await _renew_some(database, person_id):
                done += count
                progress.advance(task, count)
    return done


async def _renew_some(database: Database, person_id: str) -> int:
    async with database.reading() as session:
        rows = await reanalysis.outdated(session, person_id=person_id, version=ANALYSIS_VERSION, limit=BATCH)
    if rows:
        renewed = _analysed(rows)
        async with database.writing() as session:
            await reanalysis.renew(session, person_id=person_id, version=ANALYSIS_VERSION, renewed=renewed)
    return len(rows)


def _analysed(rows: Sequence[Outdated]) -> list[Renewed]:
    renewed = []
    for row in rows:
        utterance = Utterance("", row.content, row.kind, row.cue, row.said_on)
        renewed.append(Renewed(row.id, terms(row.content, row.cue), analyse(utterance).to_json()))
    return renewed
