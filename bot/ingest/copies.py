"""The same words in another article: keys for exact copies, and recognition of near ones. Pure.

A quote that two outlets carry is one statement with two mentions. Words that differ may only be ones
that one outlet leaves out or spells differently: a negation, a number or an opposite makes another
statement, since "gaat omhoog" and "gaat niet omhoog" are alike in every other way.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

_DATA = tomllib.loads((Path(__file__).parent / "data" / "wording.toml").read_text(encoding="utf-8"))
_NEGATIONS = frozenset(_DATA["negations"])
_TURNING_CUE_WORDS = frozenset(_DATA["turning_cue_words"])
_FILLERS = frozenset(_DATA["fillers"])
_VARIANTS = {form: forms[0] for forms in _DATA["variants"] for form in forms}

# "Stikstof-dossier" is "stikstofdossier". A number keeps its separators ("3,5" is not "35"); an apostrophe ends a word.
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+")

# Below this many words, one text within another says nothing ("een blunder" may have been said twice).
_LEAST_CONTAINED = 4
# So many words that are no fillers must be shared: fillers alone say nothing.
_LEAST_SHARED = 2
# Below this, two words are no spellings of one word; "verhogen" and "verlagen" are at 75.
_LEAST_SPELLING = 85.0


def words_of(text: str) -> tuple[str, ...]:
    """Give the words of a text without case, accents and punctuation, those with two forms in one ("wij", "we")."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(_VARIANTS.get(word, word) for word in _WORD.findall(_HYPHEN.sub("", plain)))


# A debate's statements are each held against hundreds of others.
_words_of = lru_cache(maxsize=4096)(words_of)


class Wording(Protocol):
    """What is compared: the statements of the quotes room and of storage both have it."""

    @property
    def kind(self) -> str:
        """``direct``, ``partial`` or ``indirect``."""
        ...

    @property
    def content(self) -> str:
        """The words, without quotation marks around them."""
        ...

    @property
    def cue(self) -> str | None:
        """The reporting verb; None without one."""
        ...


def content_key(kind: str, content: str, cue: str | None) -> str:
    """Give the key under which the same words of one person on one day are one statement.

    Case, accents, punctuation and the form of quotation marks do not count. The cue counts for an
    indirect statement, since polarity may sit in it ("sluit uit dat").

    Args:
        kind: ``direct``, ``partial`` or ``indirect``.
        content: The words, without quotation marks around them.
        cue: The reporting verb; None without one.

    Returns:
        64 hexadecimal digits.
    """
    words = _words_of(content) or (content.strip(),)
    parts = (*_words_of(cue or ""), "|", *words) if kind == "indirect" else words
    return sha256(" ".join(parts).encode()).hexdigest()


def same_words(first: Wording, second: Wording) -> bool:
    """Tell whether two statements are the same words as two outlets give them.

    That they are one person's, of about the same day, is the caller's business. True where one text is
    a part of the other (of at least four words), or where they differ only in fillers and spelling.

    Args:
        first: A statement.
        second: Another one.

    Returns:
        True where both are renderings of the same words.
    """
    if _turns_of(first) != _turns_of(second):
        return False
    # Of equal length by their letters: one alignment of many is taken, and it must not hang on who came first.
    shorter, longer = sorted(
        (_words_of(first.content), _words_of(second.content)), key=lambda words: (len(words), words)
    )
    if not shorter or not _may_be_the_same(shorter, longer):
        return False
    return shorter == longer or _is_part_of(shorter, longer) or _differ_in_trifles(shorter, longer)


def _turns_of(wording: Wording) -> int:
    """Count what turns the polarity in the cue of a paraphrase; marked words stand by themselves."""
    if wording.kind != "indirect":
        return 0
    return sum(word in _TURNING_CUE_WORDS for word in _words_of(wording.cue or ""))


def _may_be_the_same(shorter: tuple[str, ...], longer: tuple[str, ...]) -> bool:
    """Whether each word that counts comes back, or one that is spelled alike: most pairs fail at the first."""
    return all(
        process.extractOne(word, longer, scorer=fuzz.ratio, score_cutoff=_LEAST_SPELLING)
        for word in _telling(shorter).difference(longer)
    )


@lru_cache(maxsize=4096)
def _telling(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(words) - _FILLERS


def _is_part_of(shorter: Sequence[str], longer: Sequence[str]) -> bool:
    size = len(shorter)
    return size >= _LEAST_CONTAINED and any(
        longer[start : start + size] == shorter for start in range(len(longer) - size + 1)
    )


def _differ_in_trifles(shorter: Sequence[str], longer: Sequence[str]) -> bool:
    shared = 0
    for step in Levenshtein.opcodes(shorter, longer):
        ours, theirs = shorter[step.src_start : step.src_end], longer[step.dest_start : step.dest_end]
        if step.tag == "equal" or (step.tag == "replace" and all(map(_are_spellings, ours, theirs))):
            shared += sum(word not in _FILLERS for word in ours)
        elif not _FILLERS.issuperset(ours) or not _FILLERS.issuperset(theirs):
            return False
    return shared >= _LEAST_SHARED


def _are_spellings(first: str, second: str) -> bool:
    """Tell whether two words are spellings of one; never where the difference can carry the meaning."""
    if {first, second} & _NEGATIONS or first[0].isdigit() or second[0].isdigit():
        return False
    is_opposite = first == f"on{second}" or second == f"on{first}"
    return not is_opposite and fuzz.ratio(first, second) >= _LEAST_SPELLING
