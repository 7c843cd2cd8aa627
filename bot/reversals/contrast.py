"""Where an article itself sets what somebody said then against what the same person says now."""

from __future__ import annotations

import re
from functools import cache

from bot.reversals.data_files import read_toml
from bot.reversals.text import terms

Span = tuple[int, int]

FARTHEST = 400
"""Code points between two statements that a text can still set against each other."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])[”’\"']?\s+|\n+")
_WORD = re.compile(r"\w+")


def sets_against(text: str, earlier: Span, later: Span) -> bool:
    """Tell whether the reporter joins two statements by words of contrast: "zei vorig jaar nog …, nu …".

    Both sentences must hold such a word outside the statement, stand close to each other, and be about the same:
    a word of either statement comes back in the sentence of the other.

    Args:
        text: The article's text.
        earlier: Span of the older words (code points, end exclusive).
        later: Span of the newer words.
    """
    if max(earlier[0], later[0]) - min(earlier[1], later[1]) > FARTHEST:
        return False
    then_around, now_around = _around(text, earlier), _around(text, later)
    if not _holds(then_around, "then") or not _holds(now_around, "now"):
        return False
    then_said, now_said = text[slice(*earlier)], text[slice(*later)]
    return _share(then_said, f"{now_around} {now_said}") or _share(now_said, f"{then_around} {then_said}")


def _around(text: str, span: Span) -> str:
    """Give the sentence that a statement stands in, without the statement."""
    ends = list(_SENTENCE_END.finditer(text))
    first = max((match.end() for match in ends if match.end() <= span[0]), default=0)
    last = min((match.start() for match in ends if match.start() >= span[1]), default=len(text))
    return f"{text[first : span[0]]} {text[span[1] : last]}"


def _holds(around: str, when: str) -> bool:
    return not _words()[when].isdisjoint(_WORD.findall(around.casefold()))


def _share(statement: str, sentence: str) -> bool:
    return not set(terms(statement, None)).isdisjoint(terms(sentence, None))


@cache
def _words() -> dict[str, frozenset[str]]:
    return {when: frozenset(words) for when, words in read_toml("then_and_now.toml").items()}
