"""Periods as people write them in Dutch and English: "deze week", "juli 2023", "between 1 and 7 July", "in Rutte IV".

Pure: text, a day, and the cabinets and elections that are known in; days out.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache

from babel.dates import get_month_names

from bot.quotes.folding import fold


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both inclusive; None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Landmarks:
    """What people date things by beside the calendar.

    Attributes:
        cabinets: The days of each cabinet, under its names as ``landmark_name`` writes them.
        elections: Days of general elections, oldest first.
    """

    cabinets: Mapping[str, Period] = field(default_factory=dict)
    elections: tuple[date, ...] = ()


def landmark_name(name: str) -> str:
    """Write the name of a cabinet as it is looked up: folded, without hyphens, a Roman number in digits."""
    words = fold(name).replace("-", " ").split()
    return " ".join(_ROMAN.get(word, word) for word in words)


def read_period(text: str, today: date, landmarks: Landmarks | None = None) -> Period | None:
    """Read a text that is a period and nothing else; None where it is none.

    A day or month without a year is the latest one that is not in the future, and so are elections.

    Args:
        text: What was typed.
        today: The day on which it was typed, where the person is.
        landmarks: The cabinets and elections that a text may name.
    """
    return _read(fold(text), _Known(today, landmarks or Landmarks()))


def read_day(text: str, today: date, landmarks: Landmarks | None = None) -> date | None:
    """Read the day that a text means; of a longer period its last day, today where that is still to come.

    Args:
        text: What was typed.
        today: The day on which it was typed, where the person is.
        landmarks: The cabinets and elections that a text may name.
    """
    period = read_period(text, today, landmarks)
    if period is None or period.first is None or period.last is None:
        return None
    return max(period.first, min(period.last, today))


def period_at_end(text: str, today: date, landmarks: Landmarks | None = None) -> tuple[str, Period | None]:
    """Take a period from the end of a text: "stikstof juli 2023" gives "stikstof" and the month.

    A year or day still to come is no period of what was said, but words to search ("de doelen van 2030").

    Args:
        text: What was typed.
        today: The day on which it was typed, where the person is.
        landmarks: The cabinets and elections that a text may name.

    Returns:
        The text before the period, and the longest period; all of the text and None where it ends with none.
    """
    words = text.split()
    for start in range(len(words)):
        period = read_period(" ".join(words[start:]), today, landmarks)
        if period is not None and _is_past(period, today):
            return " ".join(words[:start]), period
    return text, None


def _is_past(period: Period, today: date) -> bool:
    if period.first is None:
        return period.last is not None and period.last < today
    return period.first <= today


_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
_TODAY = {"vandaag": 0, "today": 0, "nu": 0, "now": 0, "gisteren": 1, "yesterday": 1, "eergisteren": 2}
_UNITS = {
    **dict.fromkeys(("dag", "dagen", "day", "days"), "day"),
    **dict.fromkeys(("week", "weken", "weeks"), "week"),
    **dict.fromkeys(("maand", "maanden", "month", "months"), "month"),
    **dict.fromkeys(("jaar", "jaren", "year", "years"), "year"),
}
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:e|de|ste|st|nd|rd|th)?(?: of)? ([a-z]+)\.?(?:,? (\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")
_MONTH = re.compile(r"([a-z]+)\.?(?: (\d{4}))?")
_ORDINALS = {
    **{"eerste": 1, "tweede": 2, "derde": 3, "vierde": 4},
    **{"first": 1, "second": 2, "third": 3, "fourth": 4},
}
_QUARTER = re.compile(
    r"(?:q(?P<q>[1-4])|(?:het |the )?(?:(?P<number>[1-4])(?:e|de|ste|st|nd|rd|th)|(?P<ordinal>"
    + "|".join(_ORDINALS)
    + r")) (?:kwartaal|quarter))(?: (?:van|of))? (?P<year>(?:19|20)\d{2})"
)
_YEAR = re.compile(r"(?:19|20)\d{2}")
_ELECTIONS = re.compile(
    r"(?:de |the )?(?:(?:general |(?:tweede )?kamer)?(?:verkiezing(?:en)?|elections?)"
    r"(?: (?:van|of|in) (?P<year>\d{4}))?|(?P<before>\d{4}) (?:general )?elections?)"
)
_ARTICLE = re.compile(r"^(?:het|the) ")


@dataclass(frozen=True, slots=True)
class _Known:
    """What a text is read with: the day, and the landmarks."""

    today: date
    landmarks: Landmarks


Resolve = Callable[["re.Match[str]", _Known], Period | None]


def _read(folded: str, known: _Known) -> Period | None:
    for pattern, resolve in _ranges():
        match = pattern.fullmatch(folded)
        if match is not None:
            try:
                period = resolve(match, known)
            except OverflowError:  # the day before the first that a calendar has, or after its last
                return None
            if period is not None:
                return period
    return _unit(folded, known)


@cache
def _ranges() -> tuple[tuple[re.Pattern[str], Resolve], ...]:
    """Compile the forms that are made of other periods, or stand beside a day."""
    units = "|".join(_UNITS)
    sources: list[tuple[str, Resolve]] = [
        (r"(?:tussen|between) (?P<from>.+?) (?:en|and) (?P<to>.+)", _from_to),
        (r"(?:van|vanaf|from) (?P<from>.+?) (?:tot en met|t/m|tot|to|until|through) (?P<to>.+)", _from_to),
        (r"(?P<from>.+?) ?(?:tot en met|t/m| to |until|through|–| - ) ?(?P<to>.+)", _from_to),
        (r"(?:sinds|vanaf|since|from) (?P<when>.+)", lambda match, known: _since(match["when"], known)),
        (r"(?:na|after) (?P<when>.+)", lambda match, known: _after(match["when"], known)),
        (r"(?:voor|before) (?P<when>.+)", lambda match, known: _before(match["when"], known)),
        (r"(?:tot en met|t/m) (?P<when>.+)", lambda match, known: _until(match["when"], known)),
        (r"(?:tot|until) (?P<when>.+)", lambda match, known: _before(match["when"], known)),
        (r"(?:in|op|on|during|tijdens|onder|under) (?P<when>.+)", lambda match, known: _read(match["when"], known)),
        (rf"(?:deze|dit|this) (?P<unit>{units})", lambda match, known: _whole(_UNITS[match["unit"]], known.today)),
        (rf"(?:vorige?|last) (?P<unit>{units})", _previous),
        (rf"(?:(?:de )?(?:afgelopen|laatste)|(?:the )?(?:past|last)) (?P<count>\d{{1,3}}) (?P<unit>{units})", _past),
        (rf"(?P<count>\d{{1,3}}) (?P<unit>{units}) (?:geleden|ago)", _ago),
    ]
    return tuple((re.compile(source), resolve) for source, resolve in sources)


def _from_to(match: re.Match[str], known: _Known) -> Period | None:
    """Read both ends; an end that lacks its month or year has those of the other."""
    end = _unit(match["to"].strip(), known)
    if end is not None and end.last is None:
        # A cabinet that is still there: until it came.
        end = Period(end.first, end.first)
    if end is None or end.last is None:
        return None
    written = match["from"].strip()
    if re.fullmatch(r"\d{1,2}", written):
        # "1 en 7 juli"
        start = _on(end.last.year, end.last.month, int(written))
    else:
        has_year = re.search(r"\d{4}", written) is not None
        start = _unit(written, known if has_year else replace(known, today=end.last))
    if start is None or start.first is None or start.first > end.last:
        return None
    return Period(start.first, end.last)


def _since(text: str, known: _Known) -> Period | None:
    unit = _unit(text, known)
    return Period(unit.first, None) if unit else None


def _after(text: str, known: _Known) -> Period | None:
    unit = _unit(text, known)
    return Period(unit.last + timedelta(days=1), None) if unit and unit.last else None


def _before(text: str, known: _Known) -> Period | None:
    unit = _unit(text, known)
    return Period(None, unit.first - timedelta(days=1)) if unit and unit.first else None


def _until(text: str, known: _Known) -> Period | None:
    unit = _unit(text, known)
    return Period(None, unit.last) if unit else None


def _previous(match: re.Match[str], known: _Known) -> Period | None:
    unit = _UNITS[match["unit"]]
    first = _whole(unit, known.today).first
    return _whole(unit, first - timedelta(days=1)) if first else None


def _past(match: re.Match[str], known: _Known) -> Period | None:
    return Period(_back(known.today, int(match["count"]), _UNITS[match["unit"]]), known.today)


def _ago(match: re.Match[str], known: _Known) -> Period | None:
    day = _back(known.today, int(match["count"]), _UNITS[match["unit"]])
    return Period(day, day)


def _whole(unit: str, day: date) -> Period:
    """Give the day, week (from Monday), month or year that a day is in."""
    if unit == "week":
        first = day - timedelta(days=day.weekday())
        return Period(first, first + timedelta(days=6))
    if unit == "month":
        return _month(day.year, day.month)
    if unit == "year":
        return Period(date(day.year, 1, 1), date(day.year, 12, 31))
    return Period(day, day)


def _back(day: date, count: int, unit: str) -> date:
    """Give the day that lies so many days, weeks, months or years before another."""
    if unit in ("day", "week"):
        return day - timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 - count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _unit(text: str, known: _Known) -> Period | None:
    """Read a day, a month, a year, a cabinet or an election."""
    return _of_calendar(text, known.today) or _landmark(text, known)


def _landmark(text: str, known: _Known) -> Period | None:
    cabinet = known.landmarks.cabinets.get(landmark_name(_ARTICLE.sub("", text)))
    if cabinet is not None:
        return cabinet
    match = _ELECTIONS.fullmatch(text)
    if match is None:
        return None
    year = match["year"] or match["before"]
    days = [day for day in known.landmarks.elections if day <= known.today and year in (None, str(day.year))]
    return Period(days[-1], days[-1]) if days else None


def _of_calendar(text: str, today: date) -> Period | None:
    """Read a day, a month, a quarter or a year."""
    if text in _TODAY:
        day = today - timedelta(days=_TODAY[text])
        return Period(day, day)
    if match := _ISO.fullmatch(text):
        year, month = int(match[1]), int(match[2])
        return _on(year, month, int(match[3])) if match[3] else _checked_month(year, month)
    if match := _NUMERIC.fullmatch(text):
        return _on(int(match[3]), int(match[2]), int(match[1]))
    if match := _QUARTER.fullmatch(text):
        return _quarter(_ORDINALS.get(match["ordinal"]) or int(match["number"] or match["q"]), int(match["year"]))
    if match := _DAY_MONTH.fullmatch(text):
        return _named_day(match[1], match[2], match[3], today)
    if match := _MONTH_DAY.fullmatch(text):
        return _named_day(match[2], match[1], match[3], today)
    if (match := _MONTH.fullmatch(text)) and match[1] in _months():
        return _named_month(_months()[match[1]], match[2], today)
    if _YEAR.fullmatch(text):
        return _whole("year", date(int(text), 1, 1))
    return None


def _named_day(day: str, name: str, year: str | None, today: date) -> Period | None:
    month = _months().get(name)
    if month is None:
        return None
    if year:
        return _on(int(year), month, int(day))
    this_year = _on(today.year, month, int(day))
    if this_year is not None and this_year.first is not None and this_year.first <= today:
        return this_year
    return _on(today.year - 1, month, int(day))


def _named_month(month: int, year: str | None, today: date) -> Period | None:
    if year:
        return _checked_month(int(year), month)
    return _month(today.year if month <= today.month else today.year - 1, month)


def _quarter(number: int, year: int) -> Period:
    last = _month(year, 3 * number)
    return Period(date(year, 3 * number - 2, 1), last.last)


def _on(year: int, month: int, day: int) -> Period | None:
    """Give a day as a period; None for one that no calendar has."""
    try:
        only = date(year, month, day)
    except ValueError:
        return None
    return Period(only, only)


def _checked_month(year: int, month: int) -> Period | None:
    return _month(year, month) if 1 <= month <= 12 and year >= 1 else None


def _month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


@cache
def _months() -> dict[str, int]:
    """Give the months by their folded names in both languages, whole and shortened."""
    names = {
        fold(name).rstrip("."): month
        for language in ("nl", "en")
        for width in ("wide", "abbreviated")
        for month, name in get_month_names(width, locale=language).items()
    }
    return {**names, "mrt": 3, "sept": 9}
