"""What a later version of an article changed in its statements: words that were corrected where they stand. Pure.

A text that is edited shifts as a whole, so a place is followed through the edit word by word. A statement that stands
where another one stood, in nearly its words or in its words by another speaker, is that statement corrected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Protocol

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from bot.ingest.copies import Wording, same_words, words_of

LEAST_ALIKE = 60.0
"""From which likeness of their words (0 to 100) a statement in another's place is that one corrected."""

_WORD = re.compile(r"\S+")

# Two stretches of 20,000 words: that takes a tenth of a second. What is longer was written anew as a whole.
_MOST_ALIGNED = 400_000_000

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
    steps = _steps(before, after, old, new)

    def follow(span: Span) -> Span:
        reached = []
        for step in steps:
            if not old or step.src_start == step.src_end or old[step.src_end - 1].end() <= span[0]:
                continue
            if old[step.src_start].start() >= span[1]:
                break
            if not step.is_equal:
                reached += new[step.dest_start : step.dest_end]
                continue
            shift = step.dest_start - step.src_start
            inside = range(step.src_start, step.src_end)
            reached += [new[i + shift] for i in inside if old[i].end() > span[0] and old[i].start() < span[1]]
        return (reached[0].start(), reached[-1].end()) if reached else (0, 0)

    return follow


@dataclass(frozen=True, slots=True)
class _Step:
    """Words of one text and those in their stead in the other, by their numbers, ends exclusive."""

    is_equal: bool
    src_start: int
    src_end: int
    dest_start: int
    dest_end: int


def _steps(before: str, after: str, old: Sequence[re.Match[str]], new: Sequence[re.Match[str]]) -> list[_Step]:
    """Align two texts word by word, between the paragraphs that both have: a debate has as many words as a book."""
    steps: list[_Step] = []
    for block in _blocks(_paragraphs(before, old), _paragraphs(after, new)):
        size = (block.src_end - block.src_start) * (block.dest_end - block.dest_start)
        if block.is_equal or size > _MOST_ALIGNED:
            steps.append(block)
            continue
        words = [word[0] for word in old[block.src_start : block.src_end]]
        others = [word[0] for word in new[block.dest_start : block.dest_end]]
        for step in Levenshtein.opcodes(words, others):
            steps.append(
                _Step(
                    step.tag == "equal",
                    block.src_start + step.src_start,
                    block.src_start + step.src_end,
                    block.dest_start + step.dest_start,
                    block.dest_start + step.dest_end,
                )
            )
    return steps


def _blocks(old: _Paragraphs, new: _Paragraphs) -> list[_Step]:
    """Give the stretches of words whose paragraphs are the same in both texts, and those between them."""
    blocks: list[_Step] = []
    for step in Levenshtein.opcodes(old.texts, new.texts):
        block = _Step(
            step.tag == "equal",
            old.starts[step.src_start],
            old.starts[step.src_end],
            new.starts[step.dest_start],
            new.starts[step.dest_end],
        )
        if blocks and not block.is_equal and not blocks[-1].is_equal:
            blocks[-1] = replace(blocks[-1], src_end=block.src_end, dest_end=block.dest_end)
        else:
            blocks.append(block)
    return blocks


@dataclass(frozen=True, slots=True)
class _Paragraphs:
    """The paragraphs of a text, and the number of the first word of each; the last number is that of all words."""

    texts: list[str]
    starts: list[int]


def _paragraphs(text: str, words: Sequence[re.Match[str]]) -> _Paragraphs:
    texts = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    counts = [len(paragraph.split()) for paragraph in texts]
    starts = list(accumulate(counts, initial=0))
    if starts[-1] != len(words):  # blanks that only one of the two ways of splitting knows
        return _Paragraphs([text], [0, len(words)])
    return _Paragraphs(texts, starts)
