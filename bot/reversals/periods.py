"""Dates in a text as intervals, resolved against the day on which it was said ("vóór 1 juli", "dit najaar")."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from bot.reversals.text import Token

_MONTHS = {
    name: number
    for number, name in enumerate(
        [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
        1,
    )
}
_SEASONS = {
    "voorjaar": (3, 1, 5, 31), "lente": (3, 1, 5, 31), "zomer": (6, 1, 8, 31), "zomerreces": (7, 1, 8, 31),
    "najaar": (9, 1, 11, 30), "herfst": (9, 1, 11, 30), "winter": (12, 1, 12, 31), "kerst": (12, 25, 12, 26),
    "kerstreces": (12, 20, 12, 31), "prinsjesdag": (9, 15, 9, 21), "jaarwisseling": (12, 31, 12, 31),
}  # fmt: skip
_YEAR_SHIFT = {"dit": 0, "huidige": 0, "volgend": 1, "komend": 1, "vorig": -1, "afgelopen": -1}
_PARTS = {
    "begin": (1, 3),
    "medio": (5, 8),
    "halverwege": (5, 8),
    "eind": (10, 12),
    "einde": (10, 12),
    "najaar": (9, 11),
}
_BEFORE = frozenset(["voor", "vóór", "uiterlijk"])
_FROM = frozenset(["vanaf", "per", "pas", "na", "sinds", "vroegst"])
_BETWEEN = frozenset(
    ["de", "het", "en", "met", "van", "in", "op", "dan", "eind", "einde", "begin", "zijn", "medio", "komende"]
)
_LOOK_BACK = 5
_UNKNOWN_DAY = date(2000, 1, 1)


class Period(NamedTuple):
    """A time that a statement speaks of.

    Attributes:
        first: Its first day as a proleptic ordinal.
        last: Its last day as a proleptic ordinal.
        relation: ``on``, ``before`` (no later than ``last``), ``from`` (no earlier than ``first``) or ``until``.
        has_year: Whether the year is known, from the words or the day of saying.
        start: Offset of its first code point.
        end: Offset after its last code point.
    """

    first: int
    last: int
    relation: str
    has_year: bool
    start: int
    end: int


def periods(words: Sequence[Token], said: date | None) -> tuple[list[Period], frozenset[int]]:
    """Find the times a text speaks of.

    Args:
        words: The tokens of the text.
        said: The day on which it was said, against which "dit najaar" is resolved; None where unknown.

    Returns:
        The periods in order, and the indices of the tokens that make them, signal words included: "niet" in
        "niet voor 1 juli" dates the statement and denies nothing.
    """
    found: list[Period] = []
    taken: set[int] = set()
    at = 0
    while at < len(words):
        read = _read(words, at, said or _UNKNOWN_DAY)
        if read is None:
            at += 1
            continue
        first, last, after, names_year = read
        relation, opening, denial = _relation(words, at)
        if relation == "before" and not _says_uiterlijk(words, opening, at):
            last = first - timedelta(days=1)
        elif relation == "after":
            first, relation = last + timedelta(days=1), "from"
        if opening == at and at and words[at - 1].lower in _PARTS:
            opening = at - 1
        has_year = names_year or said is not None
        found.append(
            Period(
                first.toordinal(),
                last.toordinal(),
                relation,
                has_year,
                words[opening if denial is None else denial].start,
                words[after - 1].end,
            )
        )
        taken.update(range(opening, after))
        if denial is not None:
            taken.add(denial)
        at = after
    return found, frozenset(taken)


def _read(words: Sequence[Token], at: int, said: date) -> tuple[date, date, int, bool] | None:
    """The first and last day, the index after the expression and whether it names its year."""
    lower = words[at].lower
    following = [token.lower for token in words[at + 1 : at + 5]]
    if re.fullmatch(r"\d{1,2}", lower) and following and following[0] in _MONTHS:
        return _day(int(lower), _MONTHS[following[0]], following[1:], at + 2, said)
    if lower in _MONTHS and not (lower == "maart" and not words[at].text[0].islower()):
        named, after = _year_after(following, at + 1)
        return (
            *_part_of_month(words, at, named or _next_year(_MONTHS[lower], said), _MONTHS[lower]),
            after,
            bool(named),
        )
    if lower in _SEASONS:
        named, after = _year_after(following, at + 1)
        first_month, first_day, last_month, last_day = _SEASONS[lower]
        year = named or _next_year(last_month, said)
        return date(year, first_month, first_day), date(year, last_month, last_day), after, bool(named)
    if re.fullmatch(r"(?:19|20)\d\d", lower) and not _counts(words, at):
        return (*_part_of_year(words, at, int(lower)), at + 1, True)
    if lower in _YEAR_SHIFT and following and following[0] == "jaar":
        year = said.year + _YEAR_SHIFT[lower]
        return (*_part_of_year(words, at, year), at + 2, False)
    if lower in ("eind", "einde") and following[:3] in (["van", "het", "jaar"], ["van", "dit", "jaar"]):
        return date(said.year, 12, 1), date(said.year, 12, 31), at + 4, False
    if lower == "morgen" and (at == 0 or words[at - 1].lower not in ("goede", "iedere", "elke")):
        return said + timedelta(days=1), said + timedelta(days=1), at + 1, False
    return None


def _day(day: int, month: int, rest: list[str], after: int, said: date) -> tuple[date, date, int, bool] | None:
    year, after = _year_after(rest, after)
    actual = year or _next_year(month, said)
    if not 1 <= day <= monthrange(actual, month)[1]:
        return None
    return date(actual, month, day), date(actual, month, day), after, bool(year)


def _year_after(following: list[str], after: int) -> tuple[int | None, int]:
    rest = following[1:] if following[:1] in (["van"], ["in"]) else following
    if rest and re.fullmatch(r"(?:19|20)\d\d", rest[0]):
        return int(rest[0]), after + (len(following) - len(rest)) + 1
    if rest[:2] == ["volgend", "jaar"]:
        return None, after
    return None, after


def _next_year(month: int, said: date) -> int:
    """The year of the nearest such month that is not over: what is announced lies ahead."""
    return said.year if month >= said.month else said.year + 1


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _part_of_month(words: Sequence[Token], at: int, year: int, month: int) -> tuple[date, date]:
    first, last = _months(year, month, month)
    before = words[at - 1].lower if at else ""
    if before == "begin":
        last = first.replace(day=10)
    elif before in ("eind", "einde"):
        first = first.replace(day=20)
    return first, last


def _part_of_year(words: Sequence[Token], at: int, year: int) -> tuple[date, date]:
    for token in words[max(0, at - 2) : at]:
        if token.lower in _PARTS:
            return _months(year, *_PARTS[token.lower])
    return date(year, 1, 1), date(year, 12, 31)


def _counts(words: Sequence[Token], at: int) -> bool:
    """Whether a number like 2000 counts things: a noun follows and no preposition of time stands before."""
    timed = at and words[at - 1].lower in (
        "in",
        "vanaf",
        "tot",
        "sinds",
        "eind",
        "begin",
        "medio",
        "van",
        "jaar",
        "na",
        "voor",
        "vóór",
        "per",
        "uiterlijk",
        "halverwege",
        "over",
        "najaar",
        "voorjaar",
    )
    follows = at + 1 < len(words) and words[at + 1].is_word and words[at + 1].lower.endswith(("en", "s", "euro"))
    return follows and not timed


def _relation(words: Sequence[Token], at: int) -> tuple[str, int, int | None]:
    """How the statement stands to the period, the index of the first signal word, and that of a "niet" before it."""
    for index in range(at - 1, max(0, at - _LOOK_BACK) - 1, -1):
        lower = words[index].lower
        if words[index].is_mark:
            break
        denial = _denial(words, index)
        if lower in _BEFORE:
            return ("before", index, None) if denial is None else ("from", index, denial)
        if lower == "later" and denial is not None:
            return "before", index, denial
        if lower == "tot":
            return "until", index, None
        if lower == "na":
            return "after", index - 1 if index and words[index - 1].lower == "pas" else index, None
        if lower in _FROM:
            return "from", index, None
        if lower not in _BETWEEN:
            break
    return "on", at, None


def _denial(words: Sequence[Token], index: int) -> int | None:
    """The index of a "niet" that belongs to the preposition, a verb's particle between them or not."""
    if index and words[index - 1].lower == "niet":
        return index - 1
    if index > 1 and words[index - 2].lower == "niet" and words[index - 1].lower in ("in", "af", "door", "open", "uit"):
        return index - 2
    return None


def _says_uiterlijk(words: Sequence[Token], opening: int, at: int) -> bool:
    return any(token.lower in ("uiterlijk", "later") for token in words[opening:at])
