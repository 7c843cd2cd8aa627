"""The earlier statements that are worth comparing with a new one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log10

from rapidfuzz import fuzz, process

from bot.reversals.text import rarity, stopwords
from bot.reversals.values import Utterance

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")

# The threshold for a flag rises with the size of a history, and with it the least that two statements must share to
# reach it. Of the labelled pairs that are still told in a history of 100, 1,000, 5,000 and 50,000, the one that shares
# least shares 0.34, 0.40, 0.63 and 0.63 of the terms of the smaller statement, weighed by rarity, and 0.22, 0.30, 0.42
# and 0.45 of those of the larger one; half of what recall gives shares less than 0.25 of the smaller. What is asked
# for stays well below what was seen.
_LONG_HISTORY = 100
_LEAST_OF_SMALLER, _LEAST_OF_LARGER, _MORE_PER_TENFOLD = 0.3, 0.1, 0.05
# Rarities that must be shared in any case; a comparison asks for more, but counts stems that are no terms.
_LEAST_SHARED = 5.0


def shortlist(later: Utterance, earlier: Sequence[Utterance], limit: int = 50) -> list[Utterance]:
    """The statements whose content words are most like those of a new one.

    Args:
        later: The new statement.
        earlier: Candidates, as recall by terms found them.
        limit: How many to keep.

    Returns:
        At most ``limit`` of them, best first. Negation and stop words do not count, so that a denial
        is found beside what it denies.
    """
    ranked = process.extract(
        bare(later.text), [bare(one.text) for one in earlier], scorer=fuzz.token_sort_ratio, limit=limit
    )
    return [earlier[index] for _, _, index in ranked]


def weigh(terms: Iterable[str]) -> dict[str, float]:
    """Give terms with their rarity, which is what sharing them counts for."""
    return {term: rarity(term) for term in terms}


def least_shared(later: Mapping[str, float], history: int) -> float:
    """What a statement must share with a new one, at least, to be told beside it, whatever else it says.

    Args:
        later: The terms of the new statement, weighed.
        history: How many statements the speaker made; in a short history it is nothing.
    """
    if history < _LONG_HISTORY:
        return 0.0
    return max(_LEAST_SHARED, (_LEAST_OF_LARGER + _more(history)) * sum(later.values()))


def sharing_enough(later: Mapping[str, float], earlier: Sequence[Sequence[str]], history: int) -> list[int]:
    """The statements that share enough with a new one to be told beside it, by their terms alone.

    Args:
        later: The terms of the new statement, weighed.
        earlier: Those of each candidate.
        history: How many statements the speaker made; in a short history all candidates are kept.

    Returns:
        The places of these candidates.
    """
    if history < _LONG_HISTORY:
        return list(range(len(earlier)))
    more, weight, least = _more(history), sum(later.values()), least_shared(later, history)
    found = []
    for place, terms in enumerate(earlier):
        shared = sum([later[term] for term in terms if term in later])
        if shared < least:
            continue
        smaller, larger = sorted((weight, sum(map(rarity, terms))))
        if shared >= (_LEAST_OF_SMALLER + more) * smaller and shared >= (_LEAST_OF_LARGER + more) * larger:
            found.append(place)
    return found


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """The content words of a text in lower case, joined by spaces.

    Args:
        text: Any text.
    """
    unwanted = stopwords()
    return " ".join([word for word in _WORD.findall(text.lower()) if word not in unwanted])


def _more(history: int) -> float:
    return _MORE_PER_TENFOLD * log10(history / _LONG_HISTORY)
