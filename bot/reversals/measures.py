"""Other numbers and other times in two claims that speak of the same thing."""

from __future__ import annotations

from collections.abc import Iterator

from bot.reversals.amounts import Amount
from bot.reversals.pairing import Finding, Pair, quote
from bot.reversals.periods import Period

_TOLERANCE, _ROUGH_TOLERANCE = 0.005, 0.12
_DAYS_APART = 20
_IN_GOOD_TIME = 183
_WHOLE_TOPIC = 0.7
_HALF_SURE = 0.4
_LIMIT_BOUNDS = frozenset(["max", "min"])


def numbers(pair: Pair) -> Iterator[Finding]:
    """Compare the first quantities that can be compared: same, another, or beyond a limit that was given.

    Args:
        pair: The pair.

    Yields:
        ``number-same``, ``number``, ``limit-broken``, ``no-longer-so`` or ``number-of-part``.
    """
    one, other = pair.claims
    for first in one.amounts:
        for second in other.amounts:
            if not _comparable(first, second, pair):
                continue
            spans = ((first.start, first.end),), ((second.start, second.end),)
            strength = pair.strength * min(1.0, _HALF_SURE + pair.alignment.wide)
            if _same_amount(first, second):
                yield Finding("number-same", strength, *spans)
                return
            reason = f"{quote(pair.earlier.text, spans[0])} ↔ {quote(pair.later.text, spans[1])}"
            if first.bound in _LIMIT_BOUNDS and second.bound not in _LIMIT_BOUNDS:
                breaks = second.value > first.value if first.bound == "max" else second.value < first.value
                yield Finding("limit-broken" if breaks else "number-same", strength, *spans, reason)
                return
            yield Finding("number", strength, *spans, reason)
            if one.has("continuation") and not other.has("continuation"):
                yield Finding("no-longer-so", strength, *spans, "zou zo blijven: " + reason)
            if one.has("partitive") != other.has("partitive") or one.has("total") != other.has("total"):
                yield Finding("number-of-part", 1.0, *spans, "deel of geheel")
            return


def times(pair: Pair) -> Iterator[Finding]:
    """Compare the times that two claims speak of.

    Args:
        pair: The pair.

    Yields:
        Whether they are the same, moved or others, or stand on one side alone; whether a date that was given is missed.
    """
    one, other = pair.claims
    if not one.periods or not other.periods:
        if other.periods:
            yield Finding("time-added", 1.0)
            if not pair.is_conflict:
                yield Finding("time-limited", pair.strength * pair.alignment.wide)
        elif one.periods:
            yield Finding("time-dropped", 1.0)
        return
    first, second = one.periods[0], other.periods[0]
    spans = ((first.start, first.end),), ((second.start, second.end),)
    reason = f"{quote(pair.earlier.text, spans[0])} ↔ {quote(pair.later.text, spans[1])}"
    gap = _days_later(first, second)
    missed = _missed(pair, first, second, gap)
    if missed:
        yield Finding(missed, pair.alignment.narrow, *spans, reason)
        reason = ""
    if abs(gap) <= _DAYS_APART:
        yield Finding("time-same", pair.strength, *spans)
    elif pair.is_conflict and first.relation == second.relation == "on":
        yield Finding("other-time", 1.0, *spans, "gaat het over dezelfde tijd? " + reason)
    elif (
        any(sign.axis == "existence" or sign.axis == "possibility" for sign in (*one.signs, *other.signs))
        or second.relation != "on"
    ):
        yield Finding("postponed" if gap > 0 else "brought-forward", pair.strength, *spans, reason)
    else:
        yield Finding("time-moved" if gap > 0 else "brought-forward", pair.strength, *spans, reason)
    if one.amounts and other.amounts and abs(gap) > _DAYS_APART:
        yield Finding("other-year-number", 1.0, *spans, "een ander jaar")


def _missed(pair: Pair, first: Period, second: Period, gap: int) -> str | None:
    """The name of the finding that a date is not met, guaranteed or not: the same thing comes later, and whole."""
    one, other = pair.claims
    if pair.is_conflict or gap <= _DAYS_APART or not _excludes(first, second):
        return None
    if pair.alignment.narrow < _WHOLE_TOPIC or (one.amounts and other.amounts):
        return None
    return "promised-date-missed" if one.has("guarantee") and not other.has("guarantee") else "date-missed"


def _excludes(first: Period, second: Period) -> bool:
    """Whether nothing that happens in the later time would have kept to the earlier one."""
    return first.relation in ("on", "before") and second.relation in ("on", "from") and second.first > first.last


def _comparable(first: Amount, second: Amount, pair: Pair) -> bool:
    if first.unit == second.unit:
        return bool(first.unit) or pair.strength > 0.5
    shared = {key for match in pair.alignment.matches for topic in match for key in topic.keys}
    return not first.unit or not second.unit or (first.unit in shared and second.unit in shared)


def _same_amount(first: Amount, second: Amount) -> bool:
    rough = "about" in (first.bound, second.bound) or (first.unit == "%" and first.value % 1 > 0.01)
    tolerance = _ROUGH_TOLERANCE if rough else _TOLERANCE
    return abs(first.value - second.value) <= tolerance * max(first.value, second.value)


def _days_later(first: Period, second: Period) -> int:
    """Days between the two times, 0 where they overlap or one keeps within the other; negative for an earlier one."""
    if first.relation == "until" or second.relation == "until":
        return second.last - first.last
    if second.relation == "from" and first.relation == "before":
        return max(0, second.first - first.last)
    if first.relation == second.relation == "before":
        return second.last - first.last
    if first.relation == second.relation == "from":
        return second.first - first.first
    if first.relation == "before" and 0 <= first.last - second.last <= _IN_GOOD_TIME:
        return 0
    if second.first > first.last or second.last < first.first:
        return second.first - first.first
    return 0
