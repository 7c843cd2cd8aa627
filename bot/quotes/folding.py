"""Folding of names and words, so that spelling variants of one name compare as equal."""

from __future__ import annotations

import re
import unicodedata

PARTICLES = frozenset(
    ("van", "von", "de", "den", "der", "het", "'t", "te", "ten", "ter", "d'", "la", "le", "du", "da", "di", "el", "al")
)
"""Words that belong to a Dutch surname but say little by themselves, folded."""

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "–": "-", "‐": "-", "‑": "-"})
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th"})
_SOUNDS = (
    *(("sch", "s9"), ("ch", "g"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("dt", "t"), ("ij", "y"), ("ei", "y")),
    *(("c", "k"), ("z", "s"), ("v", "f"), ("9", "g")),
)
_DOUBLED = re.compile(r"(.)\1")
_BLANKS = re.compile(r"\s+")


def fold(text: str) -> str:
    """Give the text in lower case without diacritics, apostrophes and dashes made plain, blanks made single.

    Args:
        text: Any text.

    Returns:
        The folded text; offsets into it are not offsets into the original.
    """
    plain = text.translate(_APOSTROPHES).casefold().translate(_LETTERS)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _BLANKS.sub(" ", plain).strip()


def sound_of(folded: str) -> str:
    """Give how a folded Dutch name sounds, roughly: "lichten" and "ligten", "meijer" and "meyer" become one."""
    for letters, sound in _SOUNDS:
        folded = folded.replace(letters, sound)
    return _DOUBLED.sub(r"\1", folded)


def core_of(folded_name: str) -> str:
    """Give a folded surname without its particles ("van der wiel" becomes "wiel")."""
    words = folded_name.split()
    kept = [word for word in words if word not in PARTICLES]
    return " ".join(kept or words)
