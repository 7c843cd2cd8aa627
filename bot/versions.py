"""What a later version of an article changed in its statements: words that were corrected where they stand. Pure.

A text that is edited shifts as a whole, so a place is followed through the edit word by word. A statement that stands
where another one stood, in nearly its words or in its words by another speaker, is that statement corrected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from bot.ingest.copies import Wording, same_words, words_of

LEAST_ALIKE = 60.0
"""From which likeness of their words (0 to 100) a statement in another's place is that one corrected."""

_WORD = re.compile(r"\S+")

Span = tuple[int, int]


class Carried(Wording, Protocol):
    """A statement as the version before carried it; ``storage.statements.CarriedWords`` is one."""

    @property
    def id(self) -> int:
        """The statement's number."""
        ...

    @property
    def person_id(self) -> str:
        """The speaker."""
        ...

    @property
    def start(self) -> int:
        """Where it stood: code points into the text of that version."""
        ...

    @property
    def end(self) -> int:
        """Its end, exclusive."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """A statement of the new version that was not known.

    Attributes:
        key: Its name within the article.
        person_id: The speaker.
        words: The words.
        start: Where it stands, in code points.
        end: Its end, exclusive.
    """

    key: str
    person_id: str
    words: Wording
    start: int
    end: int


def corrected(before: str, after: str, gone: Sequence[Carried], found: Sequence[Found]) -> dict[str, int]:
    """Tell which new statements are old ones corrected.

    Args:
        before: The text of the version before.
        after: The text now.
        gone: The statements that stood in ``before`` and are not known again in ``after``.
        found: The statements of ``after`` that are not known.

    Returns:
        The number of the old statement by the key of the new one; each old statement at most once, and the pairs
        that are most alike first.
    """
    if not before or not gone or not found:
        return {}
    follow = _follower(before, after)
    pairs = []
    for old in gone:
        place = follow((old.start, old.end))
        for new in found:
            alike = _likeness(old, new) if place[0] < new.end and new.start < place[1] else 0.0
            if alike >= LEAST_ALIKE:
                pairs.append((-alike, old.id, new.key))
    chosen: dict[str, int] = {}
    for _, old_id, key in sorted(pairs):
        if key not in chosen and old_id not in chosen.values():
            chosen[key] = old_id
    return chosen


def _likeness(old: Carried, new: Found) -> float:
    if old.person_id != new.person_id:
        return 100.0 if same_words(old, new.words) else 0.0
    return fuzz.ratio(words_of(old.content), words_of(new.words.content))


def _follower(before: str, after: str) -> Callable[[Span], Span]:
    """Give what follows a place of one text into the other: to where the words stand that are in its stead."""
    old, new = list(_WORD.finditer(before)), list(_WORD.finditer(after))
    steps = Levenshtein.opcodes([word[0] for word in old], [word[0] for word in new])

    def follow(span: Span) -> Span:
        reached = []
        for step in steps:
            first = next((i for i in range(step.src_start, step.src_end) if old[i].end() > span[0]), step.src_end)
            last = first
            while last < step.src_end and old[last].start() < span[1]:
                last += 1
            if first == last:
                continue
            if step.tag == "equal":
                shift = step.dest_start - step.src_start
                reached += new[first + shift : last + shift]
            else:
                reached += new[step.dest_start : step.dest_end]
        return (reached[0].start(), reached[-1].end()) if reached else (0, 0)

    return follow
