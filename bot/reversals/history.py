"""A speaker's statements in order of time, each compared with all before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.reversals.comparison import compare_analyses, flagged
from bot.reversals.reading import analyse
from bot.reversals.recall import shortlist
from bot.reversals.text import terms
from bot.reversals.values import Utterance, Verdict


def replay(history: Sequence[Utterance]) -> list[Verdict]:
    """Compare each statement of one speaker with all before it, as the bot would.

    Args:
        history: The statements of one speaker in any order; undated ones count as the oldest, in the order given.

    Returns:
        The verdicts that would be told, in order of the later statement.
    """
    ordered = sorted(history, key=lambda utterance: utterance.said or date.min)
    analyses = [analyse(utterance) for utterance in ordered]
    posting: dict[str, list[int]] = {}
    told = []
    for position, later in enumerate(ordered):
        own_terms = terms(later.text, later.cue)
        candidates = sorted({index for term in own_terms for index in posting.get(term, ())})
        places = {id(ordered[index]): index for index in candidates}
        for earlier in shortlist(later, [ordered[index] for index in candidates]):
            verdict = compare_analyses(
                earlier, analyses[places[id(earlier)]], later, analyses[position], history=position
            )
            if flagged(verdict):
                told.append(verdict)
        for term in own_terms:
            posting.setdefault(term, []).append(position)
    return told
