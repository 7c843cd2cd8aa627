"""The text as the rules and the parser read it, with a map back to the text as it came."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_TROUBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\xa0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\u0300-\u036f]"
    r"|,,|''|``|[\ud800-\udfff]|[^\x00-\uffff]"
)
_DOUBLED = {",,": "„", "''": "”", "``": "“"}
_DOUBLED_BESIDE_COMMAS = {**_DOUBLED, "’’": "”"}
"""Where two commas open, two apostrophes close; elsewhere they end a quotation within another."""


@dataclass(frozen=True, slots=True)
class CleanText:
    """Cleaned text and where its code points came from.

    Attributes:
        text: Composed (NFC) text without invisible characters; every blank but a line feed is a plain space, and
            quotation marks typed as two signs (,, and '') are one.
        origins: For each code point of ``text``, and its end, the offset into the original; None where the two are
            equally long and every offset is the same.
    """

    text: str
    origins: tuple[int, ...] | None

    def origin(self, offset: int) -> int:
        """Give the offset into the original of a clean offset, be it the start or the end of a span."""
        return offset if self.origins is None else self.origins[offset]


def clean(raw: str) -> CleanText:
    """Clean a text for reading.

    Args:
        raw: Any text; lone surrogates, control characters and marks of direction are allowed.

    Returns:
        The clean text with its map back to ``raw``.
    """
    if not _TROUBLE.search(raw):
        return CleanText(raw, None)
    doubled = _DOUBLED_BESIDE_COMMAS if ",," in raw else _DOUBLED
    pieces: list[str] = []
    origins: list[int] = []
    position = 0
    while position < len(raw):
        length, replacement = _next(raw, position, doubled)
        pieces.append(replacement)
        origins.extend([position] * len(replacement))
        position += length
    origins.append(len(raw))
    return CleanText("".join(pieces), tuple(origins))


def _next(raw: str, position: int, doubled: Mapping[str, str]) -> tuple[int, str]:
    """Say how many code points to take at a position, and what they become."""
    letter = raw[position]
    if raw[position : position + 2] in doubled:
        return 2, doubled[raw[position : position + 2]]
    follower = raw[position + 1] if position + 1 < len(raw) else ""
    if follower and unicodedata.combining(follower):
        composed = unicodedata.normalize("NFC", letter + follower)
        if len(composed) == 1:
            return 2, composed
    if letter.isalnum() or letter == "\n":
        return 1, letter
    if letter == "\r":
        return 1, " " if follower == "\n" else "\n"
    category = unicodedata.category(letter)
    if category == "Cf":
        return 1, ""
    return 1, " " if category in ("Zs", "Zl", "Zp", "Cc", "Cs") else letter
