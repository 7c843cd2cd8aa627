"""Who is who: /person, also by office and day, and /ministers."""

from __future__ import annotations

import re
from datetime import date

from bot.messages import Message, Reader
from bot.messages.callbacks import Callback, token_of
from bot.messages.officenames import portfolio_label
from bot.messages.offices import (
    Office,
    Record,
    Term,
    cabinet,
    cabinet_served,
    holders,
    person_card,
    which_cabinet,
    which_day,
    which_day_or_cabinet,
)
from bot.messages.talk import how_to_write
from bot.quotes.folding import fold
from bot.quotes.roster import (
    CANONICAL_ROLES,
    GOVERNMENT_ROLES,
    ROLE_ORDER,
    Membership,
    Organization,
    Person,
    Roster,
)
from handlers.commands import command_named
from handlers.landmarks import cabinets_named, days_of, landmarks_of
from handlers.people import ask_who, example_name, read_whole_name
from handlers.periods import read_day
from handlers.searches import today as today_of
from handlers.services import Request, Services
from storage import quotes as stored
from storage.statements import count_by_person

_ROLES = {"prime minister": "minister-president", "state secretary": "staatssecretaris", **CANONICAL_ROLES}
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_OFFICE = re.compile(
    r"(?:de |the )?(?P<office>(?P<role>minister-president|premier|prime minister|minister|staatssecretaris"
    r"|state secretary)(?: (?:van|voor|of|for) (?P<portfolio>.+?))?)(?: (?:op|on|in) (?P<day>.*\d.*|\w+))?",
    re.IGNORECASE,
)


async def person(services: Services, reader: Reader, request: Request, arguments: str) -> Message:
    """Answer ``/person NAME``, and ``/person minister van X op DATUM``."""
    if not arguments:
        return how_to_write(reader, command_named("person"), example_name(services.roster))
    asked = _OFFICE.fullmatch(arguments)
    if asked is not None:
        today = today_of(reader)
        day = read_day(asked["day"], today, landmarks_of(services.roster)) if asked["day"] else today
        if day is None:
            on = "on" if reader.language == "en" else "op"
            return which_day(reader, f"{command_named('person').name_in(reader.language)} {asked['office']} {on}")
        offices = holding(services.roster, asked["role"], asked["portfolio"] or "", day)
        return holders(reader, asked["office"], day, offices)
    named = read_whole_name(arguments, services.roster)
    if named.person is None:
        return ask_who(reader, named, Callback("person"))
    return await show_person(services, reader, request, named.person, "")


async def show_person(services: Services, reader: Reader, request: Request, whom: Person, back: str) -> Message:
    """Show somebody.

    Args:
        services: Where statements and the roster are.
        reader: For whom.
        request: What was asked; the reviews of its chat count.
        whom: Who.
        back: The list that a button leads back to: its day (ISO 8601), or the token of a cabinet; empty for none.
    """
    async with services.database.reading() as session:
        newest = await stored.quotes(session, person_id=whom.id, limit=1, chat_id=request.chat_id)
        turns = await stored.reversals(session, person_id=whom.id, limit=1, chat_id=request.chat_id)
        since = await stored.archive_since(session)
        statements = await count_by_person(session, person_id=whom.id)
    party = services.roster.party_of(whom.id, today_of(reader))
    record = Record(statements, turns.total, newest.items[0] if newest.items else None, since)
    offices = offices_held(services.roster, whom)
    back = back if _ISO_DAY.fullmatch(back) or _cabinets(services.roster, back) else ""
    return person_card(reader, whom, party.short_name if party else None, offices, record, back)


def offices_held(roster: Roster, whom: Person) -> list[Office]:
    """Give all offices of somebody, newest first."""
    rows = sorted(roster.memberships_of(whom.id), key=lambda row: row.start or row.end or date.min, reverse=True)
    return [_office(roster, row, whom) for row in rows]


def ministers(services: Services, reader: Reader, arguments: str) -> Message:
    """Answer ``/ministers [DAY | CABINET]``: who is in office, today or on that day, or who served in a cabinet."""
    named = _cabinets(services.roster, arguments)
    if len(named) == 1:
        return _served(services.roster, reader, named[0])
    if named:
        return which_cabinet(reader, [(_title(group), token_of(group.id)) for group in named])
    today = today_of(reader)
    day = read_day(arguments, today, landmarks_of(services.roster)) if arguments else today
    if day is None:
        command = command_named("ministers").name_in(reader.language)
        cabinets = [group for group in services.roster.organizations if group.classification == "cabinet"]
        last = max(cabinets, key=lambda group: group.founded or date.min, default=None)
        return which_day_or_cabinet(reader, command, last.short_name) if last else which_day(reader, command)
    return cabinet(reader, day, in_office(services.roster, day))


def _cabinets(roster: Roster, arguments: str) -> list[Organization]:
    """Give the cabinets that are meant: by name, or by the token that a button carries."""
    if not arguments:
        return []
    groups = (group for group in roster.organizations if group.classification == "cabinet")
    return [group for group in groups if token_of(group.id) == arguments] or cabinets_named(roster, arguments)


def _served(roster: Roster, reader: Reader, group: Organization) -> Message:
    rows = [row for row in _in_cabinets(roster) if row.organization_id == group.id]
    rows.sort(key=lambda row: (ROLE_ORDER.index(row.role), fold(row.portfolio or ""), row.start or date.min))
    days = days_of(roster, group)
    return cabinet_served(reader, _offices(roster, rows), Term(days.first, days.last), token_of(group.id))


def in_office(roster: Roster, day: date) -> list[Office]:
    """Give who was in a cabinet on a day, by cabinet, role and portfolio."""
    rows = [row for row in _in_cabinets(roster) if row.covers(day)]
    rows.sort(key=lambda row: (_started(roster, row), ROLE_ORDER.index(row.role), fold(row.portfolio or "")))
    return _offices(roster, rows)


def _in_cabinets(roster: Roster) -> list[Membership]:
    """Give all offices in cabinets; a deputy prime minister is listed with the portfolio."""
    return [row for row in roster.memberships if row.role in GOVERNMENT_ROLES and row.role != "vicepremier"]


def _started(roster: Roster, row: Membership) -> tuple[date, str]:
    """Order cabinets by the first day of anybody in them: on a day of handover the leaving one comes first."""
    starts = [other.start for other in roster.memberships if other.organization_id == row.organization_id]
    return min((start for start in starts if start), default=date.min), row.organization_id


def holding(roster: Roster, role: str, portfolio: str, day: date) -> list[Office]:
    """Find who held an office; an exact name of the portfolio rules out a part of another's.

    Args:
        roster: Who held what.
        role: The role as it is typed, in either language.
        portfolio: What the office is about, or some words of it; empty for any.
        day: The day.
    """
    role = role.casefold()
    rows = list(roster.holders(_ROLES.get(role, role), day))
    if portfolio:
        wanted = fold(portfolio).removeprefix("the ").replace(",", "")
        exact = [row for row in rows if wanted in _portfolios(row)]
        rows = exact or [row for row in rows if set(wanted.split()) <= set(" ".join(_portfolios(row)).split())]
    return _offices(roster, rows)


def _portfolios(row: Membership) -> list[str]:
    names = (row.portfolio or "", portfolio_label(row.portfolio or "", "en"), *row.portfolio_aliases)
    return [fold(name).removeprefix("the ").replace(",", "") for name in names]


def _offices(roster: Roster, rows: list[Membership]) -> list[Office]:
    people = ((row, roster.person(row.person_id)) for row in rows)
    return [_office(roster, row, whom) for row, whom in people if whom is not None]


def _office(roster: Roster, row: Membership, whom: Person) -> Office:
    group = roster.organization(row.organization_id)
    party = roster.organization(row.on_behalf_of_id or "")
    return Office(
        person=whom,
        label=roster.role_text(row),
        party=party.short_name if party else "",
        portfolio=row.portfolio or "",
        is_deputy=row.role == "staatssecretaris",
        group=_title(group) if group else "",
        outgoing_since=group.outgoing_since if group else None,
        first=row.start,
        last=row.end,
        is_acting=row.acting,
    )


def _title(group: Organization) -> str:
    return group.name[:1].upper() + group.name[1:]
