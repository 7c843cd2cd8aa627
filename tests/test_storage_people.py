"""The roster in the database."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from storage.database import Database
from storage.errors import InvalidRoster
from storage.people import Changes, export_roster, import_roster, person
from storage.tables import Membership, Person
from tests.fictional import ROSTER
from tests.storage_examples import ZANDSTRA, a_statement, keep, keep_people, keep_text

NOTHING = Changes(added=0, changed=0)


async def test_importing_twice_changes_nothing(database: Database) -> None:
    async with database.writing() as session:
        first = await import_roster(session, popolo=ROSTER)
        second = await import_roster(session, popolo=ROSTER)
    assert (first.persons, first.organizations, first.memberships) == (Changes(2, 0), Changes(2, 0), Changes(2, 0))
    assert (second.persons, second.organizations, second.memberships) == (NOTHING, NOTHING, NOTHING)


async def test_what_differs_is_changed_and_what_vanished_is_kept(database: Database) -> None:
    changed = deepcopy(ROSTER)
    del changed["persons"][1], changed["memberships"][1]
    changed["memberships"][0]["end_date"] = "2024-06"
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        result = await import_roster(session, popolo=changed)
        assert (result.persons, result.memberships) == (NOTHING, Changes(0, 1))
        ended = await session.get_one(Membership, "zandstra-premier")
        assert ended.end_date == date(2024, 6, 30)
        assert len((await session.exec(select(Person))).all()) == 2


async def test_the_roster_comes_out_as_it_went_in(database: Database) -> None:
    async with database.writing() as session:
        await import_roster(session, popolo=ROSTER)
        exported = await export_roster(session)
    for key, rows in exported.items():
        assert rows == sorted(ROSTER[key], key=lambda row: str(row["id"]))


async def test_a_membership_without_an_id_gets_the_same_one_each_time(database: Database) -> None:
    nameless: dict[str, Any] = deepcopy(ROSTER)
    for row in nameless["memberships"]:
        del row["id"]
    async with database.writing() as session:
        await import_roster(session, popolo=nameless)
        assert (await import_roster(session, popolo=nameless)).memberships == NOTHING
        exported = await export_roster(session)
    assert exported["memberships"][1]["id"] == "wouter-zandstra--kabinet-zandstra--minister-president--2020-01-10"


@pytest.mark.parametrize(
    ("popolo", "message"),
    [
        ({}, "'persons'"),
        ([], "'persons'"),
        (ROSTER | {"memberships": None}, "'memberships'"),
        (ROSTER | {"persons": [{"id": "x"}]}, "lacks 'name'"),
        (ROSTER | {"memberships": [ROSTER["memberships"][0] | {"person_id": "nobody"}]}, "no person has the id"),
        (ROSTER | {"memberships": [ROSTER["memberships"][0] | {"on_behalf_of_id": "x"}]}, "no organization has"),
        (ROSTER | {"memberships": [ROSTER["memberships"][0] | {"end_date": "soon"}]}, "is not a date"),
    ],
)
async def test_a_file_that_is_no_roster_is_refused_whole(sqlite_database: Database, popolo: Any, message: str) -> None:
    with pytest.raises(InvalidRoster, match=message):
        async with sqlite_database.writing() as session:
            await import_roster(session, popolo=popolo)
    async with sqlite_database.reading() as session:
        assert (await session.exec(select(Person))).all() == []


async def test_the_real_roster_can_be_imported(sqlite_database: Database) -> None:
    popolo = json.loads((Path(__file__).parent.parent / "seeds" / "roster.json").read_text(encoding="utf-8"))
    async with sqlite_database.writing() as session:
        result = await import_roster(session, popolo=popolo)
    assert result.persons.added == len(popolo["persons"])
    assert result.memberships.added == len(popolo["memberships"])


async def test_a_person_is_given_with_the_number_of_statements(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        await keep(session, a_statement(), await keep_text(session, "a"))
        found = await person(session, person_id=ZANDSTRA)
        assert found is not None
        assert (found.name, found.statements) == ("Wouter Zandstra", 1)
        assert await person(session, person_id="nobody") is None
