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
            cabinets |= dict.fromkeys(_names(group), days_of(roster, group))
    elections = {day for group in roster.organizations for day in group.elections}
    return Landmarks(cabinets, tuple(sorted(elections)))


def cabinets_named(roster: Roster, text: str) -> list[Organization]:
    """Give the cabinets that a text names and says nothing else, newest first: all of "Rutte", one of "Rutte III"."""
    wanted = landmark_name(text).removeprefix("het ").removeprefix("the ")
    groups = [group for group in roster.organizations if group.classification == "cabinet"]
    groups.sort(key=lambda group: group.founded or date.min, reverse=True)
    exact = [group for group in groups if wanted in _names(group)]
    return exact or [group for group in groups if _bare(wanted) in {_unnumbered(name) for name in _bare_names(group)}]


def days_of(roster: Roster, group: Organization) -> Period:
    """Give a cabinet's first and last day; where it has none of its own, those of its members."""
    rows = [row for row in roster.memberships if row.organization_id == group.id]
    first = group.founded or min((row.start for row in rows if row.start), default=None)
    if group.dissolved is not None:
        return Period(first, group.dissolved)
    ends: list[date] = [row.end for row in rows if row.end]
    return Period(first, max(ends) if ends and len(ends) == len(rows) else None)


def _names(group: Organization) -> set[str]:
    """Give the names of a cabinet as they are looked up.

    A name that is a person's alone ("Schoof") is none: it stands beside "kabinet", or with a number.
    """
    bare = _bare_names(group)
    named = {f"{kind} {name}" for name in bare for kind in _KINDS} | {f"{name} cabinet" for name in bare}
    return named | {name for name in bare if name[-1:].isdigit()}


def _bare_names(group: Organization) -> set[str]:
    return {_bare(landmark_name(form)) for form in group.forms}


def _bare(name: str) -> str:
    return name.partition(" ")[2] if name.startswith(_KINDS) else name


def _unnumbered(name: str) -> str:
    return name.rstrip(" 0123456789")
