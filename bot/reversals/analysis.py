"""What one statement says, computed once and stored: claims with their topic, signs, amounts and times."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from bot.reversals.amounts import Amount
from bot.reversals.lazy import lazy
from bot.reversals.periods import Period
from bot.reversals.topics import Topic, TopicIndex

ANALYSIS_VERSION = 9

# Two words on one of these axes say the same thing twice; on others ("de korting verlagen") one works on the other.
_SAID_TWICE = frozenset(["office", "support", "truth", "possibility", "need"])


class Sign(NamedTuple):
    """A word or idiom that gives a claim its sign.

    Attributes:
        axis: ``negation``, or the axis of the word lists (``direction``, ``existence``, ``support`` ...).
        value: +1 or -1.
        spans: Code point spans of its words; none where it stands in the cue.
        target: Offset of the word that a negation denies ("geen *schietbaan*"), -1 for the whole clause.
    """

    axis: str
    value: int
    spans: tuple[tuple[int, int], ...]
    target: int = -1


class Mark(NamedTuple):
    """How a claim is meant.

    Attributes:
        kind: ``hedge``, ``guarantee``, ``condition``, ``question``, ``other-view`` and so on.
        start: Offset of its first code point.
        end: Offset after its last code point.
    """

    kind: str
    start: int
    end: int


class Predicate(NamedTuple):
    """What one clause of a claim says of its topic.

    Attributes:
        start: Offset of the first code point of the clause.
        end: Offset after its last code point.
        spans: Code point spans of its verbs, their particle, and what completes a copula; none without a verb.
    """

    start: int
    end: int
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Claim:
    """One clause, or clauses that only make sense together.

    Attributes:
        topics: Its content words.
        signs: What gives it its sign, negation included.
        amounts: Its quantities.
        periods: The times it speaks of.
        marks: How it is meant.
        predicates: The predicate of each of its clauses.
    """

    topics: tuple[Topic, ...]
    signs: tuple[Sign, ...]
    amounts: tuple[Amount, ...]
    periods: tuple[Period, ...]
    marks: tuple[Mark, ...]
    predicates: tuple[Predicate, ...] = ()

    @lazy
    def sign(self) -> int:
        """The product of its signs: whether it speaks for (+1) or against (-1) its topic."""
        product = 1
        counted: set[str] = set()
        for sign in self.signs:
            if sign.axis not in counted:
                product *= sign.value
            if sign.axis in _SAID_TWICE:
                counted.add(sign.axis)
        return product

    @lazy
    def index(self) -> TopicIndex:
        """Its topics, ready to be aligned."""
        return TopicIndex.of(self.topics)

    @lazy
    def axes(self) -> frozenset[str]:
        """The axes of its signs, negation left out."""
        return frozenset([sign.axis for sign in self.signs]) - {"negation"}

    @lazy
    def kinds(self) -> frozenset[str]:
        """The kinds of its marks."""
        return frozenset([mark.kind for mark in self.marks])

    def has(self, kind: str) -> bool:
        """Whether it carries a mark of that kind."""
        return kind in self.kinds


@dataclass(frozen=True)
class Analysis:
    """What the comparison knows of a statement.

    Attributes:
        version: The ``ANALYSIS_VERSION`` that made it.
        claims: Its claims in order; none for a text without content words and signs.
    """

    version: int
    claims: tuple[Claim, ...]

    @lazy
    def index(self) -> TopicIndex:
        """The topics of all claims, ready to be aligned."""
        return TopicIndex.of(tuple(topic for claim in self.claims for topic in claim.topics))

    @lazy
    def stems(self) -> frozenset[str]:
        """The stems of the topics of all claims."""
        return frozenset([key for claim in self.claims for topic in claim.topics for key in topic.keys])

    @lazy
    def groups(self) -> frozenset[int]:
        """The groups of synonyms of the nouns and verbs of all claims."""
        return frozenset([group for claim in self.claims for topic in claim.topics for group in topic.groups])

    @lazy
    def axes(self) -> frozenset[str]:
        """The axes of its claims together."""
        return frozenset([sign.axis for claim in self.claims for sign in claim.signs]) - {"negation"}

    @property
    def speaks_of_office(self) -> bool:
        """Whether it is about staying or going, which two statements can be without another word in common."""
        return "office" in self.axes

    def to_json(self) -> list[Any]:
        """The analysis as nested sequences that ``json.dumps`` takes, in the order of the attributes."""
        return [self.version, [_plain(claim) for claim in self.claims]]

    @classmethod
    def from_json(cls, value: list[Any] | str) -> Analysis:
        """An analysis from what ``to_json`` gave.

        Args:
            value: The plain values, or their JSON text.

        Returns:
            The analysis; the caller compares its ``version`` with ``ANALYSIS_VERSION`` and analyses anew if it is old.
        """
        version, claims = json.loads(value) if isinstance(value, str) else value
        return cls(version, tuple(_claim(*plain) for plain in claims))


def _plain(claim: Claim) -> list[Any]:
    return [claim.topics, claim.signs, claim.amounts, claim.periods, claim.marks, claim.predicates]


def _claim(
    topics: list[Any],
    signs: list[Any],
    amounts: list[Any],
    periods: list[Any],
    marks: list[Any],
    predicates: list[Any],
) -> Claim:
    return Claim(
        tuple([Topic(tuple(keys), tuple(groups), *rest) for keys, groups, *rest in topics]),
        tuple([Sign(axis, value, _spans(spans), target) for axis, value, spans, target in signs]),
        tuple(map(Amount._make, amounts)),
        tuple(map(Period._make, periods)),
        tuple(map(Mark._make, marks)),
        tuple([Predicate(start, end, _spans(spans)) for start, end, spans in predicates]),
    )


def _spans(values: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple([(start, end) for start, end in values])
