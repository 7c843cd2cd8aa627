"""Words that a chat follows: how they are kept, and whether a text holds them. Pure.

They are read as a search reads them: words in quotation marks must follow each other exactly, and any other word may be
the beginning of a longer one ("stikstof" finds "stikstofbeleid"). Case and diacritics do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = str.maketrans(dict.fromkeys("“”„«»", '"'))
_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")
_LEAST_OPEN = 4


def normal_words(typed: str) -> str:
    """Give words as they are kept, so that the same ones are followed once: folded, phrases in quotation marks.

    Args:
        typed: What was typed.

    Returns:
        The words in their order; empty where nothing was typed that can be looked for.
    """
    return " ".join(f'"{" ".join(words)}"' if is_phrase else words[0] for words, is_phrase in _terms(typed))


def holds(text: str, words: str) -> bool:
    """Tell whether a text holds all of these words.

    Args:
        text: Any text.
        words: What is looked for, as it was typed or as it is kept. A word of fewer than four letters must stand by
            itself: most words of Dutch begin with some such word.
    """
    terms, said = _terms(words), _said(text)
    return bool(terms) and all(_is_in(said, term, is_phrase) for term, is_phrase in terms)


@lru_cache(maxsize=64)
def _said(text: str) -> str:
    """Give a text's words between blanks; an article's statements are each held against all words that are followed."""
    return f" {' '.join(_WORD.findall(_folded(text)))} "


def _is_in(said: str, term: tuple[str, ...], is_phrase: bool) -> bool:
    is_whole = is_phrase or len(term[0]) < _LEAST_OPEN
    return f" {' '.join(term)}{' ' if is_whole else ''}" in said


@lru_cache(maxsize=10_000)
def _terms(typed: str) -> tuple[tuple[tuple[str, ...], bool], ...]:
    terms: list[tuple[tuple[str, ...], bool]] = []
    for match in _PARTS.finditer(_folded(typed.translate(_MARKS))):
        if match[2] is None:
            terms.append((tuple(_WORD.findall(match[1])), True))
        else:
            terms += [((word,), False) for word in _WORD.findall(match[2])]
    return tuple(term for term in terms if term[0])


def _folded(text: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )
