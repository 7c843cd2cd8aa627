"""Promises in what somebody in office says, each with the day by which it is to be kept. Pure."""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.ingest.parliament.values import Turn

_DATA = tomllib.loads((Path(__file__).parent / "data" / "promises.toml").read_text(encoding="utf-8"))
_IN_OFFICE = ("minister", "state_secretary")
_FEW_WORDS = r"(?:[\s,]+[^\s,.!?]+){0,8}?[\s,]+"
_SENTENCE = re.compile(r"[^\s].*?(?:[.!?…]+[”\"’)]*(?=\s+[^\s\da-z])|$)", re.MULTILINE)


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(pattern.replace("~", _FEW_WORDS) for pattern in patterns), re.IGNORECASE)


def _one_of(words: dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_CUE = _any_of(_DATA["cues"])
_UNDOING = _any_of(_DATA["undoing"])
_MONTHS, _PARTS, _NUMBERS = _DATA["months"], _DATA["parts"], _DATA["numbers"]
_QUARTERS, _UNITS = _DATA["quarters"], _DATA["units"]
_YEAR = r"(?:\s+(?:van\s+)?(?P<year>20\d\d))?\b"
_LEAD = rf"\b{_DATA['before_a_date']}\s+"


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise in a turn.

    Attributes:
        start: Where its sentence begins in the turn's text, in code points.
        end: Where it ends, exclusive.
        sentence: The sentence.
        due: The last day that its words can mean; None where it names none that we can read.
        due_words: The words that say so; empty without them.
    """

    start: int
    end: int
    sentence: str
    due: date | None
    due_words: str


def find_promises(turn: Turn, *, said_on: date) -> tuple[Promise, ...]:
    """Find what somebody promises.

    Only ministers and state secretaries can promise the Chamber something, so others' turns give none. A question, a
    denial and a condition are no promises.

    Args:
        turn: What was said; where a transcript gives no role, the one that the roster knows must be put in first.
        said_on: The day it was said, from which a date without a year counts: the first such day on or after it.

    Returns:
        The promises in the order of the text, one for each sentence.
    """
    if turn.role not in _IN_OFFICE:
        return ()
    promises = []
    for found in _SENTENCE.finditer(turn.text):
        sentence = found[0]
        if _CUE.search(sentence) and not _UNDOING.search(sentence) and not sentence.rstrip('”"’)').endswith("?"):
            due, words = due_of(sentence, said_on=said_on)
            promises.append(Promise(found.start(), found.end(), sentence, due, words))
    return tuple(promises)


def due_of(sentence: str, *, said_on: date) -> tuple[date | None, str]:
    """Give the day by which a sentence says that something will be done.

    Args:
        sentence: The sentence of a promise.
        said_on: The day it was said.

    Returns:
        The last day that its first dating can mean, and the words of it; None and empty without one. "Voor 1 maart"
        is 1 March, "eind maart" the last of March, "binnen twee weken" a fortnight on.
    """
    readings = [
        (found.start(), found[0], day)
        for pattern, read in _READERS
        for found in pattern.finditer(sentence)
        if (day := read(found, said_on)) is not None
    ]
    if not readings:
        return None, ""
    _, words, day = min(readings, key=lambda reading: reading[0])
    return day, words


def _day_of_month(found: re.Match[str], said_on: date) -> date | None:
    return _next(said_on, found["year"], _MONTHS[found["month"].lower()], int(found["day"]))


def _month(found: re.Match[str], said_on: date) -> date | None:
    part = (found["part"] or "").lower()
    return _next(said_on, found["year"], _MONTHS[found["month"].lower()], _PARTS.get(part, 31))


def _quarter(found: re.Match[str], said_on: date) -> date | None:
    return _next(said_on, found["year"], 3 * _QUARTERS[found["quarter"].lower()], 31)


def _end_of_year(found: re.Match[str], said_on: date) -> date:
    return date(said_on.year, 12, 31)


def _within(found: re.Match[str], said_on: date) -> date:
    number = found["number"].lower()
    count = int(number) if number.isdecimal() else int(_NUMBERS[number])
    return said_on + timedelta(days=count * int(_UNITS[found["unit"].lower()]))


def _tomorrow(found: re.Match[str], said_on: date) -> date:
    return said_on + timedelta(days=1)


def _end_of_week(found: re.Match[str], said_on: date) -> date:
    weeks = 1 if found["which"].lower() == "volgende" else 0
    return said_on + timedelta(days=6 - said_on.weekday() + 7 * weeks)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), read)
    for pattern, read in (
        (rf"{_LEAD}(?P<day>[0-3]?\d)\s+(?P<month>{_one_of(_MONTHS)}){_YEAR}", _day_of_month),
        (
            rf"\b(?:(?P<part>{_one_of(_PARTS)})|in|eind|einde|(?:voor|vóór)\s+(?:eind|het\s+einde?\s+van))\s+"
            rf"(?:van\s+)?(?P<month>{_one_of(_MONTHS)}){_YEAR}",
            _month,
        ),
        (rf"\b(?:het|dit)\s+(?P<quarter>{_one_of(_QUARTERS)})\s+kwartaal{_YEAR}", _quarter),
        (
            r"\b(?:eind\s+(?:van\s+)?dit|(?:het\s+)?einde?\s+van\s+(?:dit|het)|later\s+dit|nog\s+dit)\s+jaar\b",
            _end_of_year,
        ),
        (rf"\bbinnen\s+(?P<number>\d{{1,3}}|{_one_of(_NUMBERS)})\s+(?P<unit>{_one_of(_UNITS)})\b", _within),
        (r"\bmorgen\b", _tomorrow),
        (r"\b(?P<which>deze|volgende)\s+week\b", _end_of_week),
    )
)


def _next(said_on: date, year: str | None, month: int, day: int) -> date | None:
    """The named day; without a year the first on or after the day of speaking. Past its month's end is its last day."""
    years = (int(year),) if year else (said_on.year, said_on.year + 1)
    days = [date(each, month, min(day, calendar.monthrange(each, month)[1])) for each in years if day > 0]
    return next((found for found in days if year or found >= said_on), None)
