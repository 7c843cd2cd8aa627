"""Time expressions of Dutch news, found in a clause and resolved to days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from bot.quotes.timewords import first_word, last_word, words

Kind = Literal["date", "vague", "then", "shift", "after"]

_DAY_PARTS = "ochtend|morgen|middag|avond|nacht"
_YEAR = r"(?:19[5-9]\d|20\d\d)"
_PART = r"(?P<part>begin|half|medio|midden|halverwege|eind|einde)"
_LAST = "vorige?|afgelopen|voorbije|verleden|laatste"
_OF_YEAR = rf"(?:van\s+)?(?:(?P<year>{_YEAR})|(?:het\s+)?(?P<which>dit|{_LAST})\s+jaar)"
_AGO = ("geleden", "terug")
_SAME = ("dezelfde", "hetzelfde", "diezelfde", "datzelfde")
_LONG_AGO = 31
_TODAY = "vandaag|vanochtend|vanmorgen|vanmiddag|vanavond|vannacht|zojuist|zonet"


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A time expression in a text.

    Attributes:
        start: Offset of the first code point.
        end: Offset after the last one.
        first: First day of the interval; None is open to the past.
        last: Last day of the interval.
        kind: ``date`` (days that the words name), ``vague`` ("eerder"), ``then`` ("destijds": the time that the text
            speaks of, resolved as long ago where it speaks of none), ``shift`` ("een jaar eerder": the interval is
            resolved from publication and moves with the time that the text speaks of) or ``after`` ("later": between
            the time that the text speaks of and publication).
        days: For a shift, by how many days it moves; earlier is negative.
        needs_anchor: Whether it tells nothing where the text speaks of no other time ("later", "toen").
        is_office: Whether it tells the time by an office of the speaker ("als wethouder").
    """

    start: int
    end: int
    first: date | None
    last: date
    kind: Kind = "date"
    days: int = 0
    needs_anchor: bool = False
    is_office: bool = False


def find_time_expressions(text: str, published: date) -> list[TimeExpression]:
    """Find what places an event at or before a day.

    Args:
        text: A clause or sentence.
        published: The day that relative expressions count from.

    Returns:
        The expressions in order, without overlap (the longer goes first), none of them after ``published``.
    """
    present = _signs_in(text)
    found: list[TimeExpression] = []
    for signs, pattern, resolve in _grammar():
        for match in () if signs.isdisjoint(present) else pattern.finditer(text):
            span = _resolved(match, resolve, published)
            if span is not None:
                found.append(span)
    chosen: list[TimeExpression] = []
    for candidate in sorted(found, key=lambda item: item.start - item.end):
        if all(candidate.end <= other.start or other.end <= candidate.start for other in chosen):
            chosen.append(candidate)
    return sorted((item for item in chosen if item.last <= published), key=lambda item: item.start)


Resolution = tuple[date | None, date, Kind, int]
Resolve = Callable[["re.Match[str]", date], Resolution | None]


def _resolved(match: re.Match[str], resolve: Resolve, published: date) -> TimeExpression | None:
    try:
        resolution = resolve(match, published)
    except (ValueError, OverflowError):  # a 31 April, or a year that no calendar has
        return None
    if resolution is None:
        return None
    first, last, kind, days = resolution
    if first is not None and first > published:
        last = first  # wholly to come: it takes its place from shorter readings, and is left out at the end
    elif last > published:
        last = published
    is_anaphoric = kind == "then" and " " in match.group()
    needs_anchor = kind == "after" or days > 0 or match.group().lower() == "toen" or is_anaphoric
    return TimeExpression(match.start(), match.end(), first, last, kind, days, needs_anchor)


_A_YEAR = "#"
_SIGN_WORD = re.compile(r"\w+")


def _signs_in(text: str) -> set[str]:
    """Give the words of a text, and a sign for a year: a pattern is tried only where one of its own words stands."""
    present = set(_SIGN_WORD.findall(text.lower()))
    if any(len(word) == 4 and word.isdigit() for word in present):
        present.add(_A_YEAR)
    return present


Pattern = tuple[Collection[str], str, Resolve]
"""Words of which the text must have one, the expression's source, and what resolves a match."""


@cache
def _grammar() -> tuple[tuple[frozenset[str], re.Pattern[str], Resolve], ...]:
    """Compile the patterns; each takes one expression whole."""
    return tuple(
        (frozenset(signs), re.compile(rf"(?<![\w-])(?:{source})(?![\w-])", re.IGNORECASE), resolve)
        for signs, source, resolve in (*_calendar_days(), *_seasons(), *_periods(), *_distances(), *_single_words())
    )


def _calendar_days() -> list[Pattern]:
    lists = words()
    year = [_A_YEAR]
    month = rf"(?P<month>{'|'.join(lists.months)})"
    short_month = rf"(?P<month>{'|'.join(lists.all_months)})\.?"
    return [
        (
            lists.all_months,
            rf"(?:{_weekday_source()},?\s+)?(?P<day>\d{{1,2}})(?:e|ste|de)?\s+{short_month}(?:\s+{_OF_YEAR})?",
            _day,
        ),
        (year, rf"(?P<day>\d{{1,2}})[-/](?P<month>\d{{1,2}})[-/](?P<year>{_YEAR})", _day),
        (year, rf"(?P<year>{_YEAR})-(?P<month>\d{{2}})-(?P<day>\d{{2}})", _day),
        (lists.months, rf"(?:{_PART}\s+)?{month}\s+{_OF_YEAR}", _month),
        (lists.months, rf"{_OF_YEAR}\s+(?:in\s+)?{month}", _month),
        (lists.months, rf"(?:(?:in|van|(?P<last>{_LAST}))\s+|{_PART}\s+){month}", _month),
        (year, rf"(?:{_PART}|in|anno|van|uit)\s+(?:het\s+jaar\s+)?(?P<year>{_YEAR})", _year),
    ]


def _seasons() -> list[Pattern]:
    lists = words()
    either = [*lists.seasons, *lists.feasts]
    season = rf"(?P<season>{'|'.join(lists.seasons)})"
    feast = rf"(?P<season>{'|'.join(lists.feasts)})"
    owner = r"(?:de\s+|het\s+|zijn\s+|haar\s+)?(?:algemene\s+(?:politieke\s+)?)?"
    return [
        (lists.seasons, rf"(?:(?:in|tijdens)\s+)?(?:de\s+|het\s+)?{season}\s+{_OF_YEAR}", _season),
        (lists.seasons, rf"(?:(?P<last>deze|dit|{_LAST})|(?:in|tijdens)\s+(?:de|het))\s+{season}", _season),
        (lists.feasts, rf"(?:in|tijdens|rond|met|op|na|voor|bij)\s+{owner}{feast}(?:\s+{_OF_YEAR})?", _season),
        (lists.feasts, rf"{_OF_YEAR}\s+(?:in|tijdens|rond|met|op|bij)\s+{owner}{feast}", _season),
        (
            either,
            rf"(?:kort|vlak|net|nog|al)\s+(?P<side>voor|vóór|na)\s+(?:de\s+|het\s+)?(?P<season>{'|'.join(either)})",
            _beside,
        ),
        (_AGO, rf"{_number_source()}\s+(?P<season>zomer|winter)s\s+geleden", _seasons_ago),
    ]


def _periods() -> list[Pattern]:
    weekday = _weekday_source()
    part = "(?P<part>begin|einde?|half|medio|halverwege|eerder|later)"
    unit = "(?P<unit>week|weekend|maand|kwartaal|jaar|dagen|weken|maanden|jaren|tijd)"
    which = rf"(?P<which>deze|dit|{_LAST})"
    return [
        (
            ["deze", "dit", "vorig", "vorige", "afgelopen", "voorbije", "verleden", "laatste"],
            rf"(?:{part}\s+(?:van\s+)?(?:het\s+|de\s+)?)?{which}\s+{unit}(?:\s+{weekday})?",
            _period,
        ),
        (["begin", "eind", "einde"], rf"{part}\s+van\s+(?P<which>het)\s+(?P<unit>jaar)(?P<weekday>)", _period),
        (["vorige"], rf"{weekday}\s+(?P<which>vorige)\s+(?P<unit>week)", _period),
    ]


def _distances() -> list[Pattern]:
    number = _number_source()
    unit = rf"(?P<unit>{'|'.join(words().units)})"
    several = r"(?:(?:een\s+)?(?:paar|aantal)|enkele|verscheidene|verschillende|meerdere)"
    former = r"in\s+(?:zijn|haar|een)\s+vorige?\s+(?:baan|leven|rol|carrière)|vorige\s+eeuw|in\s+de\s+jaren\s+\w+"
    ways = ["eerder", "daarvoor", "ervoor", "later", "daarna", "erna"]
    return [
        (_AGO, rf"(?:(?P<short>nog\s+geen|minder\s+dan)\s+)?{number}\s+{unit}\s+(?:geleden|terug)", _ago),
        (_AGO, rf"(?P<short>nog\s+geen)\s+{unit}\s+(?:geleden|terug)", _ago),
        (_AGO, rf"(?:{several}\s+)?(?P<unit>dagen|weken|maanden|jaren|jaar|decennia)\s+(?:geleden|terug)", _some_ago),
        (_AGO, rf"een\s+(?P<unit>dag|week|maand|jaar)\s+of\s+{number}\s+(?:geleden|terug)", _ago),
        (_AGO, r"een\s+(?:dikke|goede|krappe|kleine|volle)\s+(?P<unit>week|maand)\s+(?:geleden|terug)", _ago),
        (_AGO, rf"{number}\s+(?P<weekday>{'|'.join(words().weekdays)})(?:en)?\s+geleden", _weekdays_ago),
        (_AGO, r"een\s+(?:tijd|tijdje|poos|poosje)\s+(?:geleden|terug)", _some_time_ago),
        (ways, rf"(?:{number}|de|het)\s+{unit}\s+(?P<way>{'|'.join(ways)})", _shift),
        (
            ["lang", "lange", "verleden", "vorig", "vorige", "jaren"],
            rf"lang(?:e\s+tijd)?\s+geleden|in\s+het\s+verleden|{former}",
            _long_ago,
        ),
        (["kort", "pas"], r"kort\s+geleden|tot\s+voor\s+kort|pas\s+geleden", _lately),
    ]


def _single_words() -> list[Pattern]:
    lists = words()
    same, occasion = "|".join(_SAME), "|".join(sorted(lists["occasions"], key=len, reverse=True))
    parts = ("", *_DAY_PARTS.split("|"))
    weekdays = [day + part for day in lists.weekdays for part in parts]
    yesterdays = [f"{more}gister{end}{part}" for more in ("", "eer") for end in ("", "en") for part in parts]
    return [
        (_TODAY.split("|"), _TODAY, _today),
        (yesterdays, rf"(?P<more>eer)?gister(?:en)?(?:{_DAY_PARTS})?", _yesterday),
        (weekdays, rf"(?:(?P<last>{_LAST})\s+)?{_weekday_source()}", _weekday),
        (lists.vague, "|".join(lists.vague), _vague),
        (lists["then"], "|".join(lists["then"]), _then),
        (
            ["die", "dat", *_SAME],
            rf"in\s+die\s+(?:tijd|dagen|jaren|periode)|(?:dat|{same})\s+(?:jaar|week|maand)",
            _that_time,
        ),
        (lists["occasions"], rf"(?:in|tijdens|op|bij)\s+(?:die|dat|{same})\s+(?:{occasion})", _that_time),
        (["later", "nadien"], "later|nadien", _after),
    ]


def _weekday_source() -> str:
    return rf"(?P<weekday>{'|'.join(words().weekdays)})(?:\s?(?:{_DAY_PARTS}))?"


def _number_source() -> str:
    return rf"(?:een\s+)?(?:kleine\s+)?(?P<number>\d{{1,2}}|{'|'.join(words().numbers)})"


def _day(match: re.Match[str], published: date) -> Resolution | None:
    month = match["month"].lower()
    number = words().all_months.get(month) or int(month)
    year = _year_of(match, published)
    if year is None:
        year = published.year if (number, int(match["day"])) <= (published.month, published.day) else published.year - 1
    on = date(year, number, int(match["day"]))
    return on, on, "date", 0


def _month(match: re.Match[str], published: date) -> Resolution | None:
    name = match["month"]
    year = _year_of(match, published)
    if year is None and name[0].isupper() and match.start("month") > 0:
        return None  # a person or a thing of that name
    number = words().months[name.lower()]
    groups = match.groupdict()
    if year is None:
        is_past = number < published.month or (number == published.month and not groups.get("last"))
        year = published.year if is_past else published.year - 1
    first = date(year, number, 1)
    return *_part_of(first, _month_end(first), groups.get("part")), "date", 0


def _year(match: re.Match[str], published: date) -> Resolution | None:
    year = int(match["year"])
    return *_part_of(date(year, 1, 1), date(year, 12, 31), match["part"]), "date", 0


def _season(match: re.Match[str], published: date) -> Resolution | None:
    name = match["season"].lower()
    first_day, last_day = words().seasons.get(name) or words().feasts[name]
    year = _year_of(match, published)
    if year is not None:
        return *_season_of(year, first_day, last_day), "date", 0
    first, last = _season_of(published.year, first_day, last_day)
    if first > published:
        first, last = _season_of(published.year - 1, first_day, last_day)
    is_previous = (match.groupdict().get("last") or "").lower() in {"vorig", "vorige"}
    if is_previous and (first.year == published.year or last >= published):
        first, last = _season_of(first.year - 1, first_day, last_day)
    return first, last, "date", 0


def _beside(match: re.Match[str], published: date) -> Resolution | None:
    name = match["season"].lower()
    is_season = name in words().seasons
    bounds = words().seasons[name] if is_season else words().feasts[name]
    is_before = match["side"].lower() != "na"
    near, into = (timedelta(days=61), timedelta(days=30)) if is_season else (timedelta(days=21), timedelta())
    for year in (published.year, published.year - 1):
        first, last = _season_of(year, *bounds)
        start, end = (first - near, first + into) if is_before else (last, last + near)
        if start <= published:
            return start, end, "date", 0
    return None


def _seasons_ago(match: re.Match[str], published: date) -> Resolution | None:
    word = match["number"].lower()
    count = int(words().numbers.get(word) or float(word))
    bounds = words().seasons[match["season"].lower()]
    first, last = _season_of(published.year, *bounds)
    latest = published.year - (first > published)
    # Whether this year's counts is open where it is just over.
    earliest = _season_of(latest - count, *bounds)[0]
    return earliest, _season_of(latest - count + (last < published), *bounds)[1], "date", 0


def _season_of(year: int, first_day: str, last_day: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{year}-{first_day}")
    ends_next_year = last_day < first_day
    return first, date.fromisoformat(f"{year + ends_next_year}-{last_day}")


def _period(match: re.Match[str], published: date) -> Resolution | None:
    which, unit = match["which"].lower(), match["unit"].lower()
    monday = published - timedelta(days=published.weekday())
    is_this = which in {"deze", "dit", "het"}
    if unit in _RECENT:
        days = _RECENT[unit]
        return None if is_this else (published - timedelta(days=days) if days else None, published, "date", 0)
    if unit == "week":
        first = monday if is_this else monday - timedelta(days=7)
        last = first + timedelta(days=6)
    elif unit == "weekend":
        saturday = published - timedelta(days=(published.weekday() - 5) % 7)
        if which in {"vorig", "vorige"} and published.weekday() >= 5:
            saturday -= timedelta(days=7)
        first, last = saturday, saturday + timedelta(days=1)
    elif unit == "maand":
        first = published.replace(day=1)
        first = first if is_this else (first - timedelta(days=1)).replace(day=1)
        last = _month_end(first)
    elif unit == "kwartaal":
        first = date(published.year, published.month - (published.month - 1) % 3, 1)
        first = first if is_this else (first - timedelta(days=80)).replace(day=1)
        last = _month_end(first + timedelta(days=62))
    else:
        first = date(published.year - (not is_this), 1, 1)
        last = date(first.year, 12, 31)
    weekday = match["weekday"]
    if weekday and unit == "week":
        first = last = first + timedelta(days=words().weekdays[weekday.lower()])
    elif which not in {"deze", "dit", "het", "vorig", "vorige"} and unit in {"week", "maand"}:
        last = published  # "afgelopen maand" also counts back from today
    part = (match.groupdict().get("part") or "").lower()
    if part == "eerder":
        return first, max(first, min(last, published - timedelta(days=1))), "date", 0
    return *_part_of(first, last, part), "date", 0


_RECENT = {"dagen": 7, "weken": 61, "maanden": 366, "tijd": 183, "jaren": 0}
"""Days that "the past weeks" and their like reach back; 0 is open."""


def _ago(match: re.Match[str], published: date) -> Resolution | None:
    groups = match.groupdict()
    word = (groups.get("number") or "een").lower()
    count = words().numbers.get(word) or float(word)
    unit = match["unit"].lower()
    if groups.get("short"):
        days = count * words().units[unit]
        return published - timedelta(days=round(days)), published - timedelta(days=int(days / 2)), "date", 0
    return *_about(published, count, unit), "date", 0


def _about(published: date, count: float, unit: str) -> tuple[date, date]:
    """Give the days that "two years ago" may mean: half a unit to each side, or the calendar's unit."""
    size = words().units[unit]
    middle = published - timedelta(days=round(count * size))
    whole = count == int(count)
    slack = timedelta(days=int(size / 2 if whole else min(1, count) * size / 4) if size > 1 else 0)
    first, last = middle - slack, middle + slack
    if whole and unit in {"jaar", "jaren"}:
        first, last = min(first, date(middle.year, 1, 1)), max(last, date(middle.year, 12, 31))
    elif whole and unit in {"maand", "maanden"}:
        first, last = min(first, middle.replace(day=1)), max(last, _month_end(middle))
    return first, min(last, published)


def _weekdays_ago(match: re.Match[str], published: date) -> Resolution | None:
    back = (published.weekday() - words().weekdays[match["weekday"].lower()]) % 7 or 7
    word = match["number"].lower()
    on = published - timedelta(days=back + 7 * (int(words().numbers.get(word) or float(word)) - 1))
    return on - timedelta(days=7), on, "date", 0  # whether the last one counts is open


def _some_time_ago(match: re.Match[str], published: date) -> Resolution | None:
    return published - timedelta(days=366), published - timedelta(days=8), "date", 0


def _shift(match: re.Match[str], published: date) -> Resolution | None:
    word = (match["number"] or "een").lower()
    count = words().numbers.get(word) or float(word)
    unit = match["unit"].lower()
    days = round(count * words().units[unit])
    if match["way"].lower() in {"later", "daarna", "erna"}:
        return None, published, "shift", days
    return *_about(published, count, unit), "shift", -days


def _some_ago(match: re.Match[str], published: date) -> Resolution | None:
    size = words().units[match["unit"].lower()]
    first = None if size > 300 else published - timedelta(days=round(12 * size))
    return first, published - timedelta(days=round(2 * size if size < 300 else size)), "date", 0


def _long_ago(match: re.Match[str], published: date) -> Resolution | None:
    return None, published - timedelta(days=_LONG_AGO), "date", 0


def _lately(match: re.Match[str], published: date) -> Resolution | None:
    return published - timedelta(days=92), published - timedelta(days=1), "vague", 0


def _today(match: re.Match[str], published: date) -> Resolution | None:
    if _AGO_AFTER.match(match.string, match.end()):
        return None
    return published, published, "date", 0


def _yesterday(match: re.Match[str], published: date) -> Resolution | None:
    on = published - timedelta(days=2 if match["more"] else 1)
    return on, on, "date", 0


def _weekday(match: re.Match[str], published: date) -> Resolution | None:
    if _AGO_AFTER.match(match.string, match.end()):
        return None
    back = (published.weekday() - words().weekdays[match["weekday"].lower()]) % 7
    on = published - timedelta(days=7 if back == 0 and match["last"] else back)
    return on, on, "date", 0


_AGO_AFTER = re.compile(r"\s+[\w-]+\s+(?:weken|week|jaar|maanden)\s+geleden\b")
"""After a day that only sharpens a distance: "vrijdag twee weken geleden", "vandaag een jaar geleden"."""


def _vague(match: re.Match[str], published: date) -> Resolution | None:
    word = match.group().lower()
    before = last_word(match.string[: match.start()])
    after = first_word(match.string[match.end() :])
    if before in _NOT_BEFORE_VAGUE or after == "dan":
        return None
    first, last = words().vague[word]
    return published - timedelta(days=first) if first else None, published - timedelta(days=last), "vague", 0


_NOT_BEFORE_VAGUE = {"niet", "nooit", "het", "hoe", "des", "of", "als"}
"""Before these "eerder" compares and "laatst" is a rank: "niet eerder", "voor het laatst"."""


def _then(match: re.Match[str], published: date) -> Resolution | None:
    following = first_word(match.string[match.end() :])
    if match.group().lower() == "toen":
        is_conjunction = following.lower() in words()["after_toen_conjunction"] or following[:1].isupper()
        if is_conjunction:
            return None
    return None, published - timedelta(days=_LONG_AGO), "then", 0


def _that_time(match: re.Match[str], published: date) -> Resolution | None:
    return None, published - timedelta(days=1), "then", 0


def _after(match: re.Match[str], published: date) -> Resolution | None:
    return None, published - timedelta(days=1), "after", 0


def _year_of(match: re.Match[str], published: date) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return int(groups["year"])
    if groups.get("which"):
        return published.year - (groups["which"].lower() != "dit")
    return None


def _part_of(first: date, last: date, part: str | None) -> tuple[date, date]:
    """Narrow an interval to its beginning, middle or end, generously."""
    days = (last - first).days
    match (part or "").lower():
        case "begin":
            return first, first + timedelta(days=int(days * 0.4))
        case "half" | "medio" | "midden" | "halverwege":
            return first + timedelta(days=int(days * 0.25)), first + timedelta(days=int(days * 0.75))
        case "eind" | "einde":
            return last - timedelta(days=int(days * 0.4)), last
        case _:
            return first, last


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
