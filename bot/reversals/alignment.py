"""What two claims have in common: the topic that both speak of, and the words that only one has."""

from __future__ import annotations

from dataclasses import dataclass

from bot.reversals.topics import Topic, TopicIndex

_SAME, _PART, _SYNONYM, _HALF, _CROSSED = 1.0, 0.75, 0.6, 0.3, 0.1


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


def align(earlier: TopicIndex, later: TopicIndex) -> Alignment:
    """Pair the topics of two claims or statements, the surest first.

    Args:
        earlier: Topics of the earlier one.
        later: Topics of the later one.

    Returns:
        The alignment; each topic is used once.
    """
    used: tuple[set[int], set[int]] = (set(), set())
    shared = 0.0
    matches = []
    for value, i, j in sorted(_candidates(earlier, later), reverse=True):
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            shared += value
            matches.append((earlier.topics[i], later.topics[j]))
    alone = [
        [
            (topic, weight)
            for i, (topic, weight) in enumerate(zip(side.topics, side.weights, strict=True))
            if i not in own
        ]
        for side, own in ((earlier, used[0]), (later, used[1]))
    ]
    totals = [
        side.weight - sum(weight for topic, weight in rest if topic.kind == "sign")
        for side, rest in zip((earlier, later), alone, strict=True)
    ]
    return Alignment(
        shared,
        earlier_weight=totals[0],
        later_weight=totals[1],
        matches=tuple(matches),
        earlier_only=tuple(topic for topic, _ in alone[0]),
        later_only=tuple(topic for topic, _ in alone[1]),
    )


def shared_weight(earlier: TopicIndex, later: TopicIndex) -> float:
    """The weight of what two claims share, without the rest of an alignment."""
    used: tuple[set[int], set[int]] = (set(), set())
    shared = 0.0
    for value, i, j in sorted(_candidates(earlier, later), reverse=True):
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            shared += value
    return shared


def _candidates(earlier: TopicIndex, later: TopicIndex) -> list[tuple[float, int, int]]:
    """The pairs of topics that are alike, with what each would share."""
    ours, theirs = earlier.places, later.places
    near = {(i, j) for key in ours.keys() & theirs.keys() for i in ours[key] for j in theirs[key]}
    found = []
    for i, j in near:
        quality = _likeness(earlier.topics[i], later.topics[j])
        if quality:
            found.append((quality * min(earlier.weights[i], later.weights[j]), i, j))
    return found


def _likeness(one: Topic, other: Topic) -> float:
    if one.keys[0] == other.keys[0]:
        return _SAME
    if one.keys[0] in other.keys[1:] or other.keys[0] in one.keys[1:]:
        return _PART
    if one.groups and other.groups and not set(one.groups).isdisjoint(other.groups):
        return _SYNONYM
    if len(one.keys) > 1 and len(other.keys) > 1:
        if one.keys[-1] == other.keys[-1] or one.keys[1] == other.keys[1]:
            return _HALF
        return _CROSSED if set(one.keys[1:]) & set(other.keys[1:]) else 0.0
    return 0.0
