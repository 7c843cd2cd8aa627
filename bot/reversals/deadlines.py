"""The day by which something is said to be done ("voor 1 maart", "binnen twee weken", "nog dit jaar"). Pure.

Where ``periods`` reads the time that a statement speaks of for a comparison, this reads until when its speaker may
still keep it, so each reading errs on the speaker's side.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.reversals.data_files import read_toml

_DATA = read_toml("pledges.toml")["deadline"]
_MONTHS, _PARTS, _NUMBERS = _DATA["months"], _DATA["parts"], _DATA["numbers"]
_SEASONS, _QUARTERS, _UNITS = _DATA["seasons"], _DATA["quarters"], _DATA["units"]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something is to be done.

    Attributes:
        day: The last day that the words can mean: "voor 1 maart" is 1 March, "eind maart" the last of March.
        is_limit: Whether they set a limit ("voor", "uiterlijk", "binnen", "nog dit jaar"), not just a time.
    """

    day: date
    is_limit: bool


def deadline_in(sentence: str, *, said: date) -> Deadline | None:
    """Read the first dating of a sentence.

    Args:
        sentence: The sentence.
        said: The day it was said; a date without a year is the first such day on or after it.

    Returns:
        The deadline; None where there is none that we can read, or it is past.
    """
    found = [
        (match.start(), Deadline(day, is_limit or bool(match.groupdict().get("limit"))))
        for pattern, read, is_limit in _READERS
        for match in pattern.finditer(sentence)
        if (day := read(match, said)) is not None and day >= said
    ]
    return min(found, key=lambda one: one[0])[1] if found else None


def _day_of_month(found: re.Match[str], said: date) -> date | None:
    return _next(said, found["year"], _MONTHS[found["month"].lower()], int(found["day"]))


def _month(found: re.Match[str], said: date) -> date | None:
    return _next(said, found["year"], _MONTHS[found["month"].lower()], _PARTS.get((found["part"] or "").lower(), 31))


def _before_month(found: re.Match[str], said: date) -> date | None:
    return _next(said, found["year"], _MONTHS[found["month"].lower()], 1)


def _season(found: re.Match[str], said: date) -> date | None:
    bounds = _SEASONS[found["season"].lower()]
    month, day = (int(part) for part in bounds["before" if found["limit"] else "last"].split("-"))
    year = found["year"]
    if year is None and found["which"] and found["which"].lower() in ("volgend", "volgende"):
        year = str(said.year + 1)
    return _next(said, year, month, day)


def _quarter(found: re.Match[str], said: date) -> date | None:
    return _next(said, found["year"], 3 * _QUARTERS[found["quarter"].lower()], 31)


def _year(found: re.Match[str], said: date) -> date:
    is_before = (found["limit"] or "").lower().endswith("voor")
    return date(int(found["year"]) - is_before, 12, 31)


def _end_of_year(found: re.Match[str], said: date) -> date:
    return date(said.year, 12, 31)


def _within(found: re.Match[str], said: date) -> date:
    number = found["number"].lower()
    count = int(number) if number.isdecimal() else int(_NUMBERS[number])
    return said + timedelta(days=count * int(_UNITS[found["unit"].lower()]))


def _tomorrow(found: re.Match[str], said: date) -> date:
    return said + timedelta(days=1)


def _end_of_week(found: re.Match[str], said: date) -> date:
    weeks = 1 if found["which"].lower() == "volgende" else 0
    return said + timedelta(days=6 - said.weekday() + 7 * weeks)


def _end_of_month(found: re.Match[str], said: date) -> date:
    month = said.month + (found["which"].lower() == "volgende")
    return _next(said.replace(day=1), None, (month - 1) % 12 + 1, 31) or said


def _next(said: date, year: str | None, month: int, day: int) -> date | None:
    """The named day; without a year the first on or after the day of speaking. Past its month's end is its last day."""
    years = (int(year),) if year else (said.year, said.year + 1)
    days = [date(each, month, min(day, calendar.monthrange(each, month)[1])) for each in years if day > 0]
    return next((found for found in days if year or found >= said), None)


def _one_of(words: dict[str, object]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_LIMIT = rf"(?P<limit>{_DATA['limit']})"
_TIME = rf"(?:{_LIMIT}|{_DATA['lead']})"
_YEAR = r"(?:\s+(?:van\s+)?(?P<year>20\d\d))?\b"

_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None], bool], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read, is_limit)
    for pattern, read, is_limit in (
        (rf"\b{_TIME}\s+(?P<day>[0-3]?\d)\s+(?P<month>{_one_of(_MONTHS)}){_YEAR}", _day_of_month, False),
        (
            rf"\b(?:{_LIMIT}\s+(?:het\s+)?)?(?:(?P<part>{_one_of(_PARTS)})|in|einde?)\s+(?:van\s+)?"
            rf"(?P<month>{_one_of(_MONTHS)}){_YEAR}",
            _month,
            False,
        ),
        (rf"\b(?P<limit>(?:nog\s+)?voor)\s+(?P<month>{_one_of(_MONTHS)}){_YEAR}", _before_month, True),
        (
            rf"\b(?:{_LIMIT}\s+|(?:nog\s+)?(?:in|met)\s+)?(?P<which>de|het|dit|deze|komende?|volgende?|)\s*"
            rf"\b(?P<season>{_one_of(_SEASONS)}){_YEAR}",
            _season,
            False,
        ),
        (
            rf"\b(?:{_LIMIT}\s+|in\s+)?(?:het|dit)\s+(?P<quarter>{_one_of(_QUARTERS)})\s+kwartaal{_YEAR}",
            _quarter,
            False,
        ),
        (rf"\b(?:{_LIMIT}|in)\s+(?P<year>20\d\d)\b", _year, False),
        (r"\b(?P<limit>nog\s+dit|later\s+dit)\s+jaar\b|\bdit\s+jaar\s+nog\b", _end_of_year, True),
        (
            rf"\b(?:{_LIMIT}\s+)?(?:eind\s+(?:van\s+)?dit|(?:het\s+)?einde?\s+van\s+(?:dit|het))\s+jaar\b",
            _end_of_year,
            False,
        ),
        (rf"\bbinnen\s+(?P<number>\d{{1,3}}|{_one_of(_NUMBERS)})\s+(?P<unit>{_one_of(_UNITS)})\b", _within, True),
        (r"\bmorgen\b", _tomorrow, False),
        (r"\b(?P<limit>nog\s+)?(?P<which>deze|volgende)\s+week\b", _end_of_week, False),
        (r"\b(?P<limit>nog\s+)?(?P<which>deze|volgende)\s+maand\b", _end_of_month, False),
    )
)
