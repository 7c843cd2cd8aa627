"""Statements of an older analysis get a new one, in steps that may be broken off."""

from __future__ import annotations

import io

from rich.console import Console
from sqlmodel import col, select

from bot.reanalysis import reanalyse
from bot.reversals import ANALYSIS_VERSION
from storage.database import Database
from storage.reanalysis import outdated_by_person
from storage.recall import recall
from storage.tables import Posting, Statement
from tests.storage_examples import VAN_DEN_ELZEN, ZANDSTRA, a_statement, keep_people, keep_statement

QUIET = Console(file=io.StringIO())


async def _outdated(database: Database) -> dict[str, int]:
    async with database.reading() as session:
        return await outdated_by_person(session, version=ANALYSIS_VERSION)


async def test_old_statements_are_analysed_and_filed_anew(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        old = await keep_statement(session, a_statement("De sluizen gaan niet open.", terms=("verouderd",)))
        await keep_statement(session, a_statement("De dijk wordt hoger.", person_id=VAN_DEN_ELZEN, terms=("dijk",)))
    assert await _outdated(database) == {VAN_DEN_ELZEN: 1, ZANDSTRA: 1}
    assert await reanalyse(database, QUIET) == 2
    assert await _outdated(database) == {}
    async with database.reading() as session:
        row = await session.get_one(Statement, old.statement_id)
        filed = (await session.exec(select(col(Posting.term)).where(col(Posting.person_id) == ZANDSTRA))).all()
    assert row.analysis_version == ANALYSIS_VERSION
    assert row.analysis[0] == ANALYSIS_VERSION
    assert "verouderd" not in filed
    found = await database.look(lambda look: recall(look, person_id=ZANDSTRA, terms={filed[0]: 1.0}, history=1))
    assert [one.id for one in found] == [old.statement_id]


async def test_what_is_of_this_version_is_left_alone(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        await keep_statement(session, a_statement("De sluis gaat open."))
    assert await reanalyse(database, QUIET) == 1
    assert await reanalyse(database, QUIET) == 0
