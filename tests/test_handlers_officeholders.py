"""An office in the place of a name is whoever holds it."""

from __future__ import annotations

import pytest

from bot.messages import Reader
from bot.quotes.roster import Roster
from handlers.commands import parse_line
from handlers.officeholders import with_holder
from tests.telegram_bot import roster


def _roster() -> Roster:
    """Give the fictional cabinet in which Finance changed hands in 2024, with two state secretaries."""
    popolo = roster()
    finance = popolo["memberships"][1]
    finance |= {"end_date": "2024-01-31"}
    popolo["memberships"].append(finance | {"id": "f2", "person_id": "joost-hulshof", "start_date": "2024-02-01"})
    popolo["memberships"][-1]["end_date"] = None
    for person_id in ("joost-hulshof", "karin-hulshof"):
        popolo["memberships"].append(
            finance | {"id": person_id, "person_id": person_id, "role": "staatssecretaris", "end_date": None}
        )
    return Roster.from_popolo(popolo)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("/citaten de minister van financiën", "Joost Hulshof"),
        ("/citaten minister Financien btw", "Joost Hulshof btw"),
        ("/quotes the minister of Finance", "Joost Hulshof"),
        ("/citaten minister van Financiën btw in 2023", "Mirthe van den Elzen btw in 2023"),
        ("/tijdlijn de premier", "Wouter Zandstra"),
        ("/ommekeer minister-president", "Wouter Zandstra"),
        ("/citaten premier dijken sinds 2022", "Wouter Zandstra dijken sinds 2022"),
        ("/citaten minister van Financiën 1950", "minister van Financiën 1950"),
        ("/citaten staatssecretaris van Financiën", "staatssecretaris van Financiën"),
        ("/citaten minister van Koffie", "minister van Koffie"),
        ("/citaten premier van Frankrijk", "premier van Frankrijk"),
        ("/zoek minister van Financiën", "minister van Financiën"),
        ("/citaten Zandstra als minister", "Zandstra als minister"),
    ],
)
def test_an_office_is_read_as_the_one_who_held_it(typed: str, read: str) -> None:
    line = parse_line(typed)
    assert line is not None
    assert with_holder(_roster(), Reader(), line).arguments == read
