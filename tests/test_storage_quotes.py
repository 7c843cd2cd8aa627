"""What is shown: pages of quotes and reversals, and the search."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlmodel import update

from storage.database import Database
from storage.quotes import archive_since, article_quotes, quote_records, quotes, reversal_records, reversals
from storage.records import Offices
from storage.statements import withdraw_missing_mentions
from storage.tables import Reversal, Statement
from tests.storage_examples import (
    NOON,
    VAN_DEN_ELZEN,
    ZANDSTRA,
    a_statement,
    keep,
    keep_people,
    keep_text,
    keep_turn,
)


@contextmanager
def counting_statements() -> Iterator[list[str]]:
    """Give a list that collects every SQL query that is run meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().startswith("SELECT"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def keep_contents(database: Database, *contents: str) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        for place, content in enumerate(contents):
            await keep(session, a_statement(content), article_id, start=place * 1000)


async def found_by(database: Database, words: str) -> list[str]:
    async with database.reading() as session:
        page = await quotes(session, words=words, limit=50)
    assert page.total == len(page.items)
    return sorted(quote.content for quote in page.items)


async def test_a_quote_is_shown_with_office_party_and_outlets(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        second = await keep_text(session, "second", published_at=NOON + timedelta(hours=1))
        first = await keep_text(session, "first")
        for article_id in (second, first):
            await keep(session, a_statement(), article_id)
        await keep(session, a_statement(), first, start=500)
        (quote,) = (await quotes(session, person_id=ZANDSTRA)).items
    assert (quote.person_name, quote.capacity, quote.party) == ("Wouter Zandstra", "Minister-president", "WVP")
    assert [outlet.title for outlet in quote.outlets] == ["Kop van first", "Kop van second"]
    assert (quote.outlets[0].source_name, quote.outlets[0].published_at) == ("De Waterlandse Bode", NOON)
    assert quote.reversal_label is None


async def test_a_quote_without_a_known_office_is_shown_without_one(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        await keep(session, a_statement(membership_id=None), await keep_text(session, "a"))
        (quote,) = (await quotes(session)).items
    assert (quote.capacity, quote.party) == (None, None)


async def test_pages_of_quotes_begin_with_the_newest_day(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        for day in (2, 5, 1, 4, 3):
            await keep(session, a_statement(said_on=date(2024, 3, day)), article_id)
        same_day = await keep(session, a_statement("Later die dag.", said_on=date(2024, 3, 5)), article_id, start=90)
        await keep(session, a_statement(person_id=VAN_DEN_ELZEN), article_id)
        first = await quotes(session, person_id=ZANDSTRA, limit=4)
        rest = await quotes(session, person_id=ZANDSTRA, offset=4, limit=4)
        everyone = await quotes(session)
    assert first.items[0].id == same_day
    assert [quote.said_on.day for quote in first.items + rest.items] == [5, 5, 4, 3, 2, 1]
    assert (first.total, rest.total, rest.offset, everyone.total) == (6, 6, 4, 7)


async def test_a_page_takes_the_same_number_of_queries_however_long_it_is(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        for day in range(1, 11):
            await keep_turn(session, article_id, said_on=date(2024, 3, day))
    queries = []
    for limit in (1, 10):
        with counting_statements() as seen:
            async with database.reading() as session:
                assert len((await quotes(session, limit=limit)).items) == limit
                assert len((await reversals(session, limit=limit)).items) == limit
        queries.append(len(seen))
    assert queries[0] == queries[1] <= 12


async def test_withdrawn_statements_are_not_listed_but_can_be_asked_for(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        statement_id = await keep(session, a_statement(), article_id)
        await withdraw_missing_mentions(session, article_id=article_id, version_number=2)
        assert (await quotes(session)).total == 0
        assert (await quotes(session, words="belasting")).total == 0
        (quote,) = await quote_records(session, statement_ids=[statement_id])
    assert quote.outlets == ()


async def test_records_come_in_the_order_asked_without_unknown_ones(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        first = await keep(session, a_statement("Een."), article_id)
        second = await keep(session, a_statement("Twee."), article_id, start=9)
        found = await quote_records(session, statement_ids=[second, 999, first])
        assert [quote.id for quote in found] == [second, first]
        assert await quote_records(session, statement_ids=[]) == []
        assert await reversal_records(session, reversal_ids=[999]) == []


async def test_an_article_gives_its_quotes_in_the_order_of_its_text(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        last = await keep(session, a_statement("Laatst."), article_id, start=80)
        first = await keep(session, a_statement("Eerst."), article_id, start=0)
        await keep(session, a_statement("Eerst."), article_id, start=120)
        assert [quote.id for quote in await article_quotes(session, article_id=article_id)] == [first, last]


async def test_a_reversal_is_shown_with_both_statements_and_its_evidence(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        earlier_id, later_id, reversal_id = await keep_turn(session, await keep_text(session, "a"))
        page = await reversals(session, person_id=ZANDSTRA)
        later, earlier = (await quotes(session)).items
        assert await reversal_records(session, reversal_ids=[reversal_id]) == list(page.items)
    (turn,) = page.items
    assert (turn.earlier.id, turn.later.id, turn.state) == (earlier_id, later_id, "possible")
    assert turn.evidence[0]["reason"] == "dicht ↔ open"
    assert turn.doubts == ("andere functie",)
    assert (earlier.reversal_label, later.reversal_label) == (None, "reversal")


async def test_reversals_begin_with_the_newest_turn(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        for day in (2, 3, 1):
            await keep_turn(session, article_id, said_on=date(2024, 3, day), label="shift")
        page = await reversals(session, offset=1, limit=2)
        assert [turn.later.said_on.day for turn in page.items] == [2, 1]
        assert (page.total, page.items[0].label) == (3, "shift")
        assert (await reversals(session, person_id=VAN_DEN_ELZEN)).total == 0


async def test_a_rejected_reversal_is_not_shown(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        await keep_turn(session, await keep_text(session, "a"))
        await session.exec(update(Reversal).values(state="rejected"))
        assert (await reversals(session)).total == 0
        assert [quote.reversal_label for quote in (await quotes(session)).items] == [None, None]


async def test_a_reversal_that_lost_a_side_to_a_correction_is_not_shown(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        await keep_turn(session, article_id)
        await keep(session, a_statement("De sluis gaat open (2024-03-01)."), await keep_text(session, "b"))
        await withdraw_missing_mentions(session, article_id=article_id, version_number=2)
        assert (await reversals(session)).total == 0
        assert [quote.reversal_label for quote in (await quotes(session)).items] == [None]


async def test_a_statement_that_turned_from_two_is_marked_with_the_stronger_word(database: Database) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        first_id, later_id, _ = await keep_turn(session, article_id, label="shift")
        other_id = await keep(session, a_statement("De sluis blijft altijd dicht."), article_id, start=300)
        session.add(
            Reversal(
                person_id=ZANDSTRA,
                earlier_id=other_id,
                later_id=later_id,
                label="reversal",
                score=0.9,
                evidence=[],
                doubts=[],
            )
        )
        await session.flush()
        (quote,) = await quote_records(session, statement_ids=[later_id])
        assert first_id != other_id
        assert quote.reversal_label == "reversal"


async def test_the_archive_begins_with_its_oldest_article(database: Database) -> None:
    async with database.writing() as session:
        assert await archive_since(session) is None
        await keep_people(session)
        await keep_text(session, "new")
        await keep_text(session, "old", published_at=NOON - timedelta(days=400))
        assert await archive_since(session) == (NOON - timedelta(days=400)).date()


CONTENTS = (
    "Er komt geen nieuwe belasting.",
    "De belastingen gaan omlaag, geen cent meer.",
    "Een café in Zeeland kost 3,5 miljoen.",
    "De minister-president blijft.",
    "VÓÓR de zomer ligt er een plan.",
)


FOUND = {
    "belasting": [0, 1],
    "BELASTING nieuwe": [0],
    '"nieuwe belasting"': [0],
    '"belasting nieuwe"': [],
    '"belasting"': [0],
    '"geen cent"': [1],
    "“geen cent” omlaag": [1],
    '"geen cent': [1],
    "geen": [0, 1],
    "cafe": [2],
    "Café": [2],
    "3,5": [2],
    '"3,5 miljoen"': [2],
    "minister-president": [3],
    "president": [3],
    "voor": [4],
    "vóór zomer": [4],
    "onvindbaar": [],
    "!?": [],
    "": [],
    "NOT belasting": [],
    "belasting OR café": [],
    "content:belasting": [],
    "'; DROP TABLE statement; --": [],
}


async def test_words_find_the_same_statements_on_both_databases(database: Database) -> None:
    await keep_contents(database, *CONTENTS)
    found = {words: await found_by(database, words) for words in FOUND}
    assert found == {words: sorted(CONTENTS[number] for number in numbers) for words, numbers in FOUND.items()}


async def test_a_corrected_content_is_found_by_its_new_words_only(database: Database) -> None:
    await keep_contents(database, "De sluis gaat open.")
    async with database.writing() as session:
        await session.exec(update(Statement).values(content="De brug gaat dicht."))
    assert await found_by(database, "sluis") == []
    assert await found_by(database, "brug") == ["De brug gaat dicht."]


async def test_the_search_is_limited_to_the_person_who_is_asked_for(database: Database) -> None:
    await keep_contents(database, "De sluis gaat open.")
    async with database.reading() as session:
        assert (await quotes(session, person_id=VAN_DEN_ELZEN, words="sluis")).total == 0
        assert (await quotes(session, person_id=ZANDSTRA, words="sluis")).total == 1


async def test_words_are_found_in_the_order_of_their_days_within_the_days_and_offices_asked_for(
    database: Database,
) -> None:
    async with database.writing() as session:
        await keep_people(session)
        article_id = await keep_text(session, "a")
        for place, (day, office) in enumerate([(5, "zandstra-premier"), (1, None), (3, "zandstra-premier"), (3, None)]):
            said = a_statement(f"De sluis, keer {place}.", said_on=date(2024, 3, day), membership_id=office)
            await keep(session, said, article_id, start=place * 100)
    in_office = Offices(frozenset({"zandstra-premier"}))
    days = {"first": date(2024, 3, 1), "last": date(2024, 3, 3)}
    async with database.reading() as session:

        async def found(**wanted: Any) -> list[int]:
            page = await quotes(session, words="sluis", person_id=ZANDSTRA, **wanted)
            assert page.total == len(page.items)
            return [int(quote.content[-2]) for quote in page.items]

        assert await found() == [0, 3, 2, 1]
        assert await found(oldest_first=True) == [1, 2, 3, 0]
        assert await found(**days) == [3, 2, 1]
        assert await found(offices=in_office) == [0, 2]
        assert await found(offices=replace(in_office, or_none=True), **days) == [3, 2, 1]
        assert await found(offices=Offices(frozenset(), or_none=True)) == [3, 1]


async def test_what_was_withdrawn_is_not_found_until_it_is_back(database: Database) -> None:
    await keep_contents(database, "De sluis gaat open.")
    for moment, found in ((NOON, []), (None, ["De sluis gaat open."])):
        async with database.writing() as session:
            await session.exec(update(Statement).values(withdrawn_at=moment))
        assert await found_by(database, "sluis") == found


async def test_only_so_many_are_counted_and_it_is_told_that_there_are_more(database: Database) -> None:
    await keep_contents(database, *(f"De sluis, keer {number}." for number in range(4)))
    async with database.reading() as session:
        for words in ("sluis", None):
            page = await quotes(session, words=words, limit=1, most_counted=3)
            assert (len(page.items), page.total, page.has_more) == (1, 3, True)
            page = await quotes(session, words=words, limit=1, most_counted=4)
            assert (page.total, page.has_more) == (4, False)


async def test_a_short_word_is_no_beginning_of_a_longer_one(database: Database) -> None:
    await keep_contents(database, "De EU is groot.", "De euro is klein.")
    assert await found_by(database, "eu") == ["De EU is groot."]
    assert await found_by(database, "euro") == ["De euro is klein."]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
async def test_whatever_is_typed_the_search_answers(database: Database, words: str) -> None:
    async with database.reading() as session:
        assert (await quotes(session, words=words)).items == ()
