"""Time told by an office: "als wethouder", "toen zij nog Kamerlid was", "bij zijn aantreden"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache

from bot.quotes.lexicon import lexicon
from bot.quotes.roster import CANONICAL_ROLES, GOVERNMENT_ROLES, Membership
from bot.quotes.timeexpressions import TimeExpression, words

_ANY_OFFICE = frozenset({"bewindsman", "bewindsvrouw", "bewindspersoon", "vakminister"})
_PAST_SIGNS = re.compile(
    r"\b(?:nog|destijds|toen|indertijd|ooit|eerder|vroeger|toenmalige?|tijd|jaren)\b", re.IGNORECASE
)
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
    found = []
    for pattern, resolve in _patterns():
        for match in pattern.finditer(text):
            interval = resolve(match, published, memberships)
            if interval is not None:
                found.append(TimeExpression(match.start(), match.end(), interval[0], min(interval[1], published)))
    return found


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Resolve], ...]:
    title = (
        r"(?P<title>(?:oud-)?[a-z]+(?:-[a-z]+)*|Kamerlid|Tweede\s+Kamerlid)(?:\s+(?:van|voor)\s+(?P<what>[A-Z]\w+))?"
    )
    title = title.replace("[a-z]", r"[^\W\d_A-Z]")
    start = "|".join(words()["starting"])
    patterns: list[tuple[str, Resolve]] = [
        (rf"\bals\s+(?:(?:toenmalige?|kersverse?|nog|de|pas)\s+)*{title}", _in_office),
        (rf"(?<!van )(?<!door )(?<!met )(?<!aan )(?<!over )(?<!tegen )\btoenmalige?\s+{title}", _in_office),
        (
            rf"\btoen\s+(?:[\w'’-]+\s+){{1,4}}?(?:(?:nog|pas|net|zelf)\s+)*{title}(?:\s+[\w'’-]+){{0,3}}?\s+(?P<verb>was|werd)\b",
            _when_in_office,
        ),
        (
            rf"\b(?:voordat|voor|vóór)\s+(?:[\w'’-]+\s+){{1,4}}?{title}(?:\s+[\w'’-]+){{0,3}}?\s+werd\b",
            _before_office,
        ),
        (rf"\b(?P<before>voor|vóór|nog\s+voor)\s+(?:haar|zijn|hun)\s+(?:{start})(?:\s+als\s+{title})?", _at_start),
        (rf"\b(?:bij|na|tijdens|rond|sinds)\s+(?:haar|zijn|hun)\s+(?:{start})(?:\s+als\s+{title})?", _at_start),
        (rf"\btoen\s+(?:[\w'’-]+\s+){{1,4}}?(?:als\s+{title}\s+)?(?:{start})\b", _at_start),
        (rf"\beerste\s+(?:werkdag|dag|week|maand|debat|interview|toespraak|optreden)\s+als\s+{title}", _at_start),
        (
            r"\b(?:tijdens|in|bij|na)\s+(?:de|het|zijn|haar|hun)\s+(?:vorige\s+)?(?:verkiezings?campagne|campagne|"
            r"verkiezingsdebat|lijsttrekkersdebat|kabinetsformatie|formatie|verkiezingsstrijd)(?!\s+van)|"
            r"\bin\s+(?:verkiezingstijd|campagnetijd)|\b(?:vlak|kort)?\s*voor\s+de\s+verkiezingen(?!\s+van)",
            _campaign,
        ),
    ]
    return tuple((re.compile(source), resolve) for source, resolve in patterns)


def _in_office(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    held = _matching(match, memberships)
    if held is None:
        return None
    is_former = "toenmalig" in match.group()
    ended = [row for row in held if row.end is not None and row.end < published]
    if any(row.covers(published) for row in held) and not is_former:
        return _soon_after(held, published) if "kersvers" in match.group() else None
    if ended:
        return _term(ended)
    if (held and not is_former) or not _PAST_SIGNS.search(match.string):
        return None
    return None, _before_current(published, memberships)


def _when_in_office(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    held = _matching(match, memberships)
    if held is None:
        return None
    if match["verb"] == "werd":
        return _soon_after(held, published)
    ended = [row for row in held if row.end is not None and row.end < published]
    return _term(ended) if ended else (None, _before_current(published, memberships))


def _before_office(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    held = _matching(match, memberships)
    if held is None:
        return None
    starts = [row.start for row in held if row.start is not None and row.start <= published]
    return None, (min(starts) - timedelta(days=1) if starts else _before_current(published, memberships))


def _at_start(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    held = (
        _matching(match, memberships) if match.groupdict().get("title") else _tellingly_started(published, memberships)
    )
    if not held:
        return None, published - timedelta(days=1)
    interval = _soon_after(held, published)
    if interval is not None and interval[0] is not None and match.groupdict().get("before"):
        return None, interval[0] - timedelta(days=1)
    return interval


def _campaign(match: re.Match[str], published: date, memberships: Sequence[Membership]) -> Interval | None:
    started = [
        row.start
        for row in memberships
        if row.role in GOVERNMENT_ROLES and row.start is not None and row.start <= published
    ]
    if not started:
        return None, published - timedelta(days=1)
    return max(started) - _CAMPAIGN, max(started)


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
    what = match["what"]
    named = [row for row in held if what and what in " ".join((row.label, *row.portfolio_aliases))]
    return named or ([] if what and any(row.portfolio for row in held) else held)


def _tellingly_started(published: date, memberships: Sequence[Membership]) -> list[Membership]:
    started = [row for row in memberships if row.start is not None and row.start <= published]
    in_government = [row for row in started if row.role in GOVERNMENT_ROLES]
    return in_government or started


def _soon_after(held: Sequence[Membership], published: date) -> Interval | None:
    starts = [row.start for row in held if row.start is not None and row.start <= published]
    return (max(starts), max(starts) + _SOON) if starts else None


def _term(held: Sequence[Membership]) -> Interval:
    starts = [row.start for row in held]
    ends = [row.end for row in held if row.end is not None]
    return (None if None in starts else min(start for start in starts if start is not None)), max(ends)


def _before_current(published: date, memberships: Sequence[Membership]) -> date:
    starts = [row.start for row in memberships if row.start is not None and row.covers(published)]
    in_government = [
        row.start
        for row in memberships
        if row.start is not None and row.role in GOVERNMENT_ROLES and row.covers(published)
    ]
    first = min(in_government or starts, default=None)
    return first - timedelta(days=1) if first else published - _LONG_AGO
