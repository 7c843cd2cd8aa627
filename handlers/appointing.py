"""What a typed change of the cabinet means: who gets which office from when, and whose ends. Pure.

"NAAM (PARTIJ), minister van Financiën, vanaf 5 december" appoints; "NAAM, weg, vanaf 5 december" ends. Who is
appointed leaves other offices in the cabinet, unless "ook" or "waarnemend" stands before the new one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.messages.officenames import portfolio_label
from bot.quotes.folding import fold
from bot.quotes.roster import CANONICAL_ROLES, Membership, Person, Roster
from handlers.people import read_whole_name
from handlers.periods import read_day

_DAY = re.compile(r",?\s*\b(?:vanaf|per|met ingang van|sinds|from|as of|since|on)\s+(?P<day>[^,]+)$", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?P<also>(?:ook|tevens|also)\s+)?(?P<acting>(?:waarnemend|interim|acting)\s+)?"
    r"(?P<role>minister-president|premier|prime minister|minister|staatssecretaris|state secretary)"
    r"(?:\s+(?:van|voor|of|for)\s+(?P<portfolio>.+?))?(?P<interim>,?\s+(?:a\.i\.|ad interim))?",
    re.IGNORECASE,
)
_LEAVING = re.compile(r"weg|af|vertrekt|vertrokken|treedt af|afgetreden|leaves|left|resigns|out|gone", re.IGNORECASE)
_PARTY = re.compile(r"(?P<name>.+?)\s*\((?P<party>[^()]+)\)")
_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?:\s+[\w'’.-]+)+")
_ROLES = {"prime minister": "minister-president", "state secretary": "staatssecretaris", **CANONICAL_ROLES}
_IN_CABINET = ("minister-president", "minister", "staatssecretaris")
_PREFIXES = {"staatssecretaris": "Staatssecretaris van", "minister": "Minister van"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed, taken apart.

    Attributes:
        name: The name.
        party: The party behind it; empty where none was typed.
        role: The office; None for somebody who leaves.
        portfolio: What it is about, as typed; empty for none.
        is_also: Whether other offices are kept.
        is_acting: Whether it is held in place of somebody else.
        day: From when on; None where a day was typed that cannot be read.
    """

    name: str
    party: str
    role: str | None
    portfolio: str
    is_also: bool
    is_acting: bool
    day: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change of the roster comes to.

    Attributes:
        person_id: Who is appointed, or leaves.
        name: Their name.
        day: The first day on which it is so.
        added: The entries that come with it, as Popolo: ``persons`` and ``memberships``.
        ended: The memberships that end on the day before, as Popolo, with their new last day.
        before: The same as they are.
        label: What a reader calls the new office; empty for somebody who leaves.
    """

    person_id: str
    name: str
    day: date
    added: dict[str, list[dict[str, Any]]]
    ended: list[dict[str, Any]]
    before: list[dict[str, Any]]
    label: str


def read_wish(typed: str, today: date) -> Wish | None:
    """Take a typed change apart; None where it is no such thing.

    Args:
        typed: What was typed after the command.
        today: The day on which it was typed, from which it holds where no day is named.
    """
    dated = _DAY.search(typed)
    rest = typed[: dated.start()] if dated else typed
    named, _, office = (part.strip() for part in rest.partition(","))
    with_party = _PARTY.fullmatch(named)
    name, party = (with_party["name"], with_party["party"]) if with_party else (named, "")
    day = nearest_day(dated["day"], today) if dated else today
    if not name or not office:
        return None
    if _LEAVING.fullmatch(office):
        return Wish(name, party, None, "", is_also=False, is_acting=False, day=day)
    match = _OFFICE.fullmatch(office)
    if match is None:
        return None
    role = match["role"].casefold()
    is_acting = bool(match["acting"] or match["interim"])
    portfolio = match["portfolio"] or ""
    return Wish(name, party, _ROLES.get(role, role), portfolio, bool(match["also"]), is_acting, day)


def nearest_day(text: str, today: date) -> date | None:
    """Read a day, past or to come; without a year the one that is nearest."""
    if re.search(r"\d{4}", text):
        return read_day(text, today)
    years = (today.year - 1, today.year, today.year + 1)
    days = [day for year in years if (day := read_day(f"{text} {year}", date(year, 12, 31))) is not None]
    if not days:
        return read_day(text, today)
    return min(days, key=lambda day: abs((day - today).days))


def candidates(wish: Wish, roster: Roster) -> tuple[Person | None, Sequence[Person]]:
    """Give who is certainly meant, None where that is open, and who else may be."""
    named = read_whole_name(wish.name, roster)
    return named.person, named.candidates


def is_full_name(name: str) -> bool:
    """Tell whether somebody new could be called so: by a given name and a surname."""
    return _NAME.fullmatch(name) is not None


def plan(wish: Wish, person: Person | None, roster: Roster) -> Plan | None:
    """Work out what a change comes to.

    Args:
        wish: The change, with its day.
        person: Who is meant; None for somebody new, of that name.
        roster: As it is.

    Returns:
        The plan; None where nothing would change, or somebody leaves who holds no office.

    Raises:
        ValueError: The wish has no day.
    """
    if wish.day is None:
        raise ValueError(wish.name)
    person_id = person.id if person else _new_id(wish.name, roster)
    own = [
        row
        for row in roster.memberships_of(person_id, wish.day)
        if row.role in (*_IN_CABINET, "vicepremier") and _began_before(row, wish.day)
    ]
    if wish.role is None:
        return _plan(wish, person_id, person, [], [], own, "") if own else None
    model = _model(wish, roster)
    if any(_is_same(row, model) and row.person_id == person_id for row in roster.memberships_of(person_id, wish.day)):
        return None
    if wish.is_also or wish.is_acting:
        own = []
    own = [row for row in own if row.role in _IN_CABINET]
    replaced = [
        row
        for row in roster.memberships
        if row.person_id != person_id and row.covers(wish.day) and _began_before(row, wish.day) and _is_same(row, model)
    ]
    persons = [] if person else [_new_person(person_id, wish.name)]
    membership = _membership(wish, person_id, model, roster)
    return _plan(wish, person_id, person, persons, [membership], [*replaced, *own], membership["label"])


def _plan(
    wish: Wish,
    person_id: str,
    person: Person | None,
    persons: list[dict[str, Any]],
    memberships: list[dict[str, Any]],
    ending: Sequence[Membership],
    label: str,
) -> Plan:
    day = wish.day or date.min
    last = (day - timedelta(days=1)).isoformat()
    return Plan(
        person_id=person_id,
        name=person.name if person else wish.name,
        day=day,
        added={"persons": persons, "memberships": memberships},
        ended=[{"id": row.id, "person_id": row.person_id, "label": row.label, "end_date": last} for row in ending],
        before=[
            {"id": row.id, "person_id": row.person_id, "end_date": row.end.isoformat() if row.end else None}
            for row in ending
        ],
        label=label,
    )


def _model(wish: Wish, roster: Roster) -> Membership:
    """Give the latest membership of the office that is meant, or else one made of what was typed.

    Names of portfolios are typed in part ("Financien", "Asiel"): the whole of one's words must stand in it.
    """
    role = wish.role or ""
    latest = sorted((row for row in roster.memberships if row.role == role), key=lambda row: row.start or date.min)
    wanted = fold(wish.portfolio).replace(",", "")
    exact = [row for row in latest if wanted in _names_of(row) or role == "minister-president"]
    running = [row for row in latest if wish.day and row.covers(wish.day)]
    partly = [row for row in running if set(wanted.split()) <= set(" ".join(_names_of(row)).split())]
    found = exact or (partly if len({row.portfolio for row in partly}) == 1 and wanted else [])
    if found:
        return found[-1]
    label = f"{_PREFIXES[role]} {wish.portfolio}" if role in _PREFIXES and wish.portfolio else role.capitalize()
    return Membership("", "", "", role, label, wish.portfolio or None, None, None, None)


def _membership(wish: Wish, person_id: str, model: Membership, roster: Roster) -> dict[str, Any]:
    day = wish.day or date.min
    cabinet = _cabinet(day, roster)
    party = _party(wish, person_id, roster)
    made = {
        "id": f"{person_id}--{cabinet}--{_slug(model.label)}--{day.isoformat()}",
        "person_id": person_id,
        "organization_id": cabinet,
        "role": model.role,
        "label": model.label.removesuffix(" a.i."),
        "portfolio": model.portfolio,
        "portfolio_aliases": list(model.portfolio_aliases),
        "on_behalf_of_id": party,
        "start_date": day.isoformat(),
        "end_date": None,
        "acting": wish.is_acting,
    }
    return {key: value for key, value in made.items() if value not in ([], None) or key == "end_date"}


def _cabinet(day: date, roster: Roster) -> str:
    """Give the cabinet of a day: the one whose members began last."""
    rows = [row for row in roster.memberships if row.role in _IN_CABINET and row.covers(day)]
    rows = rows or [row for row in roster.memberships if row.role in _IN_CABINET]
    firsts: dict[str, date] = {}
    for row in rows:
        firsts[row.organization_id] = min(firsts.get(row.organization_id, date.max), row.start or date.min)
    return max(firsts, key=lambda group: firsts[group], default="")


def _party(wish: Wish, person_id: str, roster: Roster) -> str | None:
    wanted = fold(wish.party)
    for party in roster.parties if wanted else ():
        if wanted in {fold(form) for form in party.forms}:
            return party.id
    known = roster.party_of(person_id, wish.day or date.min)
    return known.id if known else None


def _is_same(row: Membership, model: Membership) -> bool:
    """Whether two memberships are of one office."""
    if row.role != model.role:
        return False
    return row.role == "minister-president" or bool(set(_portfolios(row)) & set(_portfolios(model)))


def _names_of(row: Membership) -> list[str]:
    """Give what an office is about as it may be typed, in Dutch or in English."""
    return [*_portfolios(row), fold(portfolio_label(row.portfolio or "", "en")).replace(",", "")]


def _portfolios(row: Membership) -> list[str]:
    return [fold(name).replace(",", "") for name in (row.portfolio or "", *row.portfolio_aliases) if name]


def _began_before(row: Membership, day: date) -> bool:
    return row.start is None or row.start < day


def _new_id(name: str, roster: Roster) -> str:
    slug = _slug(name)
    number = 2
    made = slug
    while roster.person(made) is not None:
        made, number = f"{slug}-{number}", number + 1
    return made


def _new_person(person_id: str, name: str) -> dict[str, Any]:
    given, _, family = name.partition(" ")
    family = family[:1].lower() + family[1:] if family.split()[0].casefold() in _PARTICLES else family
    alone = family[:1].upper() + family[1:]
    return {
        "id": person_id,
        "name": name,
        "given_name": given,
        "family_name": family,
        "other_names": [{"name": alone}],
    }


_PARTICLES = frozenset({"van", "de", "den", "der", "ter", "ten", "te", "el", "al", "von", "in", "op", "'t", "het"})


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))
