"""What two claims have in common: the topic that both speak of, and the words that only one has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.reversals.analysis import Claim, Topic
from bot.reversals.lexicon import synonyms
from bot.reversals.text import rarity

_KIND_WEIGHTS = {"noun": 1.0, "name": 1.2, "verb": 0.6, "sign": 0.5, "vague": 0.3}
_SAME, _PART, _SYNONYM, _HALF = 1.0, 0.75, 0.6, 0.4


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the topics of two claims meet.

    Attributes:
        shared: The weight of the topics that both have.
        earlier_weight: The weight of all topics of the earlier claim; signs count only where both have them.
        later_weight: The same of the later claim.
        matches: The pairs of topics that were taken for the same.
        earlier_only: Topics of the earlier claim without a counterpart.
        later_only: Topics of the later claim without a counterpart.
    """

    shared: float
    earlier_weight: float
    later_weight: float
    matches: tuple[tuple[Topic, Topic], ...]
    earlier_only: tuple[Topic, ...]
    later_only: tuple[Topic, ...]

    @property
    def narrow(self) -> float:
        """The part of the smaller topic that is shared, 0 to 1."""
        return self.shared / max(1.0, min(self.earlier_weight, self.later_weight))

    @property
    def wide(self) -> float:
        """The part of the larger topic that is shared, 0 to 1."""
        return self.shared / max(1.0, self.earlier_weight, self.later_weight)


def align(earlier: Sequence[Topic], later: Sequence[Topic]) -> Alignment:
    """Pair the topics of two claims, the surest first.

    Args:
        earlier: Topics of the earlier claim or statement.
        later: Topics of the later one.

    Returns:
        The alignment; each topic is used once.
    """
    candidates = []
    for i, one in enumerate(earlier):
        for j, other in enumerate(later):
            quality = _likeness(one, other)
            if quality:
                candidates.append((quality * min(weight(one), weight(other)), i, j))
    candidates.sort(reverse=True)
    used_earlier: set[int] = set()
    used_later: set[int] = set()
    shared = 0.0
    matches = []
    for value, i, j in candidates:
        if i not in used_earlier and j not in used_later:
            used_earlier.add(i)
            used_later.add(j)
            shared += value
            matches.append((earlier[i], later[j]))
    return Alignment(
        shared,
        sum(weight(topic) for i, topic in enumerate(earlier) if i in used_earlier or topic.kind != "sign"),
        sum(weight(topic) for j, topic in enumerate(later) if j in used_later or topic.kind != "sign"),
        tuple(matches),
        tuple(topic for i, topic in enumerate(earlier) if i not in used_earlier),
        tuple(topic for j, topic in enumerate(later) if j not in used_later),
    )


def weight(topic: Topic) -> float:
    """How much a topic says about what a claim is about: rare nouns and names most, verbs and signs least."""
    return rarity(topic.keys[0]) * _KIND_WEIGHTS[topic.kind]


def all_topics(claims: Sequence[Claim]) -> list[Topic]:
    """The topics of all claims of a statement."""
    return [topic for claim in claims for topic in claim.topics]


def _likeness(one: Topic, other: Topic) -> float:
    if one.keys[0] == other.keys[0]:
        return _SAME
    if one.keys[0] in other.keys[1:] or other.keys[0] in one.keys[1:]:
        return _PART
    groups = synonyms(one.keys[0])
    if groups and groups & synonyms(other.keys[0]):
        return _SYNONYM
    if len(one.keys) > 1 and len(other.keys) > 1 and set(one.keys[1:]) & set(other.keys[1:]):
        return _HALF
    return 0.0
