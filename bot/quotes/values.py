"""The values that the quotes room gives out: statements with their place, speaker and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["direct", "partial", "indirect"]
Attribution = Literal["named", "role", "pronoun", "implicit"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as an article's text carries it.

    Attributes:
        content: The words, equal to ``text[start:end]`` of the article.
        start: Offset of the first code point into the article's text.
        end: Offset after the last code point (exclusive).
        kind: ``direct`` (a whole utterance between marks), ``partial`` (a marked fragment in the
            journalist's sentence) or ``indirect`` (reported speech without marks).
        cue: The reporting verb or preposition as the text has it, particles joined; None without one.
        speaker: A person id of the roster, ``other:NAME`` for anyone else named or described, or None.
        speaker_surface: The words that name the speaker; None where the attribution is implicit.
        attribution: How the speaker is given.
        said_from: First day on which it can have been said; None where the text does not date it
            (with ``said_to`` set: open to the past).
        said_to: Last day on which it can have been said; None where the text does not date it.
        capacity: Id of the roster membership in which it was said; None for people outside the roster.
        confidence: How sure we are of span and speaker together, 0 to 1.
        rule: Name of the rule that found it.
    """

    content: str
    start: int
    end: int
    kind: Kind
    cue: str | None
    speaker: str | None
    speaker_surface: str | None
    attribution: Attribution
    said_from: date | None
    said_to: date | None
    capacity: str | None
    confidence: float
    rule: str
