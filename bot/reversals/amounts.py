"""Quantities in a text: value, unit and bound ("ruim 30 procent", "1 op de 3", "veertienduizend woningen")."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.reversals.text import Token, is_content, key_of

_UNITS = {
    "één": 1, "eén": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8,
    "negen": 9, "tien": 10, "elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15, "zestien": 16,
    "zeventien": 17, "achttien": 18, "negentien": 19, "twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50,
    "zestig": 60, "zeventig": 70, "tachtig": 80, "negentig": 90,
}  # fmt: skip
_MULTIPLIERS = {"honderd": 1e2, "duizend": 1e3, "miljoen": 1e6, "mln": 1e6, "miljard": 1e9, "mld": 1e9, "biljoen": 1e12}
_FRACTIONS = {
    "half": 0.5, "halve": 0.5, "helft": 0.5, "derde": 1 / 3, "kwart": 0.25, "vijfde": 0.2, "driekwart": 0.75,
}  # fmt: skip
_PERCENT = frozenset(["%", "procent", "procentpunt"])
_MONEY = frozenset(["euro", "€", "euro's"])
_MAXIMUM = frozenset(["maximaal", "hooguit", "hoogstens", "onder", "hoogste", "maximum", "beneden"])
_MINIMUM = frozenset(["minimaal", "minstens", "minste", "zeker", "boven", "minimum", "tenminste"])
_ABOUT = frozenset(["ruim", "bijna", "ongeveer", "circa", "zo'n", "rond", "tussen", "pakweg", "krap"])
_MAXIMUM_PAIRS = frozenset([("minder", "dan"), ("lager", "dan")])
_MINIMUM_PAIRS = frozenset([("meer", "dan"), ("hoger", "dan")])
# Millions of nothing in particular are money: "zes miljoen voor de ijsbaan".
_MONEY_FROM = 1e6
_PLURALS = ("en", "s", "jaar")
_NAMED_BY_NUMBER = frozenset(["nr", "nummer", "artikel", "stuk", "amendement"])
_LOOK_BACK = 3


class Amount(NamedTuple):
    """A quantity.

    Attributes:
        value: The number; a share of a whole as a percentage.
        unit: ``%``, ``euro``, the stem of what is counted, or an empty string.
        bound: ``exact``, ``about``, ``max`` or ``min``.
        start: Offset of its first code point.
        end: Offset after its last code point.
    """

    value: float
    unit: str
    bound: str
    start: int
    end: int


def amounts(words: Sequence[Token], taken: frozenset[int] = frozenset()) -> list[Amount]:
    """Find the quantities in a text.

    Args:
        words: The tokens of the text.
        taken: Indices of tokens that belong to something else, such as a date.

    Returns:
        The quantities in order.
    """
    found = []
    at = 0
    while at < len(words):
        read = None if at in taken else _read(words, at)
        if read is None:
            at += 1
            continue
        value, unit, after = read
        bound = _bound(words, at)
        first = at - 1 if at and words[at - 1].lower == "€" else at
        found.append(Amount(value, unit, bound, words[first].start, words[after - 1].end))
        at = after
    return found


@lru_cache(maxsize=10_000)
def number_word(word: str) -> float | None:
    """The value of a number written in letters.

    Args:
        word: A lower-case word, such as "veertienduizend" or "vijfentwintig".

    Returns:
        Its value, or None where it is no number. The article "een" is none.
    """
    if word in _UNITS:
        return float(_UNITS[word])
    if word == "anderhalf":
        return 1.5
    for name in ("duizend", "honderd"):
        before, middle, after = word.partition(name)
        if middle:
            left = 1.0 if not before else number_word(before)
            right = 0.0 if not after else number_word(after.removeprefix("en"))
            return None if left is None or right is None else left * _MULTIPLIERS[name] + right
    units, middle, tens = word.partition("en")
    if middle and units in _UNITS and _UNITS[units] < 10 and _UNITS.get(tens, 0) >= 20:
        return float(_UNITS[units] + _UNITS[tens])
    match = re.fullmatch(r"(een|twee|drie|vier|vijf|zes|zeven|acht|negen)(?:ën|en)(twintig|\w+tig)", word)
    if match and match[2] in _UNITS:
        return float(_UNITS.get(match[1], 1) + _UNITS[match[2]])
    return None


def _read(words: Sequence[Token], at: int) -> tuple[float, str, int] | None:
    token = words[at]
    if _names_something(words, at):
        return None
    if token.lower == "een" and at + 1 < len(words) and words[at + 1].lower in _FRACTIONS:
        return _read(words, at + 1)
    share = _share(words, at)
    if share:
        return share
    value = _digits(token.lower) if token.text[0].isdigit() else number_word(token.lower)
    if token.lower in ("half", "halve") and at + 1 < len(words) and words[at + 1].lower in _MULTIPLIERS:
        value = 0.5
    if token.lower in _FRACTIONS and value is None and token.lower != "halve" and token.lower != "half":
        return 100 * _FRACTIONS[token.lower], "%", at + 1
    if token.lower == "een" and at + 1 < len(words) and words[at + 1].lower in ("miljoen", "miljard"):
        value = 1.0
    if value is None:
        return None
    after = at + 1
    if after < len(words) and words[after].lower in _MULTIPLIERS:
        value *= _MULTIPLIERS[words[after].lower]
        after += 1
    unit, after = _unit(words, at, after)
    counts = unit and words[after - 1].lower.endswith(_PLURALS)
    return value, "euro" if value >= _MONEY_FROM and unit != "%" and not counts else unit, after


def _names_something(words: Sequence[Token], at: int) -> bool:
    """Whether a number is a time of day ("9.40 uur") or the name of a thing ("amendement nr. 24")."""
    is_clock = re.fullmatch(r"\d{1,2}[.:]\d\d", words[at].lower) and any(
        one.lower == "uur" for one in words[at + 1 : at + 2]
    )
    before = [token.lower for token in words[max(0, at - 2) : at] if token.text != "."]
    return bool(is_clock) or (bool(before) and before[-1] in _NAMED_BY_NUMBER)


def _share(words: Sequence[Token], at: int) -> tuple[float, str, int] | None:
    """A share such as "1 op de 3" or "een op de drie"."""
    lower = [token.lower for token in words[at : at + 4]]
    if len(lower) < 4 or lower[1:3] != ["op", "de"]:
        return None
    part = 1.0 if lower[0] == "een" else (_digits(lower[0]) or number_word(lower[0]))
    whole = _digits(lower[3]) or number_word(lower[3])
    return (100 * part / whole, "%", at + 4) if part and whole else None


def _digits(word: str) -> float | None:
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?", word):
        return float(word.replace(".", "").replace(",", "."))
    return float(word) if re.fullmatch(r"\d+\.\d{1,2}", word) else None


def _unit(words: Sequence[Token], at: int, after: int) -> tuple[str, int]:
    if at and words[at - 1].lower == "€":
        return "euro", after
    if after < len(words):
        lower = words[after].lower
        if lower in _PERCENT:
            return "%", after + 1
        if lower in _MONEY:
            return "euro", after + 1
        if lower in ("jaar", "dagen", "dag", "maanden", "weken", "uur", "jaren", "kilometer", "graden"):
            return lower[:4], after + 1
    for index in range(after, min(after + 3, len(words))):
        token = words[index]
        if token.is_mark or not token.is_word:
            break
        is_adjective = (
            (token.lower.endswith("e") or token.lower == "extra")
            and index + 1 < len(words)
            and words[index + 1].is_word
        )
        if is_content(token.lower) and not is_adjective:
            return key_of(token.lower), index + 1
        if not is_adjective and not is_content(token.lower):
            break
    return "", after


def _bound(words: Sequence[Token], at: int) -> str:
    before = [token.lower for token in words[max(0, at - _LOOK_BACK) : at]]
    pairs = set(itertools.pairwise(before))
    is_negated = "niet" in before
    if pairs & _MINIMUM_PAIRS:
        return "max" if is_negated else "min"
    if pairs & _MAXIMUM_PAIRS:
        return "min" if is_negated else "max"
    if _MAXIMUM & set(before):
        return "max"
    if _MINIMUM & set(before):
        return "min"
    return "about" if _ABOUT & set(before) else "exact"
