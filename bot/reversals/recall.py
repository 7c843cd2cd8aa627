"""The earlier statements that are worth comparing with a new one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from bot.reversals.text import stopwords
from bot.reversals.values import Utterance

_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")


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


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """The content words of a text in lower case, joined by spaces.

    Args:
        text: Any text.
    """
    unwanted = stopwords()
    return " ".join(word for word in _WORD.findall(text.lower()) if word not in unwanted)
