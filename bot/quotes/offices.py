"""Time told by an office: "als wethouder", "toen zij nog Kamerlid was", "bij zijn aantreden"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache

from bot.quotes.lexicon import lexicon
from bot.quotes.roster import CANONICAL_ROLES, GOVERNMENT_ROLES, Membership
from bot.quotes.timeexpressions import TimeExpression
from bot.quotes.timewords import words

_ANY_OFFICE = frozenset({"bewindsman", "bewindsvrouw", "bewindspersoon", "vakminister"})
_PAST_SIGNS = re.compile(
    r"\b(?:nog|destijds|toen|indertijd|ooit|eerder|vroeger|toenmalige?|tijd|jaren)\b", re.IGNORECASE
)
_TERM = "ministerschap|premierschap|staatssecretariaat|ambtstermijn|regeerperiode"
_SOON = timedelta(days=31)
_CAMPAIGN = timedelta(days=365)
_LONG_AGO = timedelta(days=31)

Interval = tuple[date | None, date]
Resolve = Callable[["re.Match[str]", date, Sequence[Membership]], Interval | None]


def find_offices(text: str, published: date, memberships: Sequence[Membership]) -> list[TimeExpression]:
    """Find what dates a speaker's words by an office that he held.

    Args:
        text: A reporting clause.
        published: Day of publication.
        memberships: The speaker's memberships. Without them an office long past is still found ("destijds als
            wethouder"), but open to the past.

    Returns:
        The expressions, in order of the patterns.
    """
    if not _any_sign().search(text):
        return []
    found = []
    for pattern, resolve in _patterns():
        for match in pattern.finditer(text):
            interval = resolve(match, published, memberships)
            if interval is not None:
                first, last = interval[0], min(interval[1], published)
                found.append(TimeExpression(match.start(), match.end(), first, last, is_office=True))
    return found


@cache
def _any_sign() -> re.Pattern[str]:
    """Compile a quick test that lets through every text with such an expression in it."""
    starting = "|".join(words()["starting"])
    return re.compile(
        rf"\bals\b|toen|voordat|\bwerd\b|{starting}|{_TERM}|eerste|akkoord|kabinet|campagne|verkiezing|formatie|\bvorige\b|debat",
        re.IGNORECASE,
    )


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Resolve], ...]:
    title = r"(?P<title>Tweede\s+Kamerlid|[\w-]+)(?:\s+(?:van|voor)\s+(?P<what>\w+))?"
    subject = r"(?:[\w'’-]+\s+){1,4}?"
    start = "|".join(words()["starting"])
    distance = rf"(?:(?P<number>{'|'.join(words().numbers)}|\d{{1,2}})\s+(?P<unit>{'|'.join(words().units)})\s+)?"
    office = rf"(?:\s+als\s+{title})?"
    patterns: list[tuple[str, Resolve]] = [
        (rf"als\s+(?:(?:toenmalige?|kersverse?|nog|de|pas)\s+)*{title}", _in_office),
        (rf"(?<!van )(?<!door )(?<!met )(?<!aan )(?<!over )(?<!tegen )toenmalige?\s+{title}", _in_office),
        (
            rf"toen\s+{subject}(?:(?:nog|pas|net|zelf)\s+)*{title}(?:\s+[\w'’-]+){{0,3}}?\s+(?P<verb>was|werd)",
            _when_in_office,
        ),
        (rf"(?:voordat|voor|vóór)\s+{subject}{title}(?:\s+[\w'’-]+){{0,3}}?\s+werd", _before_office),
        (
            rf"{distance}(?P<side>voor|vóór|bij|na|tijdens|rond|op\s+de\s+(?:dag|avond)\s+van)\s+(?:haar|zijn|hun)\s+(?:{start}){office}",
            _at_start,
        ),
        (rf"toen\s+{subject}(?:als\s+{title}\s+)?(?:{start})", _at_start),
        (
            rf"(?:haar|zijn)\s+eerste\s+(?:werkdag|dag|dagen|week|weken|maand|maanden|debat|interview|toespraak|optreden)"
            rf"{office}",
            _at_start,
        ),
        (rf"(?:begin|start|eerste\s+\w+)\s+van\s+(?:haar|zijn)\s+(?:{_TERM})", _at_start),
        (
            r"(?:bij|na|tijdens)\s+(?:het\s+aantreden|de\s+(?:start|presentatie|beëdiging))\s+van\s+(?:het|haar|zijn|dit)"
            r"\s+(?:(?:huidige|nieuwe)\s+)?(?:kabinet|regeerakkoord|coalitieakkoord)",
            _at_start,
        ),
        (
            r"(?:tijdens|in|bij|na)\s+(?:de|het|zijn|haar|hun)\s+(?:vorige\s+)?(?:verkiezings?campagne|campagne|"
            r"verkiezingsdebat|lijsttrekkersdebat|kabinetsformatie|formatie|verkiezingsstrijd|(?<=vorige )verkiezingen)"
            r"(?!\s+van)|in\s+(?:verkiezingstijd|campagnetijd|de\s+aanloop\s+naar\s+de\s+verkiezingen)|(?:(?:vlak|kort)\s+)?voor\s+de\s+verkiezingen(?!\s+van)",
            _campaign,
        ),
        (
            r"(?:onder|tijdens)\s+het\s+vorige\s+kabinet|in\s+(?:de|het|haar|zijn)\s+vorige\s+"
            r"(?:kabinetsperiode|kabinet|regeerperiode|ambtstermijn|functie|ambt|termijn)",
            _before_this_office,
        ),
    ]
    return tuple((re.compile(rf"\b(?:{source})\b", re.IGNORECASE), resolve) for source, resolve in patterns)


def _in_office(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    held = _matching(match, memberships)
    if held is None:
        return None
    surface = match.group().lower()
    is_former = "toenmalig" in surface
    if any(row.covers(published) for row in held) and not is_former:
        return _soon_after(held, published) if "kersvers" in surface else None
    ended = _ended(held, published)
    if ended:
        return _term(ended)
    if (held and not is_former) or not _PAST_SIGNS.search(match.string):
        return None
    return None, _before_current(published, memberships)


def _when_in_office(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    held = _matching(match, memberships)
    if held is None:
        return None
    if match["verb"].lower() == "werd":
        return _soon_after(held, published)
    ended = _ended(held, published)
    return _term(ended) if ended else (None, _before_current(published, memberships))


def _before_office(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    held = _matching(match, memberships)
    if held is None:
        return None
    starts = [row.start for row in held if row.start is not None and row.start <= published]
    return None, (min(starts) - timedelta(days=1) if starts else _before_current(published, memberships))


def _at_start(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    groups = match.groupdict()
    held = _matching(match, memberships) if groups.get("title") else _in_government(memberships)
    interval = _soon_after(held or memberships, published)
    if interval is None or interval[0] is None:
        return None, published - timedelta(days=1)
    start = interval[0]
    is_before = (groups.get("side") or "").lower() in {"voor", "vóór"}
    if groups.get("number"):
        size = words().units[match["unit"].lower()]
        count = words().numbers.get(match["number"].lower()) or float(match["number"])
        middle = start + timedelta(days=round(count * size * (-1 if is_before else 1)))
        slack = timedelta(days=round(size / 2))
        return (middle - slack, middle + slack) if middle - slack <= published else None
    return (None, start - timedelta(days=1)) if is_before else interval


def _campaign(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    interval = _soon_after(_in_government(memberships), published)
    if interval is None or interval[0] is None:
        return None, published - timedelta(days=1)
    return interval[0] - _CAMPAIGN, interval[0]


def _before_this_office(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    return None, _before_current(published, memberships)


def _matching(match: re.Match[str], memberships: Sequence[Membership]) -> list[Membership] | None:
    """Give the memberships that a title in a text may mean; None where the word is no title."""
    title = match["title"].lower().removeprefix("oud-")
    if title.rpartition(" ")[2] not in lexicon().titles:
        return None
    role = CANONICAL_ROLES.get(title, title)
    held = [
        row
        for row in memberships
        if row.role == role
        or role in row.label.lower().split()
        or (title in _ANY_OFFICE and row.role in GOVERNMENT_ROLES)
    ]
    what = match["what"] if match["what"] and match["what"][0].isupper() else None
    named = [row for row in held if what and what in " ".join((row.label, *row.portfolio_aliases))]
    return named or ([] if what and any(row.portfolio for row in held) else held)


def _in_government(memberships: Sequence[Membership]) -> list[Membership]:
    return [row for row in memberships if row.role in GOVERNMENT_ROLES]


def _ended(held: Sequence[Membership], published: date) -> list[Membership]:
    return [row for row in held if row.end is not None and row.end < published]


def _soon_after(held: Sequence[Membership], published: date) -> Interval | None:
    starts = [row.start for row in held if row.start is not None and row.start <= published]
    return (max(starts), max(starts) + _SOON) if starts else None


def _term(ended: Sequence[Membership]) -> Interval:
    starts = [row.start for row in ended if row.start is not None]
    ends = [row.end for row in ended if row.end is not None]
    return (min(starts) if len(starts) == len(ended) else None), max(ends)


def _before_current(published: date, memberships: Sequence[Membership]) -> date:
    """Give the last day before the offices that a person holds now."""
    current = [row for row in memberships if row.covers(published)]
    starts = [row.start for row in _in_government(current) or current if row.start is not None]
    return min(starts) - timedelta(days=1) if starts else published - _LONG_AGO
