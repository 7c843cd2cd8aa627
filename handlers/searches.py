"""What is searched, read from the end of a line: periods, and the capacity in which something was said."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from bot.messages import Reader
from bot.messages.officenames import portfolio_label
from bot.messages.searching import LONGEST_WORDS, Capacity, Search
from bot.quotes.folding import fold
from bot.quotes.roster import GOVERNMENT_ROLES, Membership, Person, Roster
from handlers.landmarks import landmarks_of
from handlers.people import Named, read_name
from handlers.periods import Period, period_at_end
from handlers.services import Services
from storage.records import Offices

_WORDS: dict[Capacity, str] = {
    "government": "bewindspersoon|bewindsman|bewindsvrouw|kabinetslid|cabinet member|member of (?:the )?cabinet",
    "premier": "premier|minister-president|prime minister",
    "secretary": "staatssecretaris|state secretary",
    "minister": "minister",
    "member": "(?:tweede )?kamerlid|parlementarier|volksvertegenwoordiger|mp|member of parliament",
    "group_leader": "fractievoorzitter|fractieleider|parliamentary leader|group leader",
    "party_leader": "partijleider|politiek leider|party leader",
    "candidate": "lijsttrekker|lead candidate",
}
_CAPACITY = re.compile(
    r"(?:als|as) (?:(?:een|a|an|de|the) )?(?:"
    + "|".join(f"(?P<{capacity}>{words})" for capacity, words in _WORDS.items())
    + r")(?: (?:van|voor|of|for) (?:the )?(?P<portfolio>.+))?"
)
_ROLES: dict[Capacity, frozenset[str]] = {
    "government": GOVERNMENT_ROLES,
    "minister": frozenset({"minister", "minister-president"}),
    "premier": frozenset({"minister-president"}),
    "secretary": frozenset({"staatssecretaris"}),
    "group_leader": frozenset({"fractievoorzitter"}),
    "party_leader": frozenset({"partijleider", "lijsttrekker"}),
    "candidate": frozenset({"lijsttrekker"}),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was made of the end of a line.

    Attributes:
        rest: What stands before it: a name and words.
        search: The limits that were read; its words are still in ``rest``.
        portfolio: What the office was about, folded ("financien"); empty where it was not said.
    """

    rest: str
    search: Search
    portfolio: str


@dataclass(frozen=True, slots=True)
class Whose:
    """What was made of a line.

    Attributes:
        person: Who is meant; None for everyone, and where that is open.
        named: What was read as a name; None where there is none.
        search: What is searched.
    """

    person: Person | None
    named: Named | None
    search: Search


def read_limits(text: str, today: date, roster: Roster) -> Asked:
    """Take periods and a capacity from the end of a text: "stikstof als Kamerlid in 2023".

    Args:
        text: What was typed.
        today: The day on which it was typed, where the person is.
        roster: Whose cabinets, elections and portfolios count.
    """
    landmarks = landmarks_of(roster)
    asked = Asked(text.replace("·", " "), Search(), "")
    while True:
        rest, period = period_at_end(asked.rest, today, landmarks)
        if period is not None and asked.search.days is None:
            asked = Asked(rest, replace(asked.search, days=(period.first, period.last)), asked.portfolio)
            continue
        narrower = _capacity_at_end(asked, roster)
        if narrower is None:
            return asked
        asked = narrower


def whose(services: Services, reader: Reader, arguments: str) -> Whose:
    """Read a line of a name, words, and limits: "Zandstra stikstof als minister in 2023".

    Args:
        services: Who there is.
        reader: Who typed it.
        arguments: What was typed after the command, not empty.
    """
    limits = read_limits(arguments, today(reader), services.roster)
    if not limits.rest:
        return Whose(None, None, with_words(limits.search, limits.portfolio))
    named = read_name(limits.rest, services.roster)
    search = with_words(limits.search, named.words)
    if named.person is not None and limits.portfolio:
        search = as_holder(search, services.roster, named.person, limits.portfolio)
    elif limits.portfolio:
        search = with_words(search, f"{named.words} {limits.portfolio}")
    return Whose(named.person, named if named.typed else None, search)


def conditions(services: Services, person: Person | None, search: Search) -> dict[str, Any]:
    """Give a search as ``storage.finding.Wanted`` takes it, by name."""
    first, last = search.days or (None, None)
    return {
        "person_id": person.id if person else None,
        "words": search.words or None,
        "first": first,
        "last": last,
        "offices": offices_of(services.roster, search.capacity),
    }


def today(reader: Reader) -> date:
    """Give the day that it is where the reader is."""
    return reader.local_day(datetime.now(UTC))


def with_words(search: Search, words: str) -> Search:
    """Give a search with its words, of which it takes only so many."""
    return replace(search, words=words[:LONGEST_WORDS].strip())


def as_holder(search: Search, roster: Roster, person: Person, portfolio: str) -> Search:
    """Limit a search to the days on which somebody held an office about something.

    Args:
        search: The search, with a capacity.
        roster: Who held what when.
        person: Who.
        portfolio: What the office was about, folded.

    Returns:
        The search. Where the person held no such office, what it is about is searched as words.
    """
    if search.capacity is None:
        return search
    rows = [row for row in roster.memberships_of(person.id) if row.role in _ROLES.get(search.capacity, frozenset())]
    terms = [Period(row.start, row.end) for row in rows if portfolio in _portfolios(row)]
    if not terms:
        return with_words(search, f"{search.words} {portfolio}".strip())
    first, last = search.days or (None, None)
    starts, ends = [term.first for term in terms], [term.last for term in terms]
    begun = None if None in starts else min(day for day in starts if day)
    ended = None if None in ends else max(day for day in ends if day)
    first = max((day for day in (first, begun) if day), default=None)
    last = min((day for day in (last, ended) if day), default=None)
    return replace(search, days=(first, last))


def offices_of(roster: Roster, capacity: Capacity | None) -> Offices | None:
    """Give the memberships in which something is said in a capacity; None for any.

    What a member of parliament says is what is said outside the cabinet: the roster knows no seats.
    """
    if capacity is None:
        return None
    if capacity == "member":
        outside = {row.id for row in roster.memberships if row.role not in GOVERNMENT_ROLES}
        return Offices(frozenset(outside), or_none=True)
    return Offices(frozenset(row.id for row in roster.memberships if row.role in _ROLES[capacity]))


def _capacity_at_end(asked: Asked, roster: Roster) -> Asked | None:
    if asked.search.capacity is not None:
        return None
    words = asked.rest.split()
    for start in range(len(words)):
        match = _CAPACITY.fullmatch(fold(" ".join(words[start:])))
        if match is None or (match["portfolio"] and not _is_portfolio(roster, match["portfolio"])):
            continue
        capacity = next(name for name in _WORDS if match[name])
        return Asked(" ".join(words[:start]), replace(asked.search, capacity=capacity), match["portfolio"] or "")
    return None


def _is_portfolio(roster: Roster, folded: str) -> bool:
    return any(folded in _portfolios(row) for row in roster.memberships)


def _portfolios(row: Membership) -> list[str]:
    """Give what an office is about, folded, in both languages."""
    names = (row.portfolio or "", portfolio_label(row.portfolio or "", "en"), *row.portfolio_aliases)
    return [fold(name).removeprefix("the ") for name in names if name]
