"""The cabinets and elections of the roster, as days that a question may be limited to."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from bot.quotes.roster import Organization, Roster
from handlers.periods import Landmarks, Period, landmark_name

_KINDS = ("kabinet", "cabinet")
"""What a cabinet is called before its name, in both languages."""


@lru_cache(maxsize=4)
def landmarks_of(roster: Roster) -> Landmarks:
    """Give what people date things by, for one roster."""
    cabinets: dict[str, Period] = {}
    for group in roster.organizations:
        if group.classification == "cabinet":
            cabinets |= dict.fromkeys(_names(group), _days(roster, group))
    elections = {day for group in roster.organizations for day in group.elections}
    return Landmarks(cabinets, tuple(sorted(elections)))


def _names(group: Organization) -> set[str]:
    """Give the names of a cabinet as they are looked up.

    A name that is a person's alone ("Schoof") is none: it stands beside "kabinet", or with a number.
    """
    names = [landmark_name(form) for form in group.forms]
    bare = {name.partition(" ")[2] if name.startswith(_KINDS) else name for name in names}
    named = {f"{kind} {name}" for name in bare for kind in _KINDS} | {f"{name} cabinet" for name in bare}
    return named | {name for name in bare if name[-1:].isdigit()}


def _days(roster: Roster, group: Organization) -> Period:
    """Give a cabinet's first and last day; where it has none of its own, those of its members."""
    rows = [row for row in roster.memberships if row.organization_id == group.id]
    first = group.founded or min((row.start for row in rows if row.start), default=None)
    if group.dissolved is not None:
        return Period(first, group.dissolved)
    ends: list[date] = [row.end for row in rows if row.end]
    return Period(first, max(ends) if ends and len(ends) == len(rows) else None)
