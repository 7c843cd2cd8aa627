"""A small cabinet that does not exist, for tests that need somebody to speak."""

from __future__ import annotations

from typing import Any

ROSTER: dict[str, Any] = {
    "persons": [
        {
            "id": "wouter-zandstra",
            "name": "Wouter Zandstra",
            "given_name": "Wouter",
            "family_name": "Zandstra",
            "gender": "male",
            "other_names": [{"name": "Zandstra"}],
        },
        {
            "id": "mirthe-van-den-elzen",
            "name": "Mirthe van den Elzen",
            "given_name": "Mirthe",
            "family_name": "van den Elzen",
            "gender": "female",
            "other_names": [{"name": "Van den Elzen"}],
        },
    ],
    "organizations": [
        {"id": "kabinet-zandstra", "name": "Kabinet-Zandstra", "classification": "cabinet"},
        {
            "id": "wvp",
            "name": "Waterlandse Volkspartij",
            "classification": "party",
            "abbreviation": "WVP",
            "other_names": [{"name": "WVP"}],
        },
    ],
    "memberships": [
        {
            "id": "zandstra-premier",
            "person_id": "wouter-zandstra",
            "organization_id": "kabinet-zandstra",
            "role": "minister-president",
            "label": "Minister-president",
            "portfolio": "Algemene Zaken",
            "on_behalf_of_id": "wvp",
            "start_date": "2020-01-10",
            "end_date": None,
        },
        {
            "id": "van-den-elzen-financien",
            "person_id": "mirthe-van-den-elzen",
            "organization_id": "kabinet-zandstra",
            "role": "minister",
            "label": "Minister van Financiën",
            "portfolio": "Financiën",
            "on_behalf_of_id": "wvp",
            "start_date": "2020-01-10",
            "end_date": None,
        },
    ],
}
"""Popolo; both have been in office since 2020."""

EARLIER = (
    "Premier Wouter Zandstra sluit een hogere belasting uit.\n\n“De btw gaat niet omhoog”, zei Zandstra maandag "
    "na afloop van de ministerraad."
)
LATER = (
    "Het kabinet gaat de belastingen verhogen.\n\n“De btw gaat omhoog”, zei premier Wouter Zandstra na afloop van "
    "de ministerraad. “We hebben geen keus.”"
)
"""Two articles whose quotes turn."""
