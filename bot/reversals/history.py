"""A speaker's statements in order of time, each compared with all before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from heapq import nlargest
from math import log

from bot.reversals.comparison import compare_analyses, flagged
from bot.reversals.reading import analyse
from bot.reversals.recall import sharing_enough, shortlist, weigh
from bot.reversals.text import terms
from bot.reversals.values import Utterance, Verdict

# The same measures as the recall in storage: the rarest terms, and the candidates that share most of them.
_RAREST_TERMS = 8
_CANDIDATES = 200


def replay(history: Sequence[Utterance]) -> list[Verdict]:
    """Compare each statement of one speaker with all before it, as the bot would.

    Args:
        history: The statements of one speaker in any order; undated ones count as the oldest, in the order given.

    Returns:
        The verdicts that would be told, in order of the later statement.
    """
    ordered = sorted(history, key=lambda utterance: utterance.said or date.min)
    analyses = [analyse(utterance) for utterance in ordered]
    filed = [terms(utterance.text, utterance.cue) for utterance in ordered]
    posting: dict[str, list[int]] = {}
    told = []
    for position, later in enumerate(ordered):
        recalled = _recall(filed[position], posting, position)
        if not analyses[position].speaks_of_office:
            near = sharing_enough(weigh(filed[position]), [filed[index] for index in recalled], position)
            recalled = [recalled[place] for place in near]
        places = {id(ordered[index]): index for index in recalled}
        for earlier in shortlist(later, [ordered[index] for index in recalled]):
            if later.said and earlier.said == later.said:
                continue  # far more often one moment worded twice than a turn
            verdict = compare_analyses(
                earlier, analyses[places[id(earlier)]], later, analyses[position], history=position
            )
            if flagged(verdict):
                told.append(verdict)
        for term in filed[position]:
            posting.setdefault(term, []).append(position)
    return told


def _recall(own_terms: Sequence[str], posting: dict[str, list[int]], size: int) -> list[int]:
    """The positions that share the rarest terms, by summed inverse document frequency."""
    rarest = sorted((term for term in own_terms if term in posting), key=lambda term: len(posting[term]))
    scores: dict[int, float] = {}
    for term in rarest[:_RAREST_TERMS]:
        gain = log(1 + size / len(posting[term]))
        for index in posting[term]:
            scores[index] = scores.get(index, 0.0) + gain
    return nlargest(_CANDIDATES, scores, key=lambda index: (scores[index], index))
