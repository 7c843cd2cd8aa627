"""Names as users type them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quotes.names import find_people, resolve
from bot.quotes.roster import Roster

NAMES = [
    ("Şirin", "Aktaş"),
    ("Bart", "van den Oever"),
    ("Loes", "de Lange"),
    ("Ruben", "van 't Woud"),
    ("Ada", "Brandsma-Kuiper"),
    ("Teun", "Prinsen"),
    ("Wies", "Prinsen"),
    ("Jan", "Hollander"),
    ("Piet", "Hollander"),
]


def popolo() -> dict[str, Any]:
    persons = [
        {"id": f"{given}-{family}", "name": f"{given} {family}", "given_name": given, "family_name": family}
        for given, family in NAMES
    ]
    led = {
        "id": "led",
        "person_id": "Jan-Hollander",
        "organization_id": "kabinet",
        "role": "minister-president",
        "start_date": None,
        "end_date": "2020-01-01",
    }
    return {"persons": persons, "organizations": [], "memberships": [led]}


ROSTER = Roster.from_popolo(popolo())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Aktas", "Şirin-Aktaş"),
        ("aktaş", "Şirin-Aktaş"),
        ("Sirin Aktas", "Şirin-Aktaş"),
        ("vd Oever", "Bart-van den Oever"),
        ("v.d. oever", "Bart-van den Oever"),
        ("v/d Oever", "Bart-van den Oever"),
        ("vdoever", "Bart-van den Oever"),
        ("oever", "Bart-van den Oever"),
        ("de lange", "Loes-de Lange"),
        ("lange", "Loes-de Lange"),
        ("van ‘t Woud", "Ruben-van 't Woud"),
        ("Brandsma", "Ada-Brandsma-Kuiper"),
        ("brandsma kuiper", "Ada-Brandsma-Kuiper"),
        ("wies prinsen", "Wies-Prinsen"),
        ("  Loes   DE LANGE ", "Loes-de Lange"),
        ("hollander", "Jan-Hollander"),
        ("holander", "Jan-Hollander"),
        ("Piet Hollander", "Piet-Hollander"),
    ],
)
def test_a_clear_name_is_resolved(query: str, expected: str) -> None:
    person = resolve(query, ROSTER)
    assert person is not None
    assert person.id == expected


@pytest.mark.parametrize("query", ["", "  ", "?!", "x", "Nieuw Begin", "van den", "zzzzzz", "Prinsen", "prinssen"])
def test_nothing_is_resolved_where_it_is_open(query: str) -> None:
    assert resolve(query, ROSTER) is None


def test_namesakes_are_both_offered_and_neither_is_certain() -> None:
    matches = find_people("prinsen", ROSTER)
    assert [match.person.id for match in matches] == ["Teun-Prinsen", "Wies-Prinsen"]
    assert not any(match.certain for match in matches)


def test_a_shared_particle_is_no_likeness() -> None:
    assert all(match.person.family_name != "van den Oever" for match in find_people("van den Berg", ROSTER))


def test_no_more_are_offered_than_asked_for() -> None:
    assert len(find_people("hollander", ROSTER, limit=1)) == 1


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_matches_in_order(query: str) -> None:
    matches = find_people(query, ROSTER)
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)
    assert not any(match.certain for match in matches[1:])
