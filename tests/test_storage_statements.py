"""Statements: kept once, withdrawn with their last mention, recalled by what they share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.database import Database
from storage.recall import RECALL_LIMIT, RECALL_POSTINGS, RECALL_TERMS, Recalled, compared, recall
from storage.statements import (
    around,
    count_by_person,
    keep_reversal,
    keep_statements,
    withdraw_missing_mentions,
)
from storage.tables import Mention, Posting, Reversal, Statement
from tests.storage_examples import (
    NOON,
    TODAY,
    VAN_DEN_ELZEN,
    ZANDSTRA,
    a_statement,
    keep,
    keep_mention,
    keep_people,
    keep_statement,
    keep_text,
    keep_turn,
)


async def test_the_same_statement_twice_is_one_row(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        first = await keep_statement(session, a_statement(terms=("belasting", "nieuw", "nieuw")))
        second = await keep_statement(session, a_statement(terms=("belasting",)))
        assert (first.is_new, second.is_new) == (True, False)
        assert first.statement_id == second.statement_id
        assert len((await session.exec(select(Statement))).all()) == 1
        assert len((await session.exec(select(Posting))).all()) == 2


async def test_what_comes_twice_in_one_batch_is_kept_once_and_new_once(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        known = await keep_statement(session, a_statement("Dat blijft zo."))
        batch = [a_statement("Nieuw."), a_statement("Dat blijft zo."), a_statement("Nieuw."), a_statement("Ook nieuw.")]
        kept = await keep_statements(session, statements=batch)
        assert [one.is_new for one in kept] == [True, False, False, True]
        assert kept[0].statement_id == kept[2].statement_id
        assert kept[1].statement_id == known.statement_id
        assert await keep_statements(session, statements=[]) == []


async def test_more_statements_than_one_command_takes_are_kept(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        many = [a_statement(f"Zin {number}.", terms=("zin", f"nummer{number}")) for number in range(1100)]
        kept = await keep_statements(session, statements=many)
        assert len({one.statement_id for one in kept}) == 1100
        assert len((await session.exec(select(Posting))).all()) == 2200


async def test_the_same_words_on_another_day_or_by_another_person_are_another_statement(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        kept = [
            await keep_statement(session, a_statement()),
            await keep_statement(session, a_statement(said_on=date(2024, 3, 2))),
            await keep_statement(session, a_statement(person_id=VAN_DEN_ELZEN)),
        ]
        assert all(one.is_new for one in kept)


async def test_the_same_mention_twice_is_one_row(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        statement_id = (await keep_statement(session, a_statement())).statement_id
        for version_number in (1, 2):
            await keep_mention(session, statement_id, article_id, version_number=version_number, start=3, end=9)
        (mention,) = await session.exec(select(Mention))
        assert (mention.version_number, mention.start, mention.end) == (2, 3, 9)


async def test_a_statement_is_withdrawn_with_its_last_mention_only(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        corrected = await keep_text(session, "corrected")
        other = await keep_text(session, "other")
        alone = await keep(session, a_statement("Alleen hier."), corrected)
        shared = await keep(session, a_statement("Ook elders."), corrected, start=50)
        await keep(session, a_statement("Ook elders."), other)
        withdrawn = await withdraw_missing_mentions(session, article_id=corrected, version_number=2)
        assert withdrawn == [alone]
        assert await withdraw_missing_mentions(session, article_id=other, version_number=2) == [shared]
        assert await withdraw_missing_mentions(session, article_id=other, version_number=2) == []
        assert await count_by_person(session, person_id=ZANDSTRA) == 0


async def test_what_a_new_version_still_carries_is_not_withdrawn(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        statement_id = await keep(session, a_statement(), article_id)
        # The sentence moved down: it is a new mention, and the one at the old place is gone.
        await keep_mention(session, statement_id, article_id, version_number=2, start=40, end=60)
        assert await withdraw_missing_mentions(session, article_id=article_id, version_number=2) == []
        assert await count_by_person(session, person_id=ZANDSTRA) == 1


async def test_a_withdrawn_statement_that_is_carried_again_counts_again(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        statement_id = await keep(session, a_statement(terms=("belasting",)), article_id)
        await withdraw_missing_mentions(session, article_id=article_id, version_number=2)
        assert await _recall(session, ["belasting"]) == []
        assert await keep(session, a_statement(), article_id) == statement_id
        assert await count_by_person(session, person_id=ZANDSTRA) == 1
        assert len(await _recall(session, ["belasting"])) == 1


async def test_around_gives_what_one_person_said_on_those_days(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        for day in range(1, 6):
            await keep(session, a_statement(said_on=date(2024, 3, day)), article_id)
        await keep(session, a_statement(person_id=VAN_DEN_ELZEN, said_on=date(2024, 3, 3)), article_id)
        found = await around(session, spans=[(ZANDSTRA, date(2024, 3, 2), date(2024, 3, 4))])
        assert [statement.said_on.day for statement in found] == [2, 3, 4]


async def test_recall_prefers_the_terms_that_the_speaker_rarely_uses(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        for day in range(1, 11):
            await keep(session, a_statement(said_on=date(2024, 3, day), terms=("belasting",)), article_id)
        rare = a_statement("Over de sluis.", terms=("sluis",))
        rare_id = await keep(session, rare, article_id, start=300)
        both = a_statement("Over de sluis en de belasting.", terms=("sluis", "belasting"))
        both_id = await keep(session, both, article_id, start=400)
        found = await _recall(session, ["belasting", "sluis", "unheard"])
        assert [statement.id for statement in found[:2]] == [both_id, rare_id]
        assert len(found) == 12


async def test_recall_leaves_out_what_shares_too_little_whatever_else_it_says(database: Database) -> None:
    rare_terms = tuple(f"zeldzaam{number}" for number in range(RECALL_TERMS))
    async with database.writing() as session:
        await keep_people(session)
        await keep_statement(session, a_statement("Over een ding.", terms=("sluis", "belasting")))
        await keep_statement(session, a_statement("Over iets anders.", terms=("sluis", "dijk")))
        found = await _recall(session, ["sluis", "belasting"], least=2)
        assert [statement.terms for statement in found] == ["sluis belasting"]
        # What is too common to be looked up may be shared too.
        await keep_statement(session, a_statement("Zeldzaam.", terms=rare_terms))
        assert len(await _recall(session, [*rare_terms, "sluis"], least=RECALL_TERMS + 1)) == 1
        assert await _recall(session, [*rare_terms, "sluis"], least=RECALL_TERMS + 2) == []


async def test_recall_leaves_out_other_speakers(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        mine = await keep_statement(session, a_statement(terms=("sluis",)))
        await keep_statement(session, a_statement(person_id=VAN_DEN_ELZEN, terms=("sluis",)))
        found = await _recall(session, ["sluis"])
        assert [statement.id for statement in found] == [mine.statement_id]
        assert await _recall(session, []) == []


async def test_recall_looks_up_the_rarest_terms_only(database: Database) -> None:
    rare_terms = tuple(f"zeldzaam{number}" for number in range(8))
    async with database.writing() as session:
        await keep_people(session)
        await keep_statement(session, a_statement("Zeldzaam.", terms=(*rare_terms, "gewoon")))
        await keep_statement(session, a_statement("Gewoon.", terms=("gewoon",)))
        found = await _recall(session, ["gewoon", *rare_terms])
        assert [statement.terms for statement in found] == [" ".join((*rare_terms, "gewoon"))]


async def test_a_comparison_gets_its_notes_as_they_were_kept(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        kept = await keep_statement(session, a_statement("Over de sluis."))
        found = await session.run_sync(
            lambda running: compared(running.connection(), statement_ids=[kept.statement_id, kept.statement_id + 1])
        )
        assert list(found) == [kept.statement_id]
        row = found[kept.statement_id]
        assert (row.content, row.said_on, json.loads(row.analysis)) == ("Over de sluis.", TODAY, {"claims": []})


async def test_recall_passes_over_common_terms_once_it_has_enough(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        common = [a_statement(f"Gewoon {number}.", terms=("gewoon",)) for number in range(RECALL_POSTINGS)]
        await keep_statements(session, statements=[*common, a_statement("Zeldzaam.", terms=("zeldzaam", "gewoon"))])
        found = await _recall(session, ["gewoon", "zeldzaam"])
        assert [statement.terms for statement in found] == ["zeldzaam gewoon"]
        assert len(await _recall(session, ["gewoon"])) == RECALL_LIMIT


async def test_the_same_pair_twice_is_one_row(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        earlier_id, later_id, reversal_id = await keep_turn(session, await keep_text(session, "a"))
        again = await keep_reversal(
            session,
            person_id=ZANDSTRA,
            earlier_id=earlier_id,
            later_id=later_id,
            label="shift",
            score=0.1,
            evidence=[],
            doubts=[],
        )
        assert (again.reversal_id, again.is_new) == (reversal_id, False)
        (pair,) = await session.exec(select(Reversal))
        assert (pair.label, pair.doubts) == ("reversal", ["andere functie"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.text(min_size=1).filter(lambda text: "\x00" not in text), days=st.integers(0, 20_000))
async def test_any_words_of_any_day_come_back_as_they_went_in(
    sqlite_database: Database, content: str, days: int
) -> None:
    said_on = date(1990, 1, 1) + timedelta(days=days)
    async with sqlite_database.writing() as session:
        await keep_people(session)
        kept = await keep_statement(session, a_statement(content, said_on=said_on))
    async with sqlite_database.reading() as session:
        found = await session.get_one(Statement, kept.statement_id)
    assert (found.content, found.said_on) == (content, said_on)
    assert found.created_at >= NOON


async def _recall(session: AsyncSession, terms: Sequence[str], least: float = 0.0) -> list[Recalled]:
    return await session.run_sync(
        lambda running: recall(
            running.connection(), person_id=ZANDSTRA, terms=dict.fromkeys(terms, 1.0), history=10, least=least
        )
    )
