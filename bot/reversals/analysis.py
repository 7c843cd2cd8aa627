"""What one statement says, computed once: its topic, its negations and its quantities."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from bot.reversals.text import Token, compound_parts, is_content, stem, tokens
from bot.reversals.values import Utterance

ANALYSIS_VERSION = 1

_NEGATIONS = frozenset(
    [
        "niet",
        "geen",
        "nooit",
        "niemand",
        "niets",
        "niks",
        "nergens",
        "noch",
        "geenszins",
        "allerminst",
        "nimmer",
        "zonder",
    ]
)
_NEGATIVE_CUES = ("ontken", "sluit", "sloot", "uitgesloten", "weiger", "raadt af")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text and what it stands for.

    Attributes:
        what: A stem, a negation word or a number in plain digits.
        start: Offset of its first code point.
        end: Offset after its last code point.
    """

    what: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the comparison knows of a statement.

    Attributes:
        version: The ``ANALYSIS_VERSION`` that made it.
        topics: Content words and the halves of compounds.
        negations: Words that turn the sign.
        numbers: Numbers in digits.
        is_question: Whether it asks.
    """

    version: int
    topics: tuple[Span, ...]
    negations: tuple[Span, ...]
    numbers: tuple[Span, ...]
    is_question: bool

    def to_json(self) -> dict[str, Any]:
        """The analysis as plain values that ``json.dumps`` takes."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any] | str) -> Analysis:
        """An analysis from what ``to_json`` gave.

        Args:
            value: The plain values, or their JSON text.

        Returns:
            The analysis; the caller compares its ``version`` with ``ANALYSIS_VERSION``.
        """
        plain: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
        spans = {name: tuple(Span(**span) for span in plain[name]) for name in ("topics", "negations", "numbers")}
        return cls(version=plain["version"], is_question=plain["is_question"], **spans)


def analyse(utterance: Utterance) -> Analysis:
    """Read a statement.

    Args:
        utterance: The statement; its cue counts, as polarity may sit in it.

    Returns:
        Its analysis; spans are offsets into ``utterance.text``.
    """
    found = tokens(utterance.text)
    cue = (utterance.cue or "").lower()
    cued = [Span(cue, 0, 0)] if any(part in cue for part in _NEGATIVE_CUES) else []
    return Analysis(
        version=ANALYSIS_VERSION,
        topics=tuple(span for token in found for span in _topics(token)),
        negations=(*cued, *(Span(t.lower, t.start, t.end) for t in found if t.lower in _NEGATIONS)),
        numbers=tuple(Span(t.text.replace(".", ""), t.start, t.end) for t in found if t.text[0].isdigit()),
        is_question=utterance.text.rstrip().endswith("?"),
    )


def _topics(token: Token) -> list[Span]:
    if not token.is_word or not is_content(token.lower):
        return []
    stems = (stem(token.lower), *compound_parts(token.lower))
    return [Span(one, token.start, token.end) for one in stems]
