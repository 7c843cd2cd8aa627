"""Two statements by one speaker, paired by the claims that speak of the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from bot.reversals.alignment import Alignment, align, shared_weight
from bot.reversals.analysis import Analysis, Claim
from bot.reversals.lazy import lazy
from bot.reversals.text import rarity
from bot.reversals.topics import Topic
from bot.reversals.values import Utterance

Spans = tuple[tuple[int, int], ...]

_HALF_TOPIC = 4.0
_SAME_AXIS, _OFFICE = 3.0, 3.0
_LEAST_WORTH = 2.0
LEAST_SHARED = 2.5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed about a pair.

    Attributes:
        name: The kind of evidence.
        value: How strongly it holds, mostly 0 to 1; its weight is learnt.
        earlier: Spans in the earlier text that show it.
        later: Spans in the later text that show it.
        reason: A line in Dutch; empty for what is no reason by itself.
    """

    name: str
    value: float
    earlier: Spans = ()
    later: Spans = ()
    reason: str = ""


@dataclass(frozen=True)
class Pair:
    """Two statements with the two claims that speak of the same thing.

    Attributes:
        earlier: The earlier statement.
        later: The later statement.
        analyses: What they say.
        claims: Their claims that align best.
        alignment: The alignment of these claims.
    """

    earlier: Utterance
    later: Utterance
    analyses: tuple[Analysis, Analysis]
    claims: tuple[Claim, Claim]
    alignment: Alignment

    @lazy
    def whole(self) -> Alignment:
        """The alignment of the whole statements."""
        return align(self.analyses[0].index, self.analyses[1].index)

    @lazy
    def later_marks(self) -> frozenset[str]:
        """Kinds of marks anywhere in the later statement."""
        return frozenset().union(*(claim.kinds for claim in self.analyses[1].claims))

    @property
    def claim_count(self) -> int:
        """The number of claims in both statements."""
        return sum(len(analysis.claims) for analysis in self.analyses)

    @lazy
    def strength(self) -> float:
        """How surely both claims speak of the same thing, 0 to 1."""
        return (1 - exp(-self.alignment.shared / _HALF_TOPIC)) * self.alignment.narrow

    @lazy
    def is_conflict(self) -> bool:
        """Whether one claim speaks for what the other speaks against."""
        is_opposed = self.claims[0].sign != self.claims[1].sign
        return is_opposed != any(map(self._is_turned, self.alignment.matches))

    def _is_turned(self, match: tuple[Topic, Topic]) -> bool:
        """Whether a shared thing turns the sign: what is denied without it is affirmed with it or under it."""
        without = [topic.preposition == "zonder" for topic in match]
        if without[0] == without[1]:
            return False
        if "met" in (match[0].preposition, match[1].preposition):
            return True
        claim = self.claims[without.index(True)]
        return claim.sign < 0 and any(sign.axis == "negation" for sign in claim.signs)


def pair_up(
    earlier: Utterance, first: Analysis, later: Utterance, second: Analysis, least: float = LEAST_SHARED
) -> Pair | None:
    """Find the claims of two statements that speak of the same thing.

    Args:
        earlier: The earlier statement.
        first: Its analysis.
        later: The later statement.
        second: Its analysis.
        least: The rarity that the stems they share must add up to; with no more asked than ``LEAST_SHARED``, words for
            the same matter do as well.

    Returns:
        The pair, or None where one of them claims nothing or they share neither topic nor the question of office.
    """
    shares_office = first.speaks_of_office and second.speaks_of_office
    if (
        not shares_office
        and sum(map(rarity, first.stems & second.stems)) < least
        and (least > LEAST_SHARED or first.groups.isdisjoint(second.groups))
    ):
        return None
    best: tuple[float, Claim, Claim] | None = None
    for one in first.claims:
        for other in second.claims:
            both = one.axes & other.axes
            if not one.index.meets(other.index) and not (shares_office and "office" in both):
                continue
            shared = shared_weight(one.index, other.index)
            narrow = shared / max(1.0, min(one.index.weight, other.index.weight))
            worth = shared * (0.5 + narrow) + (_OFFICE if "office" in both else 0.0)
            if worth and both:
                worth += _SAME_AXIS
            if worth and (best is None or worth > best[0]):
                best = worth, one, other
    if best is None or best[0] < _LEAST_WORTH:
        return None
    return Pair(earlier, later, (first, second), (best[1], best[2]), align(best[1].index, best[2].index))


def marked(name: str, pair: Pair, side: int, kind: str, reason: str, value: float = 1.0) -> Finding:
    """A finding that rests on the marks of one claim.

    Args:
        name: Its name.
        pair: The pair.
        side: 0 for the earlier claim, 1 for the later one.
        kind: The kind of mark.
        reason: A line in Dutch.
        value: How strongly it holds.
    """
    found = sorted((mark.start, mark.end) for mark in pair.claims[side].marks if mark.kind == kind and mark.end)
    spans = tuple(_without_overlap(found))
    return Finding(name, value, () if side else spans, spans if side else (), reason)


def quote(text: str, spans: Spans) -> str:
    """The words in some spans of a text, what lies between them left out."""
    return " … ".join(text[start:end] for start, end in spans)


def spans_of_topics(matches: Sequence[tuple[Topic, Topic]], side: int) -> Spans:
    """The spans of the matched topics on one side (0 the earlier, 1 the later)."""
    return tuple(sorted((match[side].start, match[side].end) for match in matches))


def _without_overlap(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
