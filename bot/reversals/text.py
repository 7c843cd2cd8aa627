"""Words of a text: tokens with their offsets, stems, content words and the parts of compounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from bot.reversals.data_files import read_json
from bot.reversals.morphology import infinitive, is_verb

_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*|(?:'[st]\b)|[^\W\d_]+(?:[-'’.](?:[^\W\d_]+|\d+))*|[%€]|[.!?;:,…]|[\"“”„‘’()–—]",
)
_UNVOICED = {"v": "f", "z": "s"}
_DERIVED = re.compile(r"(?:schap|ig(?:e|en)?)$")
_STRESS = str.maketrans("áéíóú", "aeiou")
_LINKS = ("", "s", "en", "e", "er", "n")
_SHORTEST_PART = 3
_COMMON = 7.0
_NO_PARTS = frozenset(
    ["ing", "lijk", "baar", "bare", "heid", "loos", "loze", "ver", "ont", "wan", "los", "ten", "ter", "ste", "zaam"]
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or mark of a text.

    Attributes:
        text: The token as it stands.
        lower: The same in lower case, with straight apostrophes.
        start: Offset of its first code point.
        end: Offset after its last code point.
    """

    text: str
    lower: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it begins with a letter."""
        return self.text[0].isalpha() or self.text[0] == "'"

    @property
    def is_mark(self) -> bool:
        """Whether it is punctuation."""
        return not self.text[0].isalnum() and self.text[0] not in "'%€"


def tokens(text: str) -> tuple[Token, ...]:
    """Cut a text into tokens.

    Args:
        text: Any text.

    Returns:
        Its words, numbers and marks in order, with code point offsets.
    """
    return tuple(
        Token(match.group(), _plain(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(text)
    )


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a lower-case Dutch word.

    Snowball's ``dutch_porter`` leaves plurals in -es and -'s as they are, so these are cut first; and it keeps the
    voiced end of a plural ("wolven"), which is made that of the singular.

    Args:
        word: A lower-case word.

    Returns:
        A stem, equal for the inflected forms of most nouns, adjectives and weak verbs.
    """
    base = word.rstrip(".")
    if base.endswith("'s"):
        base = base[:-2]
    elif len(base) > 5 and base.endswith("es") and not base.endswith("loes"):
        base = base[:-1]
    found = str(_stemmer().stemWord(base)) or word
    return found[:-1] + _UNVOICED[found[-1]] if found[-1] in _UNVOICED and len(found) > 2 else found


@lru_cache(maxsize=100_000)
def compound_parts(word: str) -> tuple[str, ...]:
    """The stems of the two halves of a compound, where both are known words.

    Args:
        word: A lower-case word.

    Returns:
        Two stems, or nothing where no cut leaves two known halves. Of several cuts the one with the
        longest last half wins, as the head of a Dutch compound stands last.
    """
    base = _DERIVED.sub("", word)
    if base != word and len(base) > 5 and _is_part(base, stem(base)):
        return (stem(base),)
    if "-" in word:
        return tuple(stem(part) for part in word.split("-") if len(part) >= _SHORTEST_PART)
    if len(word) < 2 * _SHORTEST_PART + 1:
        return ()
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        head = stem(word[cut:])
        is_plural = len(word) - cut == _SHORTEST_PART and word[cut] == word[cut - 1]
        if is_plural or not _is_part(word[cut:], head):
            continue
        for link in _LINKS:
            first = word[:cut].removesuffix(link) if link else word[:cut]
            if (not link or word[:cut].endswith(link)) and _is_part(first, stem(first)):
                return stem(first), head
    return ()


@lru_cache(maxsize=100_000)
def key_of(word: str) -> str:
    """The stem of a lower-case word, of the verb behind it where it is a form of one or named after it ("fusie")."""
    return stem(infinitive(word) or _verb_behind(word) or word)


def rarity(stem_: str) -> float:
    """How rare a stem is in political Dutch.

    Args:
        stem_: A stem.

    Returns:
        The natural logarithm of paragraphs by paragraphs that hold it; the maximum for an unknown stem.
    """
    known, unseen = _rarities()
    return known.get(stem_, unseen)


def is_content(word: str) -> bool:
    """Whether a lower-case word says what a statement is about: no function word, negation or vague noun."""
    return word not in stopwords() and stem(word) not in _vague_stems()


def is_vague(word: str) -> bool:
    """Whether a lower-case word is a noun or adjective that fits any subject ("plan", "probleem", "goed")."""
    return word in _vague() or stem(word) in _vague_stems()


@cache
def stopwords() -> frozenset[str]:
    """Words that never say what a statement is about: function words, negation, vague words and words of time."""
    lists = read_json("stopwords.json")
    return frozenset(word for words in lists.values() for word in words.split())


def terms(text: str, cue: str | None = None) -> tuple[str, ...]:
    """The stems under which a statement is filed.

    Args:
        text: The words said.
        cue: The reporting verb; it never is a term, as another verb may report the same matter.

    Returns:
        Distinct stems of its content words in order of appearance, compounds followed by their halves,
        without stop words, negation and numbers.
    """
    reporting = frozenset(token.lower for token in tokens(cue)) if cue else frozenset()
    found: dict[str, None] = {}
    for token in tokens(text):
        if not token.is_word or len(token.lower) < 2 or token.lower in reporting or not is_content(token.lower):
            continue
        found[key_of(token.lower)] = None
        for part in compound_parts(token.lower):
            found[part] = None
    return tuple(found)


def _verb_behind(word: str) -> str | None:
    singular = word.removesuffix("s")
    for ending in ("atie", "ie"):
        verb = singular.removesuffix(ending) + "eren"
        if singular.endswith(ending) and is_verb(verb):
            return verb
    return None


def _plain(word: str) -> str:
    """Lower case, straight apostrophes, and no accents of stress ("vóór") except in "één", which is a number."""
    lower = word.lower().replace("’", "'")
    return lower if lower in ("één", "eén") else lower.translate(_STRESS)


def _is_part(word: str, word_stem: str) -> bool:
    if len(word) < _SHORTEST_PART or word in _NO_PARTS or word in stopwords():
        return False
    return word_stem in _rarities()[0] and (len(word) > _SHORTEST_PART or rarity(word_stem) < _COMMON)


@cache
def _rarities() -> tuple[dict[str, float], float]:
    """The rarity of known stems, and that of an unknown one."""
    known = read_json("vocabulary.json")
    return {stem_: tenths / 10 for stem_, tenths in known["rarity"].items()}, known["unseen"] / 10


@cache
def _vague() -> frozenset[str]:
    return frozenset(read_json("stopwords.json")["vague"].split())


@cache
def _vague_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in _vague())


@cache
def _stemmer() -> Any:
    import snowballstemmer  # loads thirty languages, a fifth of a second that commands without text need not wait for

    return snowballstemmer.stemmer("dutch_porter")
