"""Names and labels of speakers, in reports and in transcripts. Pure."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bot.ingest.parliament.values import Role

_DATA = tomllib.loads((Path(__file__).parent / "data" / "labels.toml").read_text(encoding="utf-8"))
CHAIR = "De voorzitter"
"""How reports label whoever presides."""

SALUTATIONS: tuple[str, ...] = tuple(_DATA["salutations"])
NAMELESS = frozenset(_DATA["nameless"])
TITLES: dict[str, Role] = _DATA["titles"]
NUMBERS = frozenset(_DATA["numbers"])
_PARTICLES = frozenset(_DATA["particles"])

_OPENING = re.compile(r"^([^:\n]{1,120}):\s*")
_PARTY = re.compile(r"\s*\(([^()]*)\)\s*$")


def full_name(first: str, surname: str) -> str:
    """Give a name as it is written in a sentence.

    Args:
        first: The first name; empty if unknown.
        surname: The name in the report, with its particle in front ("Van der Veen"), at times with the first name.

    Returns:
        "Tom van der Veen": a particle is small after a first name.
    """
    if not first or f"{surname} ".casefold().startswith(f"{first} ".casefold()):
        return surname or first
    words = surname.split()
    small = 0
    while small < len(words) - 1 and words[small].casefold() in _PARTICLES:
        words[small] = words[small].lower()
        small += 1
    return " ".join((first, *words))


def is_particle(word: str) -> bool:
    """Whether a word is a preposition or article inside a surname."""
    return word.casefold() in _PARTICLES


def split_party(label: str) -> tuple[str, str]:
    """Split "De heer Van der Veen (WVP)" into the label and what stands in brackets after it; empty without them."""
    found = _PARTY.search(label)
    return (label[: found.start()].strip(), found[1].strip()) if found else (label.strip(), "")


def without_label(text: str, names: tuple[str, ...]) -> str:
    """Give a turn's first line without the label that repeats its speaker.

    Args:
        text: The first line.
        names: The forms that the speaker's name may take in it; empty ones are left out of account.

    Returns:
        What comes after the label; the text itself where it opens with none.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return text
    label = split_party(opening[1])[0].casefold()
    prefixes = ("", *SALUTATIONS, *TITLES)
    known = {f"{prefix} {name.casefold()}".strip() for prefix in prefixes for name in names if name}
    return text[opening.end() :] if label in known else text
