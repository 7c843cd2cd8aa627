"""Copies of one text: agency copy that outlets print in full, trim, lead in anew or merge with other news. Pure.

Few words decide nothing and titles do not tell, so texts are compared by their runs of five words.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.ingest.copies import words_of

LEAST_CONTAINED = 0.5
"""From which share of the shorter text's runs in the longer one they are copies of one text."""

_RUN = 5
# Texts of fewer runs are a headline with a line under it: two of them can be alike by chance.
_LEAST_RUNS = 20


def runs_of(text: str) -> frozenset[str]:
    """Give the runs of five words of a text, whatever their case, accents and punctuation.

    Args:
        text: An article's text.

    Returns:
        The runs; none where the text is too short to tell it from another by them.
    """
    words = words_of(text)
    runs = frozenset(" ".join(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1))
    return runs if len(runs) >= _LEAST_RUNS else frozenset()


def are_copies(first: str, second: str) -> bool:
    """Tell whether two articles carry the same text, whole or in good part.

    Args:
        first: An article's text.
        second: Another one's.

    Returns:
        Whether half of the runs of the one with fewer are in the other.
    """
    return _share_enough(runs_of(first), runs_of(second))


def copies_among(text: str, others: Mapping[int, str]) -> set[int]:
    """Give the numbers of those of some articles that carry the same text as one.

    Args:
        text: The article's text.
        others: The texts of the others, by their numbers.
    """
    runs = runs_of(text)
    return {number for number, other in others.items() if _share_enough(runs, runs_of(other))}


def _share_enough(first: frozenset[str], second: frozenset[str]) -> bool:
    shorter, longer = sorted((first, second), key=len)
    return bool(shorter) and len(shorter & longer) >= LEAST_CONTAINED * len(shorter)
