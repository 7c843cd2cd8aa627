"""The word lists of signs, idioms, marks and synonyms, ready to be looked up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from bot.reversals.data_files import read_toml
from bot.reversals.morphology import infinitive, is_verb
from bot.reversals.text import compound_parts, key_of, stem

NEGATIONS = frozenset(
    ["niet", "geen", "nooit", "niemand", "niets", "niks", "nergens", "noch", "geenszins", "allerminst", "nimmer", "nul"]
)
_WIDEST_GAP = 4
_HEADS = frozenset(
    ["verbod", "tekort", "overschot", "gebrek", "krimp", "groei", "verlies", "ontslag", "uitstel", "stop"]
)
_ON_ADJECTIVE = ("baar", "lijk", "ig", "zaam", "eerd", "eel", "isch", "bare", "lijke", "ige")


@dataclass(frozen=True, slots=True)
class Expression:
    """A fixed expression of one or more words.

    Attributes:
        parts: Per word the alternatives in lower case; ``*`` for a gap, ``{infinitive}`` for any form of a verb.
        name: The axis of an idiom, or the kind of a mark.
        sign: +1, -1, or 0 where it only takes its words out.
    """

    parts: tuple[str, ...]
    name: str
    sign: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """An expression found in a text.

    Attributes:
        name: Its axis or kind.
        sign: Its sign.
        indices: Indices of the tokens that make it, gaps left out.
    """

    name: str
    sign: int
    indices: tuple[int, ...]


def find_idioms(words: Sequence[str], verbs: Sequence[str | None]) -> Iterator[Found]:
    """Find the signed idioms of a text; an earlier and longer one takes its words from the others.

    Args:
        words: The tokens in lower case.
        verbs: Per token the infinitive, None where it is no verb.

    Yields:
        The idioms, from left to right.
    """
    yield from _find(_idioms(), words, verbs, exclusive=True)


def find_marks(words: Sequence[str], verbs: Sequence[str | None]) -> Iterator[Found]:
    """Find the words that say how a text is meant (hedges, guarantees, conditions ...); they may overlap.

    Args:
        words: The tokens in lower case.
        verbs: Per token the infinitive, None where it is no verb.

    Yields:
        The marks, from left to right.
    """
    yield from _find(_marks(), words, verbs, exclusive=False)


def sign_of(word: str, verb: str | None) -> tuple[str, int] | None:
    """The axis and sign of a single word.

    Args:
        word: The word in lower case.
        verb: Its infinitive, with the particle that stands apart from it; None for another word.

    Returns:
        The axis and +1 or -1, or None for a word without sign.
    """
    if verb:
        is_whole = verb == infinitive(word)
        return _signs().get(verb) or (_signs().get(word) if is_whole else None)
    found = _signs().get(word)
    if found is None and (parts := compound_parts(word)):
        found = _heads().get(parts[-1])
    if found is None and word.startswith("on") and word.endswith(_ON_ADJECTIVE) and len(word) > 6:
        return "need", -1
    return found


def synonyms(key: str) -> frozenset[int]:
    """The numbers of the groups of synonyms that a stem belongs to."""
    return _synonyms().get(key, frozenset())


def _find(
    index: dict[str, list[Expression]], words: Sequence[str], verbs: Sequence[str | None], *, exclusive: bool
) -> Iterator[Found]:
    taken: set[int] = set()
    for at, word in enumerate(words):
        if at in taken:
            continue
        verb = verbs[at]
        candidates = index.get(word, [])
        if verb and "{" + verb + "}" in index:
            candidates = candidates + index["{" + verb + "}"]
        for expression in candidates:
            indices = _match(expression.parts, words, verbs, at)
            if indices and not (exclusive and taken.intersection(indices)):
                yield Found(expression.name, expression.sign, indices)
                if exclusive:
                    taken.update(indices)
                    break


def _match(
    parts: tuple[str, ...], words: Sequence[str], verbs: Sequence[str | None], at: int
) -> tuple[int, ...] | None:
    indices: list[int] = []
    position = at
    gap = False
    for part in parts:
        if part == "*":
            gap = True
            continue
        last = position + (_WIDEST_GAP if gap else 0)
        while position <= last and position < len(words) and not _fits(part, words[position], verbs[position]):
            if words[position] in ".!?;":
                return None
            position += 1
        if position > last or position >= len(words):
            return None
        indices.append(position)
        position += 1
        gap = False
    return tuple(indices)


def _fits(part: str, word: str, verb: str | None) -> bool:
    return part[1:-1] == verb if part[0] == "{" else part == word


@cache
def _signs() -> dict[str, tuple[str, int]]:
    signs: dict[str, tuple[str, int]] = {}
    for axis, lists in read_toml("predicates.toml").items():
        for pair in lists.get("pairs", ()):
            positive, _, negative = pair.partition(" / ")
            for word, sign in ((positive, 1), (negative, -1)):
                if " " not in word:
                    _put(signs, word, axis, sign)
        for name, sign in (("plus", 1), ("minus", -1)):
            for word in lists.get(name, ()):
                _put(signs, word, axis, sign)
    return signs


def _put(signs: dict[str, tuple[str, int]], word: str, axis: str, sign: int) -> None:
    """Enter a word with its inflected forms; those of a verb are found by its infinitive."""
    for form in [word] if is_verb(word) else _inflected(word):
        signs.setdefault(form, (axis, sign))


def _inflected(word: str) -> list[str]:
    """A noun or adjective with its endings: "strafbaar" strafbare, "dom" domme, "verbod", "boycot" boycots."""
    if len(word) < 4:
        return [word, word + "e"]
    last, vowel = word[-1], word[-2]
    body = word
    if vowel == word[-3] and vowel in "aeou":
        body = word[:-2] + last
    elif vowel in "aeiou" and word[-3] not in "aeiou" and last not in "aeiouw" and len(word) < 6:
        body = word + last
    voiced = body[:-1] + {"f": "v", "s": "z"}.get(last, last)
    return [word, body + "e", voiced + "e", body + "en", voiced + "en", word + "s", word + "e"]


@cache
def _heads() -> dict[str, tuple[str, int]]:
    """Signed nouns by stem, as the last half of a compound ("huurverhoging", "vuurwerkverbod")."""
    return {stem(word): found for word, found in _signs().items() if word.endswith("ing") or word in _HEADS}


@cache
def _idioms() -> dict[str, list[Expression]]:
    expressions = []
    for line in read_toml("idioms.toml")["expressions"]:
        head, _, words = line.partition(": ")
        axis, sign = head.split()
        value = {"+": 1, "-": -1, "0": 0}[sign]
        expressions += [Expression(parts, axis, value) for parts in _alternatives(words)]
    return _by_first_word(expressions)


@cache
def _marks() -> dict[str, list[Expression]]:
    kinds = read_toml("marks.toml").items()
    return _by_first_word(
        [Expression(parts, kind) for kind, lines in kinds for words in lines for parts in _alternatives(words)]
    )


def _alternatives(words: str) -> list[tuple[str, ...]]:
    """The expressions that a line with bars stands for: "sta|staat * achter" is two."""
    return list(product(*(part.split("|") for part in words.split())))


def _by_first_word(expressions: list[Expression]) -> dict[str, list[Expression]]:
    index: dict[str, list[Expression]] = {}
    for expression in sorted(expressions, key=lambda one: -sum(part != "*" for part in one.parts)):
        index.setdefault(expression.parts[0], []).append(expression)
    return index


@cache
def _synonyms() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(read_toml("synonyms.toml")["groups"]):
        for word in line.split():
            groups.setdefault(key_of(word), set()).add(number)
    return {key: frozenset(numbers) for key, numbers in groups.items()}
