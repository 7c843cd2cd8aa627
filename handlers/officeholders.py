"""An office in the place of a name: "/citaten de minister van Financiën" is about whoever holds it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from bot.messages import Reader
from bot.quotes.folding import fold
from bot.quotes.roster import Roster
from handlers.cabinet import holding
from handlers.commands import Line
from handlers.searches import read_limits, today

_ABOUT_SOMEBODY = frozenset({"quotes", "reversals", "timeline", "export"})
"""Commands that begin with a name; the others that do read an office by themselves."""

_ALONE = frozenset({"minister-president", "premier", "prime minister"})
"""Offices that need no portfolio."""

_OFFICE = re.compile(
    r"(?:de |the )?(?P<role>minister-president|premier|prime minister|minister|staatssecretaris|state secretary)"
    r"(?: (?:van|voor|of|for) (?:the )?(?P<about>.+)| (?P<rest>.+))?",
    re.IGNORECASE,
)


def with_holder(roster: Roster, reader: Reader, line: Line) -> Line:
    """Give a command that begins with an office the name of whoever holds it.

    Args:
        roster: Who holds what.
        reader: Who asks.
        line: The command. Where it ends with a period, who held the office on its last day is meant.

    Returns:
        The command with that name in the place of the office; as it is where nobody held it, or several did.
    """
    if line.command is None or line.command.name not in _ABOUT_SOMEBODY:
        return line
    match = _OFFICE.fullmatch(line.arguments)
    if match is None:
        return line
    role, now = fold(match["role"]), today(reader)
    days = read_limits(line.arguments, now, roster).search.days
    day = min(days[1] or now, now) if days else now
    if role in _ALONE:
        return line if match["about"] else _about(roster, line, role, "", match["rest"] or "", day)
    words = (match["about"] or match["rest"] or "").split()
    # The longest beginning that names one office: what comes after it are words to look for, or a period.
    for length in range(len(words), 0, -1):
        found = _about(roster, line, role, " ".join(words[:length]), " ".join(words[length:]), day)
        if found is not line:
            return found
    return line


def _about(roster: Roster, line: Line, role: str, portfolio: str, beside: str, day: date) -> Line:
    names = {office.person.name for office in holding(roster, role, portfolio, day)}
    if len(names) != 1:
        return line
    return replace(line, arguments=" ".join(part for part in (names.pop(), beside) if part))
