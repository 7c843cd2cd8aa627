"""Where an article itself sets what somebody said then against what the same person says now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from bot.reversals.data_files import read_toml
from bot.reversals.text import terms

Span = tuple[int, int]

FARTHEST = 400
"""Code points between two statements that a text can still set against each other."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])[”’\"']?\s+|\n+")
_WORD = re.compile(r"\w+")
_BESIDE = 4


def sets_against(text: str, earlier: Span, later: Span) -> bool:
    """Tell whether the reporter sets two statements against each other: "zei vorig jaar nog …, nu zegt zij …".

    They must stand close to each other and be about the same: a word of either statement comes back in the sentence
    of the other. The reporter calls it a turn ("komt terug op"), or joins them by a word of then and one of now beside
    a verb that gives a view; and nothing says that it is the same again ("herhaalt", "ook nu").

    Args:
        text: The article's text.
        earlier: Span of the older words (code points, end exclusive).
        later: Span of the newer words.
    """
    first, second = sorted((earlier, later))
    if second[0] - first[1] > FARTHEST:
        return False
    reported = _blanked(_blanked(text, first), second)
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    then_around, now_around = _around(reported, ends, earlier), _around(reported, ends, later)
    told = f"{then_around} {reported[first[1] : second[0]]} {now_around}"
    if _holds(told, "again") or not _is_joined(_sentence_before(reported, ends, first), told, then_around, now_around):
        return False
    then_said, now_said = text[slice(*earlier)], text[slice(*later)]
    return _share(then_said, f"{now_around} {now_said}") or _share(now_said, f"{then_around} {then_said}")


def _is_joined(before: str, told: str, then_around: str, now_around: str) -> bool:
    if _holds(f"{before} {told}", "turns") or _holds(now_around, "suddenly"):
        return True
    return _holds(then_around, "then") and _gives_a_view_now(now_around)


def _gives_a_view_now(around: str) -> bool:
    """Whether a word of now stands beside a verb that gives a view, with no more than the speaker in between."""
    words, lists = _words(around), _lists()
    if _holds(around, "views_with_now"):
        return True
    at_now = [at for at, word in enumerate(words) if word in lists["now"]]
    at_view = [at for at, word in enumerate(words) if word in lists["views"]]
    return any(
        abs(now - view) <= _BESIDE and lists["apart"].isdisjoint(words[min(now, view) + 1 : max(now, view)])
        for now in at_now
        for view in at_view
    )


def _blanked(text: str, span: Span) -> str:
    return f"{text[: span[0]]}{' ' * (span[1] - span[0])}{text[span[1] :]}"


def _around(reported: str, ends: Sequence[int], span: Span) -> str:
    """Give what the reporter says in the sentence that a statement stands in."""
    return reported[max(end for end in ends if end <= span[0]) : min(end for end in ends if end >= span[1])]


def _sentence_before(reported: str, ends: Sequence[int], span: Span) -> str:
    *_, before, first = [0, *(end for end in ends if end <= span[0])]
    return reported[before:first]


def _holds(around: str, name: str) -> bool:
    """Whether one of the expressions of a list stands in a text."""
    joined = f" {' '.join(_words(around))} "
    return any(f" {expression} " in joined for expression in _lists()[name])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _share(statement: str, sentence: str) -> bool:
    return not set(terms(statement, None)).isdisjoint(terms(sentence, None))


@cache
def _lists() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in read_toml("then_and_now.toml").items()}
