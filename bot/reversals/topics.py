"""The content words of a claim, and an index of them that makes two claims quick to align."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.reversals.lexicon import synonyms
from bot.reversals.text import rarity

_KIND_WEIGHTS = {"noun": 1.0, "name": 1.2, "verb": 0.6, "sign": 0.5, "vague": 0.3}


class Topic(NamedTuple):
    """A content word of a claim.

    Attributes:
        keys: Its stem, then those of the halves of a compound.
        groups: The numbers of the groups of synonyms that it belongs to.
        weight: How much it says about what a claim is about: rare nouns and names most, vague words least.
        kind: ``noun`` (any word that is nothing else), ``verb``, ``name``, ``vague`` (fits any subject) or
            ``sign`` (a word that carries a sign).
        preposition: The preposition whose phrase it stands in, or an empty string.
        modifier: The adjective or ordinal right before it, or an empty string.
        start: Offset of its first code point.
        end: Offset after its last code point.
    """

    keys: tuple[str, ...]
    groups: tuple[int, ...]
    weight: float
    kind: str
    preposition: str
    modifier: str
    start: int
    end: int

    @classmethod
    def of(cls, keys: tuple[str, ...], kind: str, preposition: str, modifier: str, start: int, end: int) -> Topic:
        """A topic with its groups of synonyms and its weight, looked up once."""
        weight = round(rarity(keys[0]) * _KIND_WEIGHTS[kind], 2)
        return cls(keys, tuple(sorted(synonyms(keys[0]))), weight, kind, preposition, modifier, start, end)


@dataclass(frozen=True, slots=True)
class TopicIndex:
    """Topics with what is needed to align them.

    Attributes:
        topics: The topics in order.
        weights: Their weights.
        places: Per stem, and per number of a group of synonyms, the positions of the topics that have it.
        weight: The sum of the weights.
    """

    topics: tuple[Topic, ...]
    weights: tuple[float, ...]
    places: dict[str | int, list[int]]
    weight: float

    @classmethod
    def of(cls, topics: Sequence[Topic]) -> TopicIndex:
        """Index topics."""
        places: dict[str | int, list[int]] = {}
        for position, topic in enumerate(topics):
            keys: tuple[str | int, ...] = (*topic.keys, *topic.groups)
            for key in keys:
                if key in places:
                    places[key].append(position)
                else:
                    places[key] = [position]
        weights = tuple([topic.weight for topic in topics])
        return cls(tuple(topics), weights, places, sum(weights))

    def meets(self, other: TopicIndex) -> bool:
        """Whether a topic of one may be a topic of the other."""
        return not self.places.keys().isdisjoint(other.places)
