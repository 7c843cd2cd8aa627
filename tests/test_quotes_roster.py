"""The roster: read from Popolo, asked who held what when."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from bot.quotes.roster import Roster, RosterError

POPOLO: dict[str, Any] = {
    "persons": [
        {
            "id": "iris-terpstra",
            "name": "Iris Terpstra",
            "given_name": "Iris",
            "family_name": "Terpstra",
            "gender": "female",
        },
        {
            "id": "pim-van-der-zande",
            "name": "Pim van der Zande",
            "given_name": "Pim",
            "family_name": "van der Zande",
            "gender": "male",
            "other_names": [{"name": "Van der Zande"}, {"name": "Van der Zande (NB)"}],
        },
    ],
    "organizations": [
        {"id": "kabinet-terpstra", "name": "Kabinet-Terpstra", "classification": "cabinet"},
        {"id": "nb", "name": "Nieuw Begin", "classification": "party", "abbreviation": "NB"},
    ],
    "memberships": [
        {
            "id": "terpstra-premier",
            "person_id": "iris-terpstra",
            "organization_id": "kabinet-terpstra",
            "role": "minister-president",
            "label": "Minister-president",
            "on_behalf_of_id": "nb",
            "start_date": "2025-02",
            "end_date": None,
        },
        {
            "id": "terpstra-leider",
            "person_id": "iris-terpstra",
            "organization_id": "nb",
            "role": "partijleider",
            "label": "Partijleider NB",
            "on_behalf_of_id": "nb",
            "start_date": "2021",
            "end_date": "2025-06",
        },
        {
            "id": "van-der-zande-vice",
            "person_id": "pim-van-der-zande",
            "organization_id": "kabinet-terpstra",
            "role": "viceminister-president",
            "label": "Viceminister-president",
            "on_behalf_of_id": "nb",
            "start_date": "2025-02-03",
            "end_date": "2025-09-30",
        },
        {
            "id": "van-der-zande-zorg",
            "person_id": "pim-van-der-zande",
            "organization_id": "kabinet-terpstra",
            "role": "minister",
            "label": "Minister van Zorg",
            "portfolio": "Zorg",
            "on_behalf_of_id": "nb",
            "start_date": "2025-02-03",
            "end_date": "2025-09-30",
        },
    ],
}


@pytest.fixture
def roster() -> Roster:
    return Roster.from_popolo(POPOLO)


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    data = copy.deepcopy(POPOLO)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return data


def test_a_person_is_known_under_all_forms_but_those_in_brackets(roster: Roster) -> None:
    person = roster.person("pim-van-der-zande")
    assert person is not None
    assert person.forms == ("Pim van der Zande", "Van der Zande")
    assert roster.person("nobody") is None


def test_the_most_telling_role_comes_first(roster: Roster) -> None:
    roles = [row.role for row in roster.memberships_of("pim-van-der-zande", date(2025, 5, 1))]
    assert roles == ["minister", "vicepremier"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 12, 31), None),
        (date(2021, 1, 1), "terpstra-leider"),
        (date(2025, 1, 31), "terpstra-leider"),
        (date(2025, 2, 1), "terpstra-premier"),
        (date(2040, 1, 1), "terpstra-premier"),
    ],
)
def test_years_and_months_stand_for_their_first_and_last_days(roster: Roster, day: date, expected: str | None) -> None:
    capacity = roster.capacity("iris-terpstra", day)
    assert (capacity.id if capacity else None) == expected


def test_the_last_day_counts(roster: Roster) -> None:
    last = roster.capacity("pim-van-der-zande", date(2025, 9, 30))
    assert last is not None
    assert last.id == "van-der-zande-zorg"
    assert roster.capacity("pim-van-der-zande", date(2025, 10, 1)) is None


def test_a_party_is_known_after_the_office_too(roster: Roster) -> None:
    party = roster.party_of("pim-van-der-zande", date(2026, 1, 1))
    assert party is not None
    assert party.short_name == "NB"
    assert roster.party_of("nobody", date(2026, 1, 1)) is None


def test_a_role_is_told_with_its_party(roster: Roster) -> None:
    texts = [roster.role_text(row) for row in roster.memberships]
    assert texts == [
        "Minister-president (NB)",
        "Partijleider NB",
        "Viceminister-president (NB)",
        "Minister van Zorg (NB)",
    ]


def test_a_roster_survives_the_way_to_a_worker_process(roster: Roster) -> None:
    copied = pickle.loads(pickle.dumps(roster))
    assert copied.persons == roster.persons
    assert copied.memberships == roster.memberships


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ([], "JSON object"),
        ({"persons": []}, "organizations"),
        (changed(("persons",), {}), "persons"),
        (changed(("persons", 0, "name"), None), "name"),
        (changed(("memberships", 0, "start_date"), "spring"), "not a date"),
        (changed(("memberships", 0, "start_date"), "2025-13-01"), "not a date"),
        (changed(("memberships", 0, "end_date"), 2025), "not a date"),
        (changed(("memberships", 0, "person_id"), "nobody"), "nobody"),
    ],
)
def test_what_is_no_roster_is_refused_with_a_reason(data: Any, reason: str) -> None:
    with pytest.raises(RosterError, match=reason):
        Roster.from_popolo(data)


def test_the_roster_is_read_without_loading_spacy() -> None:
    code = "import sys, bot.quotes.roster, bot.quotes.names; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
